import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkOrigin } from "../../src/admin/origin-rules.ts";
import { parseOriginUrl } from "../../src/web/origin-url.ts";
import addresses from "../fixtures/origin-addresses.json" with { type: "json" };

describe("the vectors of addresses", () => {
	it.each(addresses.vectors)("$url is understood as $hostname", ({ url, hostname }) => {
		expect(URL.canParse(url) ? new URL(url).hostname : null).toBe(hostname);
	});
});

describe("an origin's address", () => {
	it.each(addresses.vectors)("$expect: $url", ({ url, expect: verdict }) => {
		expect(parseOriginUrl(url, false).ok).toBe(verdict === "allow");
		expect(checkOrigin({ baseUrl: url, secret: null }, { hosts: [], allowLoopback: false }).ok).toBe(
			verdict === "allow",
		);
	});

	it.each([
		["https://gpu.example.com/v1", "https://gpu.example.com/v1"],
		["https://GPU.Example.com:8443/v1//", "https://gpu.example.com:8443/v1"],
		["https://gpu.example.com", "https://gpu.example.com"],
	])("is used as it was understood: %s", (url, used) => {
		expect(parseOriginUrl(url, false)).toEqual({ ok: true, value: used });
	});

	it("that may be on this machine may be so in three spellings, and on no other without TLS", () => {
		const isTaken = (url: string) => parseOriginUrl(url, true).ok;
		for (const host of ["127.0.0.1", "localhost", "[::1]"]) {
			expect(isTaken(`http://${host}:8080/v1`)).toBe(true);
			expect(parseOriginUrl(`http://${host}:8080/v1`, false).ok).toBe(false);
		}
		for (const host of [
			"127.0.0.2",
			"0.0.0.0",
			"10.0.0.1",
			"gpu.example.com",
			"localhost.example.com",
			"169.254.169.254",
		])
			expect(isTaken(`http://${host}:8080/v1`)).toBe(false);
	});

	it("is never an address of four numbers, however it is written", () => {
		const spelling = fc.constantFrom(
			(parts: readonly number[]) => parts.join("."),
			(parts: readonly number[]) => parts.map((part) => `0x${part.toString(16)}`).join("."),
			(parts: readonly number[]) => parts.map((part) => `0${part.toString(8)}`).join("."),
			(parts: readonly number[]) => String(parts.reduce((sum, part) => sum * 256 + part, 0)),
			(parts: readonly number[]) => `[::ffff:${parts.join(".")}]`,
			(parts: readonly number[]) => `${parts.join(".")}.`,
			(parts: readonly number[]) =>
				parts.join("。").replaceAll(/\d/gu, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
		);
		const parts = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
		fc.assert(
			fc.property(parts, spelling, (numbers, spell) => {
				expect(parseOriginUrl(`https://${spell(numbers)}/v1`, false).ok).toBe(false);
			}),
		);
	});

	it("that is taken is taken again as it is used, and leads to the same host", () => {
		const text = fc.oneof(
			fc.webUrl({ validSchemes: ["https"] }),
			fc.string().map((tail) => `https://gpu.example.com${tail}`),
			fc.string().map((host) => `https://${host}.example.com/v1`),
		);
		fc.assert(
			fc.property(text, (url) => {
				const first = parseOriginUrl(url, false);
				if (!first.ok) return;
				expect(parseOriginUrl(first.value, false)).toEqual(first);
				const { protocol, hostname, username, search, hash } = new URL(`${first.value}/chat/completions`);
				expect([protocol, hostname, username, search, hash]).toEqual(["https:", new URL(url).hostname, "", "", ""]);
			}),
			{ numRuns: 1_000 },
		);
	});
});
