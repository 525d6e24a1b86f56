import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { DEMO_KEY } from "../../src/local/demo-records.ts";
import { sendRaw, type RawReply } from "./raw-http.ts";

const MEBIBYTE = 1_048_576;
const HUNDRED_MEGABYTES = 100 * MEBIBYTE;

/** Posts a body over a connection of its own, with what its head says of it. */
function post(
	headers: readonly string[],
	body: Iterable<Uint8Array | string>,
	path = "/v1/chat/completions",
): Promise<RawReply> {
	const own = [`authorization: Bearer ${DEMO_KEY}`, "content-type: application/json", "x-cascade-route: origin"];
	return sendRaw([`POST ${path} HTTP/1.1`, ...own, ...headers], body);
}

function postWhole(body: string | Uint8Array, headers: readonly string[] = [], path?: string): Promise<RawReply> {
	const bytes = typeof body === "string" ? Buffer.from(body) : body;
	return post([`content-length: ${bytes.byteLength}`, ...headers], [bytes], path);
}

const chat = (fields: string) => `{"model":"plain","messages":[{"role":"user","content":"Hello"}]${fields}}`;

function* spaces(bytes: number, framed: (part: Buffer) => Iterable<Uint8Array | string>) {
	const part = Buffer.alloc(65_536, 0x20);
	for (let sent = 0; sent < bytes; sent += part.byteLength) yield* framed(part);
}

function expectError({ status, headers, body }: RawReply, expected: number, code: string, param: string | null = null) {
	expect(status, body).toBe(expected);
	expect(headers.get("content-type")).toBe("application/json");
	const { error } = JSON.parse(body) as { error: { message: string } };
	expect(error).toMatchObject({ code, param });
	return error.message;
}

/** What is answered says it was served by the origin, which repeats the text that it was sent. */
function expectServed({ status, body }: RawReply, said: string) {
	expect(status, body).toBe(200);
	const { choices } = JSON.parse(body) as { choices: { message: { content: string } }[] };
	expect(choices[0]?.message.content).toBe(`origin: ${said}`);
}

describe("a body of 100 MB", () => {
	it("is refused by its length alone, before it is sent", async () => {
		const reply = await post([`content-length: ${HUNDRED_MEGABYTES}`], []);
		expectError(reply, 413, "request_too_large");
		expect(reply.sentBytes).toBeLessThan(1_000);
	});

	it("in chunks, without a length, is refused as soon as it passes the limit, though it never ends", async () => {
		const part = Buffer.alloc(65_536, 0x20);
		const chunks = Array.from({ length: 16 }, () => ["10000\r\n", part, "\r\n"]).flat();
		const reply = await post(["transfer-encoding: chunked"], [...chunks, "1\r\n \r\n"]);
		expectError(reply, 413, "request_too_large");
	});

	it.each([
		["with a length", [`content-length: ${HUNDRED_MEGABYTES}`], (part: Buffer) => [part]],
		[
			"in chunks",
			["transfer-encoding: chunked"],
			(part: Buffer) => [`${part.byteLength.toString(16)}\r\n`, part, "\r\n"],
		],
	])(
		"%s that is sent on regardless is not taken: no more than the buffers on the way hold",
		async (_how, headers, framed) => {
			const reply = await post(headers, spaces(HUNDRED_MEGABYTES, framed));
			// A sender that does not stop may find its connection closed before it has read the answer (RFC 9112, 9.6).
			expect([0, 413]).toContain(reply.status);
			expect(reply.sentBytes).toBeLessThan(30 * MEBIBYTE);
		},
	);

	it("that was compressed to 100 KB stays compressed, and is refused as such", async () => {
		const bomb = gzipSync(Buffer.alloc(HUNDRED_MEGABYTES, 0x20));
		expect(bomb.byteLength).toBeLessThan(MEBIBYTE);
		const message = expectError(
			await postWhole(bomb, ["content-encoding: gzip"]),
			400,
			"invalid_json",
			"content-encoding",
		);
		expect(message).toContain("not decoded");
	});
});

describe("a compressed body", () => {
	it("that would be right is refused too, whoever compressed it", async () => {
		const reply = await postWhole(gzipSync(chat("")), ["content-encoding: gzip"]);
		expectError(reply, 400, "invalid_json", "content-encoding");
	});

	it("is no such body where its header alone says so", async () => {
		expectServed(await postWhole(chat(""), ["content-encoding: identity"]), "Hello");
	});
});

describe("a body that is hard to hold", () => {
	it.each([
		["100,000 nested lists", `{"model":"plain","messages":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
		["100,000 nested objects", chat(`,"x":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`)],
	])("with %s is refused before anything walks it", async (_what, body) => {
		expectError(await postWhole(body), 400, "invalid_request");
	});

	it("with 60,000 fields is served, and all of them go on to the origin", async () => {
		const fields = Array.from({ length: 60_000 }, (_, index) => `,"k${index}":1`).join("");
		expectServed(await postWhole(chat(fields)), "Hello");
	});

	it.each([
		["/v1/responses", `{"model":"plain","input":[${"1,".repeat(500_000)}1]}`],
		["/v1/responses", `{"model":"plain","input":"Hello","tools":[${"1,".repeat(500_000)}1]}`],
		["/v1/responses", `{"model":"plain","input":"Hello","include":[${"1,".repeat(500_000)}1]}`],
		["/v1/responses", `{"model":"plain","input":[{"role":"user","content":[${"1,".repeat(500_000)}1]}]}`],
		["/v1/chat/completions", `{"model":"plain","messages":[${"1,".repeat(500_000)}1]}`],
		["/v1/chat/completions", chat(`,"tools":[${"1,".repeat(500_000)}1]`)],
		["/v1/chat/completions", chat(`,"stop":[${"1,".repeat(500_000)}1]`)],
		["/v1/classifications", `{"model":"plain","input":"Hello","labels":[${"1,".repeat(500_000)}1]}`],
		["/v1/moderations", `{"model":"plain","input":[${"1,".repeat(500_000)}1]}`],
		["/v1/embeddings", `{"model":"plain","input":[${"{},".repeat(300_000)}1]}`],
	])("to %s with half a million things wrong is told of a few of them", async (path, body) => {
		const reply = await postWhole(body, [], path);
		expectError(reply, 400, "invalid_request", expect.stringMatching(/^(?:input|tools|include|messages|stop|labels)/u));
		expect(reply.body.length).toBeLessThan(4_096);
	});
});

describe("a body whose text is broken", () => {
	it("is served where an escape is half a character, which reaches the origin as it was", async () => {
		expectServed(
			await postWhole('{"model":"plain","messages":[{"role":"user","content":"\\ud800 x \\udc00"}]}'),
			"\ud800 x \udc00",
		);
	});

	it("is served where bytes are no UTF-8, with U+FFFD in their place", async () => {
		const body = Buffer.concat([
			Buffer.from('{"model":"plain","messages":[{"role":"user","content":"a'),
			Buffer.from([0xc0, 0xaf, 0xff]),
			Buffer.from('b"}]}'),
		]);
		expectServed(await postWhole(body), "a\ufffd\ufffd\ufffdb");
	});

	it("is served with a byte order mark before it", async () => {
		expectServed(await postWhole(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(chat(""))])), "Hello");
	});

	it("is served with NUL, directions and joiners in its text", async () => {
		expectServed(
			await postWhole(
				`{"model":"plain","messages":[{"role":"user","content":${JSON.stringify("a\0\u202e\u200b👩‍👧")}}]}`,
			),
			"a\0\u202e\u200b👩‍👧",
		);
	});

	it("names a field twice: the last counts, here and at the origin, since what was read is what is sent on", async () => {
		expectServed(
			await postWhole('{"model":"nobody","messages":[],"model":"plain","messages":[{"role":"user","content":"last"}]}'),
			"last",
		);
	});
});
