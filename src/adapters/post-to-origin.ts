import { parseJson, type JsonObject } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { Clock } from "../cascade/ports.ts";
import { readBounded } from "../web/read-bounded.ts";
import { readOriginFailure } from "./origin-failure.ts";
import type { Origin } from "./origin-store.ts";

const MOST_ERROR_BYTES = 64 * 1024;

/** One exchange with an origin. */
export interface OriginPost {
	/** After the origin's base address: `/moderations`. */
	readonly path: string;
	readonly body: JsonObject;
	readonly requestId: string;
	readonly signal: AbortSignal;
	/** What is left of the deadline, told to the origin. */
	readonly timeoutMs: number;
}

/**
 * Posts JSON to an origin; the answer's body is still to be read. Redirects are not followed: they would carry the
 * origin's key elsewhere.
 */
export async function beginPost(
	origin: Origin,
	{ path, body, requestId, signal, timeoutMs }: OriginPost,
	accept: "application/json" | "text/event-stream",
	clock: Clock,
	fetcher: typeof fetch = fetch,
): Promise<Result<Response, StageFailure>> {
	let response: Response;
	try {
		response = await fetcher(`${origin.baseUrl}${path}`, {
			method: "POST",
			headers: {
				"content-type": "application/json",
				accept,
				"x-request-id": requestId,
				"x-request-timeout-ms": String(Math.round(timeoutMs)),
				...(origin.key === null ? {} : { authorization: `Bearer ${origin.key}` }),
			},
			body: JSON.stringify(body),
			redirect: "manual",
			signal,
		});
	} catch (error) {
		// Only our own serialiser throws this, on a body that is nested too deeply for it.
		if (error instanceof RangeError)
			return err({ kind: "bad-request", message: "The body is nested too deeply.", param: null, code: null });
		return err({ kind: signal.aborted ? "aborted" : "unreachable" });
	}
	if (response.status === 200) return ok(response);
	try {
		const text = await readBounded(response, MOST_ERROR_BYTES);
		const retryAfter = response.headers.get("retry-after");
		const told = text.ok ? withoutKey(text.value, origin.key) : "";
		return err(readOriginFailure(response.status, retryAfter, told, clock.now()));
	} catch {
		return err({ kind: signal.aborted ? "aborted" : "unreachable" });
	}
}

/** Some servers show in an error what they were sent; what an error says may reach the client. */
function withoutKey(text: string, key: string | null): string {
	return key === null || key === "" ? text : text.replaceAll(key, "[key]");
}

/** Posts JSON to an origin and reads its whole answer, of at most so many bytes, as text. */
export async function textFromOrigin(
	origin: Origin,
	post: OriginPost,
	mostBytes: number,
	clock: Clock,
	fetcher: typeof fetch = fetch,
): Promise<Result<string, StageFailure>> {
	const response = await beginPost(origin, post, "application/json", clock, fetcher);
	if (!response.ok) return response;
	try {
		const text = await readBounded(response.value, mostBytes);
		return text.ok ? text : err({ kind: "too-large", limitBytes: mostBytes });
	} catch {
		return err({ kind: post.signal.aborted ? "aborted" : "broken-off" });
	}
}

/** The same, read as JSON; undefined is an answer that is none. */
export async function postToOrigin(
	origin: Origin,
	post: OriginPost,
	mostBytes: number,
	clock: Clock,
	fetcher: typeof fetch = fetch,
): Promise<Result<unknown, StageFailure>> {
	const text = await textFromOrigin(origin, post, mostBytes, clock, fetcher);
	return text.ok ? ok(parseJson(text.value)) : text;
}
