import { parseJson } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";
import { errorReply, type ErrorReply } from "../openai/error-body.ts";
import type { RequestProblem } from "../openai/parse-chat-request.ts";
import { readBounded } from "../web/read-bounded.ts";

/** The body as JSON; 413 where it is larger than the policy allows, 400 where it is no JSON. */
export async function readJsonBody(raw: Request, maxBodyBytes: number): Promise<Result<unknown, ErrorReply>> {
	const text = await readBounded(raw, maxBodyBytes);
	if (!text.ok) {
		const message = `The body is larger than ${maxBodyBytes} bytes.`;
		return err(errorReply({ status: 413, code: "request_too_large", message }));
	}
	const body = parseJson(text.value);
	if (body === undefined)
		return err(errorReply({ status: 400, code: "invalid_json", message: "The body is not valid JSON." }));
	return ok(body);
}

/** The reply to a body with these problems: all of them in the message, the first as `param`. */
export function invalidRequest(problems: readonly RequestProblem[]): ErrorReply {
	const message = problems.map((problem) => problem.message).join(" ");
	return errorReply({ status: 400, code: "invalid_request", param: problems[0]?.param ?? null, message });
}
