import { err, ok, type Result } from "../core/result.ts";

/**
 * Reads a body as UTF-8 text, but never more than `limitBytes`: past that it stops reading, which also closes the
 * connection. A declared length is believed only as a reason to refuse; the runtime holds the sender to it, so a
 * body within it can be read in one go.
 */
export async function readBounded(
	message: Pick<Response, "body" | "headers" | "text">,
	limitBytes: number,
): Promise<Result<string, "too-large">> {
	const { headers } = message;
	const declared = headers.get("content-length");
	if (declared !== null && headers.get("content-encoding") === null) {
		if (Number(declared) > limitBytes) {
			await message.body?.cancel();
			return err("too-large");
		}
		return ok(await message.text());
	}
	if (message.body === null) return ok("");
	const decoder = new TextDecoder();
	let text = "";
	let size = 0;
	for await (const bytes of message.body) {
		size += bytes.byteLength;
		// Leaving the loop cancels the body.
		if (size > limitBytes) return err("too-large");
		text += decoder.decode(bytes, { stream: true });
	}
	return ok(text + decoder.decode());
}
