import { err, ok, type Result } from "../../core/result.ts";

/** What may be set in the environment for a Worker whose admin path is behind Cloudflare Access. */
interface AccessSettings {
	/** Of a person: what `cloudflared access token` prints. */
	readonly CASCADE_ACCESS_TOKEN?: string | undefined;
	/** Of a machine: the two halves of a service token, under the names that Cloudflare's own tools read. */
	readonly CF_ACCESS_CLIENT_ID?: string | undefined;
	readonly CF_ACCESS_CLIENT_SECRET?: string | undefined;
}

/**
 * The headers that let a request through Cloudflare Access; none where nothing is set. Access checks them at its edge and
 * puts `cf-access-jwt-assertion` in their place, which is what the Worker verifies: these themselves prove nothing to it.
 * The error says what is wrong, and shows no value.
 *
 * See developers.cloudflare.com/cloudflare-one, "Connect through Cloudflare Access using a CLI" and "Service tokens".
 */
export function accessHeaders(settings: AccessSettings): Result<Readonly<Record<string, string>>, string> {
	const token = settings.CASCADE_ACCESS_TOKEN || undefined;
	const id = settings.CF_ACCESS_CLIENT_ID || undefined;
	const secret = settings.CF_ACCESS_CLIENT_SECRET || undefined;
	if ((id === undefined) !== (secret === undefined))
		return err("CF_ACCESS_CLIENT_ID and CF_ACCESS_CLIENT_SECRET are one token: set both, or neither");
	const headers = {
		...(token === undefined ? {} : { "cf-access-token": token }),
		...(id === undefined || secret === undefined
			? {}
			: { "CF-Access-Client-Id": id, "CF-Access-Client-Secret": secret }),
	};
	// What a header cannot hold would end in an error that shows it.
	return Object.values(headers).every((value) => /^[\x21-\x7e]+$/u.test(value))
		? ok(headers)
		: err("the Cloudflare Access token holds characters that none has");
}
