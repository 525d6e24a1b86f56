import { describe, expect, inject, it } from "vitest";
import { createKvOriginStore } from "../../src/adapters/origin-store.ts";
import addresses from "../fixtures/origin-addresses.json" with { type: "json" };
import { ask } from "./ask.ts";
import { handClock, observedKv } from "./records.ts";
import { putRecord } from "./tenant.ts";

const SECRETS: Readonly<Record<string, string>> = {
	ORIGIN_A: "key-a",
	ORIGIN_EMPTY: "",
	OTHER_SECRET: "no origin may have this",
};

async function find(
	record: Readonly<Record<string, unknown>>,
	allowLoopback = false,
	hosts: readonly string[] | undefined = undefined,
) {
	const name = crypto.randomUUID();
	await putRecord(`origin/${name}`, record);
	const store = createKvOriginStore({
		kv: observedKv().kv,
		secret: (wanted) => SECRETS[wanted],
		allowLoopback,
		...(hosts === undefined ? {} : { hosts }),
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

	it.each([
		[["gpu.example.com"], true],
		[["*.example.com"], true],
		[[], true],
		[["gpu.example.net"], false],
		[["https://gpu.example.com"], false],
	])("is of no use outside the operator's list of hosts, whoever wrote it to KV: %j", async (hosts, isUsed) => {
		const found = await find({ baseUrl, secret: "ORIGIN_A" }, false, hosts);
		expect(found).toEqual({ ok: true, value: isUsed ? { baseUrl, key: "key-a" } : null });
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

describe("an origin's address, judged again at each use whatever wrote the record", () => {
	it.each(addresses.vectors)("$expect: $url", async ({ url, expect: verdict }) => {
		const found = await find({ baseUrl: url });
		expect(found.ok).toBe(true);
		expect(found.ok && found.value !== null).toBe(verdict === "allow");
	});
});
