import { describe, expect, inject, it } from "vitest";
import { createKvOriginStore } from "../../src/adapters/origin-store.ts";
import { parseOriginUrl } from "../../src/web/origin-url.ts";
import { ask } from "./ask.ts";
import { handClock, observedKv } from "./records.ts";
import { putRecord } from "./tenant.ts";

const SECRETS: Readonly<Record<string, string>> = {
	ORIGIN_A: "key-a",
	ORIGIN_EMPTY: "",
	OTHER_SECRET: "no origin may have this",
};

async function find(record: Readonly<Record<string, unknown>>, allowLoopback = false) {
	const name = crypto.randomUUID();
	await putRecord(`origin/${name}`, record);
	const store = createKvOriginStore({
		kv: observedKv().kv,
		secret: (wanted) => SECRETS[wanted],
		allowLoopback,
		clock: handClock().clock,
	});
	return store.find(name);
}

describe("an origin's record", () => {
	const baseUrl = "https://gpu.example.com/v1";

	it("names the address and, by its own name, the secret", async () => {
		expect(await find({ baseUrl: `${baseUrl}/`, secret: "ORIGIN_A" })).toEqual({
			ok: true,
			value: { baseUrl, key: "key-a" },
		});
		expect(await find({ baseUrl })).toEqual({ ok: true, value: { baseUrl, key: null } });
	});

	it.each(["ORIGIN_MISSING", "ORIGIN_EMPTY"])("is of no use without its secret: %s", async (secret) => {
		expect(await find({ baseUrl, secret })).toEqual({ ok: true, value: null });
	});

	it.each([
		["a secret that is no origin's", { baseUrl, secret: "OTHER_SECRET" }],
		["a secret in lower case", { baseUrl, secret: "origin_a" }],
		["an address without TLS", { baseUrl: "http://gpu.example.com/v1" }],
		["this machine", { baseUrl: "http://127.0.0.1:8080/v1" }],
	])("is of no use with %s", async (_what, record) => {
		expect(await find(record)).toEqual({ ok: true, value: null });
	});

	it("that is rubbish is unavailable, as in every store: the last good one may serve", async () => {
		expect(await find({})).toEqual({ ok: false, error: { kind: "store-unavailable" } });
	});

	it("may name this machine where the laptop allows it, and no other without TLS", async () => {
		expect(await find({ baseUrl: "http://127.0.0.1:8080/v1" }, true)).toMatchObject({
			ok: true,
			value: { baseUrl: "http://127.0.0.1:8080/v1" },
		});
		expect(await find({ baseUrl: "http://gpu.example.com/v1" }, true)).not.toMatchObject({
			value: { baseUrl: expect.any(String) },
		});
	});
});

describe("a stage whose origin is of no use", () => {
	it.each([
		["is not defined", undefined],
		["has no secret here", { secret: "ORIGIN_MISSING" }],
		["names a secret that is no origin's", { secret: "OTHER_SECRET" }],
		["has an address that is not allowed", { baseUrl: "https://10.0.0.7/v1" }],
	])("is the operator's fault, said so, and not to be tried again: it %s", async (_what, fields) => {
		const name = `o${crypto.randomUUID()}`;
		if (fields !== undefined)
			await putRecord(`origin/${name}`, { baseUrl: `${inject("fakeOriginUrl")}/v1`, ...fields });
		const { status, body, headers, tenant } = await ask(
			{ origin: { origin: name } },
			{},
			{ "x-cascade-route": "origin" },
		);
		expect(body.error).toMatchObject({ code: "origin_config", type: "server_error" });
		expect(status).toBe(502);
		expect(headers.get("x-should-retry")).toBe("false");
		expect(await tenant.originCalls()).toEqual([]);
	});
});

describe("an origin's address", () => {
	const vectors = inject("originUrlVectors");
	// The vectors leave public address literals to the operator; ours are host names only.
	const isAddress = (url: string) => /^https:\/\/(?:[\d.]+|\[[\da-f:]+\])\//u.test(url);

	it.skipIf(vectors === null).each(vectors ?? [{ url: "", expect: "" }])(
		"$url: $expect",
		({ url, expect: verdict }) => {
			expect(parseOriginUrl(url, false).ok).toBe(verdict === "allow" && !isAddress(url));
		},
	);

	it.each([
		"http://gpu.example.com/v1",
		"https://127.0.0.1/v1",
		"https://2130706433/v1",
		"https://0x7f.1/v1",
		"https://１２７.0.0.1/v1",
		"https://[::1]/v1",
		"https://[::ffff:10.0.0.1]/v1",
		"https://169.254.169.254/latest",
		"https://localhost/v1",
		"https://gpu.internal/v1",
		"https://user:pass@gpu.example.com/v1",
		"https://gpu.example.com:22/v1",
		"https://gpu.example.com/v1?x=1",
		"https://gpu.example.com/a/../v1",
		"ftp://gpu.example.com/v1",
		"gpu.example.com",
	])("is refused: %s", (url) => {
		expect(parseOriginUrl(url, false).ok).toBe(false);
		expect(parseOriginUrl(url, true).ok).toBe(false);
	});

	it.each(["https://gpu.example.com/v1", "https://gpu.example.com:8443/v1/", "https://gpu.example.com/openai/v1"])(
		"is accepted: %s",
		(url) => {
			expect(parseOriginUrl(url, false)).toEqual({ ok: true, value: url.replace(/\/$/u, "") });
		},
	);
});
