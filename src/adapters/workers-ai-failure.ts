import { isJsonObject, parseJson } from "../core/json.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import { presentable, upstreamWords } from "../openai/upstream-error.ts";

/**
 * Workers AI's internal codes, from developers.cloudflare.com/workers-ai/platform/errors (2026-07-29). The binding's
 * errors carry no status field, and 429 means two opposite things, so the code decides and the status is second.
 */
const FAILURE_BY_CODE: ReadonlyMap<number, (message: string) => StageFailure> = new Map([
	...[3036].map((code) => [code, () => ({ kind: "daily-allocation" }) as const] as const),
	...[3040].map((code) => [code, () => ({ kind: "overloaded", retryAfterSeconds: null }) as const] as const),
	// 3007 request timeout, 3008 request aborted: by the platform, since our own abort never reaches here.
	...[3007, 3008].map((code) => [code, () => ({ kind: "unreachable" }) as const] as const),
	// 5007 no such model, 3042 invalid model id, 5005 LoRA unsupported, 3039 fine-tune incomplete.
	...[5007, 3042, 5005, 3039].map((code) => [code, () => ({ kind: "misconfigured", what: "model" }) as const] as const),
	// 5016 model terms not agreed to, 5018 and 3041 private model, 3023 account blocked, 5019 SDK version.
	...[5016, 5018, 3041, 3023, 5019].map(
		(code) => [code, () => ({ kind: "misconfigured", what: "credentials" }) as const] as const,
	),
	// 3006 too large, 3003 incomplete, 5004 invalid data, 5006 input does not match the model's schema.
	...[3006, 3003, 5004, 5006].map((code) => [code, badRequest] as const),
]);

function badRequest(message: string): StageFailure {
	return { kind: "bad-request", message: upstreamWords(message), param: null, code: null };
}

/** Reads a non-2xx reply: `{internalCode, description, name}`, `{errors: [{code, message}]}`, or plain text. */
export function readWorkersAiFailure(status: number, text: string): StageFailure {
	const { code, message } = codeAndMessage(parseJson(text), text);
	const known = code === null ? undefined : FAILURE_BY_CODE.get(code);
	if (known !== undefined) return known(message);
	if (status === 429) return { kind: "overloaded", retryAfterSeconds: null };
	if (status === 408) return { kind: "unreachable" };
	if (status === 401 || status === 402 || status === 403) return { kind: "misconfigured", what: "credentials" };
	if (status === 404) return { kind: "misconfigured", what: "model" };
	// As with an origin: any other status is about the moment, and not about the request.
	if (status === 400 || status === 413 || status === 422) return badRequest(message);
	return { kind: "upstream-error", status, message: "" };
}

/** Reads an error that the binding threw: its message begins with the internal code, `5007: No such model`. */
export function readThrownFailure(error: unknown): StageFailure {
	if (!(error instanceof Error)) return { kind: "unreachable" };
	if (error.name === "AbortError") return { kind: "aborted" };
	const code = /^(\d{4}): /u.exec(error.message)?.[1];
	// No code: the connection to the service failed, or the runtime did.
	return code === undefined ? { kind: "unreachable" } : readWorkersAiFailure(500, `{"internalCode":${code}}`);
}

function codeAndMessage(body: unknown, text: string): { code: number | null; message: string } {
	if (!isJsonObject(body)) {
		const code = /^(\d{4}): /u.exec(text)?.[1];
		return { code: code === undefined ? null : Number(code), message: "" };
	}
	const [first] = Array.isArray(body["errors"]) ? (body["errors"] as unknown[]) : [];
	const error = isJsonObject(first) ? first : body;
	const code = error["code"] ?? error["internalCode"];
	const message = error["message"] ?? error["description"];
	return {
		code: typeof code === "number" ? code : null,
		message: typeof message === "string" ? presentable(message) : "",
	};
}
