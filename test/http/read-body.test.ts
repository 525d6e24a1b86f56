import { describe, expect, it } from "vitest";
import { readJsonBody } from "../../src/http/read-body.ts";

const read = (body: string | Blob, headers: Readonly<Record<string, string>> = {}) =>
	readJsonBody(new Request("https://edge.example/", { method: "POST", body, headers }), 1_000);

const bytes = (...values: number[]) => new Blob([Uint8Array.from(values)]);

describe("a body", () => {
	it("that is no JSON is refused, with a reason where it was compressed", async () => {
		const reply = async (headers: Readonly<Record<string, string>>) => {
			const body = await read(bytes(0x1f, 0x8b, 0x08), headers);
			return body.ok ? undefined : { status: body.error.status, ...body.error.body.error };
		};
		expect(await reply({})).toMatchObject({ status: 400, code: "invalid_json", param: null });
		expect(await reply({ "content-encoding": "gzip" })).toMatchObject({
			status: 400,
			code: "invalid_json",
			param: "content-encoding",
			message: expect.stringContaining("compressed bodies are not decoded"),
		});
	});

	it("that is JSON is read, whatever its headers call it", async () => {
		expect(await read('{"a":1}', { "content-encoding": "gzip", "content-type": "text/plain" })).toEqual({
			ok: true,
			value: { a: 1 },
		});
	});

	it("names the prototype as a field like any other", async () => {
		const body = await read('{"__proto__":{"polluted":true}}');
		expect(body.ok && Object.keys(body.value as object)).toEqual(["__proto__"]);
		expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
	});

	it("has U+FFFD where its bytes are no UTF-8", async () => {
		expect(await read(bytes(0x22, 0xc0, 0xaf, 0x22))).toEqual({ ok: true, value: "\ufffd\ufffd" });
	});
});
