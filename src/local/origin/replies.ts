/** What the local origin says besides answers: OpenAI's errors, and reading a body. */

/** Larger bodies are refused unread where the client declares their length. */
const MAXIMUM_BODY_BYTES = 4_000_000;

/** An error in OpenAI's shape. */
export function errorResponse(
	status: number,
	message: string,
	param: string | null = null,
	code: string | null = null,
): Response {
	return Response.json({ error: { message, type: "invalid_request_error", param, code } }, { status });
}

/** A model that this origin does not serve, or not at this endpoint. */
export function modelNotFound(name: string): Response {
	return errorResponse(
		404,
		`The model \`${name}\` does not exist or does not serve this endpoint`,
		"model",
		"model_not_found",
	);
}

/** Reads a request's JSON body; a response where it cannot be served. */
export async function readJson(
	request: Request,
): Promise<{ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly response: Response }> {
	if (Number(request.headers.get("content-length") ?? 0) > MAXIMUM_BODY_BYTES) {
		const message = `The body may have at most ${MAXIMUM_BODY_BYTES} bytes`;
		return { ok: false, response: errorResponse(413, message, null, "request_too_large") };
	}
	try {
		return { ok: true, value: await request.json() };
	} catch {
		return { ok: false, response: errorResponse(400, "The body is not valid JSON") };
	}
}
