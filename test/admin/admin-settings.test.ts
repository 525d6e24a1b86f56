import { describe, expect, it } from "vitest";
import { readAdminSettings } from "../../src/admin/admin-settings.ts";

const HASH = "a".repeat(64);
const OTHER = "0123456789abcdef".repeat(4);
const ACCESS = { ACCESS_TEAM_DOMAIN: "example.cloudflareaccess.com", ACCESS_AUD: "tag" };

describe("the admin API's settings", () => {
	it("are the hashes of operators' keys, or an Access application, or both", () => {
		expect(readAdminSettings({ OPERATOR_KEY_SHA256: ` ${HASH}, ${OTHER.toUpperCase()},` })).toEqual({
			ok: true,
			value: { operatorKeyHashes: new Set([HASH, OTHER]), access: null, originHosts: [] },
		});
		expect(readAdminSettings(ACCESS)).toMatchObject({
			ok: true,
			value: { access: { teamDomain: "example.cloudflareaccess.com", audience: "tag" } },
		});
		expect(readAdminSettings({ ...ACCESS, OPERATOR_KEY_SHA256: HASH }).ok).toBe(true);
	});

	it("hold the hosts that origins may have", () => {
		const read = readAdminSettings({ ...ACCESS, ORIGIN_HOSTS: "GPU.example.com , *.example.net" });
		expect(read).toMatchObject({ ok: true, value: { originHosts: ["gpu.example.com", "*.example.net"] } });
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
		["hosts that are addresses", { ...ACCESS, ORIGIN_HOSTS: "https://gpu.example.com" }, "ORIGIN_HOSTS"],
		["hosts with a star inside", { ...ACCESS, ORIGIN_HOSTS: "gpu.*.example.com" }, "ORIGIN_HOSTS"],
		["every host", { ...ACCESS, ORIGIN_HOSTS: "*" }, "ORIGIN_HOSTS"],
	])("are refused as a whole, and named: %s", (_what, settings, named) => {
		const read = readAdminSettings(settings);
		expect(read).toMatchObject({ ok: false, error: expect.stringContaining(named) });
		expect(JSON.stringify(read)).not.toContain("op_ec_live_abc");
	});
});
