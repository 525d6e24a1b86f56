import { describe, expect, it } from "vitest";
import { isOriginSecretName } from "../../src/core/published-records.ts";
import { checkOrigin } from "../../src/admin/origin-rules.ts";
import { isAllowedHost } from "../../src/web/origin-url.ts";

const ANY = { hosts: [], allowLoopback: false };

describe("an origin", () => {
	it.each([
		"http://gpu.example.com/v1",
		"https://127.0.0.1/v1",
		"https://2130706433/v1",
		"https://0x7f.1/v1",
		"https://１２７.0.0.1/v1",
		"https://[::ffff:10.0.0.1]/v1",
		"https://169.254.169.254/latest",
		"https://localhost/v1",
		"https://gpu.internal/v1",
		"https://user:pass@gpu.example.com/v1",
		"https://gpu.example.com:22/v1",
		"https://gpu.example.com/v1?x=1",
		"https://gpu.example.com/a/../v1",
		"https://gpu.example.com\\@evil.example/v1",
		"ftp://gpu.example.com/v1",
		"",
	])("may not be at %s", (baseUrl) => {
		expect(checkOrigin({ baseUrl, secret: null }, ANY)).toMatchObject({ ok: false, error: [{ path: "baseUrl" }] });
	});

	it("is told everything that is wrong with it at once", () => {
		const checked = checkOrigin({ baseUrl: "http://x", secret: "PASSWORD" }, ANY);
		expect(checked).toMatchObject({ ok: false, error: [{ path: "baseUrl" }, { path: "secret" }] });
	});

	it("is used as its address is understood, which the list of hosts is compared with", () => {
		const rules = { hosts: ["gpu.example.com"], allowLoopback: false };
		const accepted = { ok: true, value: { baseUrl: "https://gpu.example.com/v1", secret: null } };
		expect(checkOrigin({ baseUrl: "https://GPU.Example.com/v1//", secret: null }, rules)).toEqual(accepted);
		expect(checkOrigin({ baseUrl: "https://gpu.example.com.evil.example/v1", secret: null }, rules).ok).toBe(false);
	});

	it("may be on this machine where the laptop allows it, and the list does not shut it out", () => {
		const baseUrl = "http://127.0.0.1:8080/v1";
		expect(checkOrigin({ baseUrl, secret: null }, { hosts: [], allowLoopback: true }).ok).toBe(true);
		expect(checkOrigin({ baseUrl, secret: null }, { hosts: ["gpu.example.com"], allowLoopback: true }).ok).toBe(false);
	});
});

describe("the list of hosts", () => {
	it.each([
		["gpu.example.com", ["gpu.example.com"], true],
		["gpu.example.com.", ["gpu.example.com"], true],
		["GPU.example.com", ["gpu.example.com"], true],
		["a.gpu.example.com", ["gpu.example.com"], false],
		["gpu.example.com", ["*.example.com"], true],
		["a.b.example.com", ["*.example.com"], true],
		["example.com", ["*.example.com"], false],
		["badexample.com", ["*.example.com"], false],
		["example.com.evil.example", ["*.example.com", "example.com"], false],
		["anything.example", [], true],
	])("decides %s with %j: %s", (host, hosts, allowed) => {
		expect(isAllowedHost(host, hosts)).toBe(allowed);
	});
});

describe("the setting ORIGIN_HOSTS", () => {
	it("is no origin's secret, although its name begins like one", () => {
		expect([isOriginSecretName("ORIGIN_HOSTS"), isOriginSecretName("ORIGIN_A")]).toEqual([false, true]);
		const origin = { baseUrl: "https://gpu.example.com/v1", secret: "ORIGIN_HOSTS" };
		expect(checkOrigin(origin, ANY)).toMatchObject({ ok: false, error: [{ path: "secret" }] });
	});
});
