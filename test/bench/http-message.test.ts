import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMessageCutter, type HttpMessage } from "../../bench/http-message.ts";

const sized = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const chunked = (...chunks: readonly string[]) =>
	`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks
		.map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`)
		.join("")}0\r\n\r\n`;

/** Cuts one message after the other, each arriving in pieces of so many bytes. */
function cutAll(messages: readonly string[], pieceLength: number, keepBody = true): HttpMessage[] {
	const found: HttpMessage[] = [];
	const cut = createMessageCutter(keepBody, (message) => found.push(message));
	for (const message of messages) {
		const bytes = Buffer.from(message);
		for (let from = 0; from < bytes.length; from += pieceLength) cut(bytes.subarray(from, from + pieceLength));
	}
	return found;
}

describe("the cutter of HTTP messages", () => {
	const messages = [sized('{"a":"é"}'), chunked("data: 1\n\n", "data: [DONE]\n\n"), sized(""), chunked(), sized("x")];

	it("finds each message, in whatever pieces its bytes come", () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 200 }), fc.boolean(), (length, keepBody) => {
				expect(cutAll(messages, length, keepBody)).toHaveLength(messages.length);
			}),
		);
	});

	it("keeps heads, and bodies where they are asked for", () => {
		const [first, second] = cutAll(messages, 7);
		expect(first?.head).toBe("HTTP/1.1 200 OK\r\nContent-Length: 10");
		expect(first?.body.toString()).toBe('{"a":"é"}');
		expect(second?.body.toString()).toContain("data: [DONE]\n\n");
	});

	it("does not end a stream before its last chunk", () => {
		const found: HttpMessage[] = [];
		const cut = createMessageCutter(false, (message) => found.push(message));
		cut(Buffer.from(chunked("data: 1\n\n").slice(0, -1)));
		expect(found).toHaveLength(0);
		cut(Buffer.from("\n"));
		expect(found).toHaveLength(1);
	});

	it("takes a message without a body for whole at the end of its head", () => {
		expect(cutAll(["GET /calls HTTP/1.1\r\nhost: mock\r\n\r\n"], 5)).toHaveLength(1);
	});
});
