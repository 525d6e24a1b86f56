import { parseJson } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";
import { errorReply, type ErrorReply } from "../openai/error-body.ts";
import type { RequestProblem } from "../openai/parse-chat-request.ts";
import { readBounded } from "../web/read-bounded.ts";

/** The name of the header by which a sender says that the body is compressed. */
const CONTENT_ENCODING = "content-encoding";

/**
 * The body as JSON; 413 where it is larger than the policy allows, 400 where it is no JSON. A compressed body is none: the
 * runtime does not decode what clients send, so a small body can never become a large one here. What is no UTF-8 is read
 * as U+FFFD, as `Request.text()` does (whatwg encoding standard, "UTF-8 decode").
 */
export async function readJsonBody(raw: Request, maxBodyBytes: number): Promise<Result<unknown, ErrorReply>> {
	const text = await readBounded(raw, maxBodyBytes);
	if (!text.ok) {
		const message = `The body is larger than ${maxBodyBytes} bytes.`;
		return err(errorReply({ status: 413, code: "request_too_large", message }));
	}
	const body = parseJson(text.value);
	if (body !== undefined) return ok(body);
	const isEncoded = raw.headers.get(CONTENT_ENCODING) !== null;
	const message = isEncoded
		? `The body is not valid JSON: it is sent with '${CONTENT_ENCODING}', and compressed bodies are not decoded here.`
		: "The body is not valid JSON.";
	return err(errorReply({ status: 400, code: "invalid_json", param: isEncoded ? CONTENT_ENCODING : null, message }));
}

/** More than a person mends at once, and few enough that an answer stays smaller than what was sent. */
const MOST_PROBLEMS_TOLD = 20;
/** A field's name may be the client's own, and as long as the body. */
const MOST_PARAM_CHARACTERS = 200;
const MOST_MESSAGE_CHARACTERS = 500;

/** The reply to a body with these problems: the first of them as `param`, and in the message all, or the first twenty. */
export function invalidRequest(problems: readonly RequestProblem[]): ErrorReply {
	const told = problems.slice(0, MOST_PROBLEMS_TOLD).map(({ message }) => shortened(message, MOST_MESSAGE_CHARACTERS));
	if (problems.length > told.length) told.push("There is more that is wrong.");
	const [first] = problems;
	const param = first?.param == null ? null : shortened(first.param, MOST_PARAM_CHARACTERS);
	return errorReply({ status: 400, code: "invalid_request", param, message: told.join(" ") });
}

function shortened(text: string, most: number): string {
	return text.length > most ? `${text.slice(0, most)}…` : text;
}
