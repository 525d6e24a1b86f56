import { parseJson, type JsonObject } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { Clock } from "../cascade/ports.ts";
import { readBounded } from "../web/read-bounded.ts";
import { readOriginFailure } from "./origin-failure.ts";
import type { Origin } from "./origin-store.ts";

const MOST_ERROR_BYTES = 64 * 1024;

/** One whole exchange with an origin. */
export interface OriginPost {
	/** After the origin's base address: `/moderations`. */
	readonly path: string;
	readonly body: JsonObject;
	readonly requestId: string;
	readonly signal: AbortSignal;
	/** What is left of the deadline, told to the origin. */
	readonly timeoutMs: number;
	/** A longer answer is refused. */
	readonly mostBytes: number;
}

/** Posts JSON to an origin and reads its whole answer; undefined is an answer that is no JSON. Follows no redirect. */
export async function postToOrigin(
	origin: Origin,
	post: OriginPost,
	clock: Clock,
): Promise<Result<unknown, StageFailure>> {
	const { path, body, requestId, signal, timeoutMs, mostBytes } = post;
	let response: Response;
	try {
		response = await fetch(`${origin.baseUrl}${path}`, {
			method: "POST",
			headers: {
				"content-type": "application/json",
				accept: "application/json",
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
	try {
		if (response.status !== 200) {
			const text = await readBounded(response, MOST_ERROR_BYTES);
			const retryAfter = response.headers.get("retry-after");
			return err(readOriginFailure(response.status, retryAfter, text.ok ? text.value : "", clock.now()));
		}
		const text = await readBounded(response, mostBytes);
		return text.ok ? ok(parseJson(text.value)) : err({ kind: "too-large", limitBytes: mostBytes });
	} catch {
		if (signal.aborted) return err({ kind: "aborted" });
		return err({ kind: response.status === 200 ? "broken-off" : "unreachable" });
	}
}
