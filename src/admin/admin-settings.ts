import { listedValues } from "../core/listed-values.ts";
import { err, ok, type Result } from "../core/result.ts";

/** What the operator has set, as text; anything may be missing. */
export interface UncheckedAdminSettings {
	readonly OPERATOR_KEY_SHA256?: string | undefined;
	readonly ACCESS_TEAM_DOMAIN?: string | undefined;
	readonly ACCESS_AUD?: string | undefined;
}

/** What the admin API relies on. */
export interface AdminSettings {
	readonly operatorKeyHashes: ReadonlySet<string>;
	readonly access: { readonly teamDomain: string; readonly audience: string } | null;
}

/** SHA-256 of nothing, which a script writes that hashes an unset variable: a key that anybody has. */
const HASH_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const HOST = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/u;

/**
 * Reads the admin API's settings. The error names the setting that is missing or malformed, for the operator's log;
 * it holds no secret. Nothing has a default: without a way to be an operator there is no admin API.
 */
export function readAdminSettings(unchecked: UncheckedAdminSettings): Result<AdminSettings, string> {
	const hashes = listedValues(unchecked.OPERATOR_KEY_SHA256);
	if (hashes.some((hash) => !/^[0-9a-f]{64}$/u.test(hash) || hash === HASH_OF_NOTHING))
		return err("OPERATOR_KEY_SHA256 must be SHA-256 hashes of keys, each 64 hex digits, with commas between them");
	const teamDomain = unchecked.ACCESS_TEAM_DOMAIN?.trim().toLowerCase() ?? "";
	const audience = unchecked.ACCESS_AUD?.trim() ?? "";
	if ((teamDomain === "") !== (audience === "")) return err("ACCESS_TEAM_DOMAIN and ACCESS_AUD must be set together");
	if (teamDomain !== "" && (!HOST.test(teamDomain) || !teamDomain.includes(".")))
		return err("ACCESS_TEAM_DOMAIN must be a host name such as example.cloudflareaccess.com");
	if (hashes.length === 0 && teamDomain === "")
		return err("OPERATOR_KEY_SHA256, or ACCESS_TEAM_DOMAIN and ACCESS_AUD, must be set");
	return ok({
		operatorKeyHashes: new Set(hashes),
		access: teamDomain === "" ? null : { teamDomain, audience },
	});
}

/** Where origins may be, as ORIGIN_HOSTS says it; empty: any public host. The error is for the operator's log. */
export function readOriginHosts(text: string | undefined): Result<readonly string[], string> {
	const hosts = listedValues(text);
	return hosts.some((host) => !HOST.test(host.replace(/^\*\./u, "")))
		? err("ORIGIN_HOSTS must be host names, each alone or as *.example.com, with commas between them")
		: ok(hosts);
}
