import { isJsonObject, parseJson } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";
import { readBounded } from "../web/read-bounded.ts";
import { refuse, type AdminRefusal } from "./admin-reply.ts";

/** A policy of 64 cascades with every field set is some 200 KB; a Durable Object's row holds 2 MB. */
const MOST_BODY_BYTES = 1_048_576;
/** Policies nest to 8. What walks a document may recurse, so its depth is bounded before anything walks it. */
const MOST_DEPTH = 32;
/** The largest lists of anchors have some 13,000. Each value may be a problem, and a problem takes a hundred times its memory. */
const MOST_VALUES = 20_000;

/**
 * The body of an admin request as JSON. 400 where it is not sent as JSON, is none, nests too deep, holds too many values or
 * names `__proto__`; 413 where it is too large. The content type matters: without it a page of another site could send a body in a form
 * post, which browsers do not ask about first.
 */
export async function readAdminBody(
	request: Request,
	contentTypes: readonly string[],
): Promise<Result<unknown, AdminRefusal>> {
	const contentType = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
	if (!contentTypes.includes(contentType)) {
		const message = `Send the body as 'Content-Type: ${contentTypes.join("' or '")}'.`;
		return err(refuse({ status: 400, code: "invalid_content_type", param: "Content-Type", message }));
	}
	const text = await readBounded(request, MOST_BODY_BYTES);
	if (!text.ok) {
		const message = `The body is larger than ${MOST_BODY_BYTES} bytes.`;
		return err(refuse({ status: 413, code: "request_too_large", message }));
	}
	const body = parseJson(text.value);
	const fault = body === undefined ? "is not valid JSON" : faultOf(body);
	return fault === null ? ok(body) : err(refuse({ status: 400, code: "invalid_json", message: `The body ${fault}.` }));
}

/** Walks without recursion, level by level. */
function faultOf(body: unknown): string | null {
	let values = 1;
	let level: unknown[] = [body];
	for (let depth = 0; level.length > 0; depth += 1) {
		if (depth > MOST_DEPTH) return `nests deeper than ${MOST_DEPTH} levels`;
		const below: unknown[] = [];
		for (const value of level) {
			// An own field of this name sets another object's prototype as soon as somebody copies it field by field.
			if (isJsonObject(value) && Object.hasOwn(value, "__proto__")) return "names a field '__proto__'";
			if (typeof value === "object" && value !== null) for (const child of Object.values(value)) below.push(child);
		}
		values += below.length;
		if (values > MOST_VALUES) return `holds more than ${MOST_VALUES} values`;
		level = below;
	}
	return null;
}
