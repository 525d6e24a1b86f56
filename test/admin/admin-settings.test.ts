import { describe, expect, it } from "vitest";
import { readAdminSettings, readOriginHosts } from "../../src/admin/admin-settings.ts";

const HASH = "a".repeat(64);
const OTHER = "0123456789abcdef".repeat(4);
const ACCESS = { ACCESS_TEAM_DOMAIN: "example.cloudflareaccess.com", ACCESS_AUD: "tag" };

describe("the admin API's settings", () => {
	it("are the hashes of operators' keys, or an Access application, or both", () => {
		expect(readAdminSettings({ OPERATOR_KEY_SHA256: ` ${HASH}, ${OTHER.toUpperCase()},` })).toEqual({
			ok: true,
			value: { operatorKeyHashes: new Set([HASH, OTHER]), access: null },
		});
		expect(readAdminSettings(ACCESS)).toMatchObject({
			ok: true,
			value: { access: { teamDomain: "example.cloudflareaccess.com", audience: "tag" } },
		});
		expect(readAdminSettings({ ...ACCESS, OPERATOR_KEY_SHA256: HASH }).ok).toBe(true);
	});

	it.each([
		["nothing", {}, "must be set"],
		["only blanks", { OPERATOR_KEY_SHA256: " , " }, "must be set"],
		["a key in place of its hash", { OPERATOR_KEY_SHA256: "op_ec_live_abc" }, "OPERATOR_KEY_SHA256"],
		["a hash that is cut off", { OPERATOR_KEY_SHA256: HASH.slice(1) }, "OPERATOR_KEY_SHA256"],
		[
			"the hash of no key at all",
			{ OPERATOR_KEY_SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
			"OPERATOR_KEY_SHA256",
		],
		["a team without its application", { ACCESS_TEAM_DOMAIN: "example.cloudflareaccess.com" }, "together"],
		["an application without its team", { OPERATOR_KEY_SHA256: HASH, ACCESS_AUD: "tag" }, "together"],
		["a team that is an address", { ...ACCESS, ACCESS_TEAM_DOMAIN: "https://example.com" }, "ACCESS_TEAM_DOMAIN"],
		["a team that leads elsewhere", { ...ACCESS, ACCESS_TEAM_DOMAIN: "example.com/x@y" }, "ACCESS_TEAM_DOMAIN"],
		["a team without a domain", { ...ACCESS, ACCESS_TEAM_DOMAIN: "localhost" }, "ACCESS_TEAM_DOMAIN"],
	])("are refused as a whole, and named: %s", (_what, settings, named) => {
		const read = readAdminSettings(settings);
		expect(read).toMatchObject({ ok: false, error: expect.stringContaining(named) });
		expect(JSON.stringify(read)).not.toContain("op_ec_live_abc");
	});
});

describe("the hosts that origins may have", () => {
	it("are host names with commas between them, any where there is none", () => {
		expect(readOriginHosts("GPU.example.com , *.example.net")).toEqual({
			ok: true,
			value: ["gpu.example.com", "*.example.net"],
		});
		expect(readOriginHosts(undefined)).toEqual({ ok: true, value: [] });
	});

	it.each([
		["addresses", "https://gpu.example.com"],
		["with a star inside", "gpu.*.example.com"],
		["every host", "*"],
	])("are refused as a whole, and named: %s", (_what, text) => {
		expect(readOriginHosts(`example.com, ${text}`)).toMatchObject({
			ok: false,
			error: expect.stringContaining("ORIGIN_HOSTS"),
		});
	});
});
