import type { KeyHolder } from "../cascade/ports.ts";
import { err, ok, type Result } from "../core/result.ts";
import { errorReply, type ErrorReply } from "../openai/error-body.ts";
import type { AppPorts } from "./app-ports.ts";

/** A key is some 57 characters; what is longer is not looked at. */
const MOST_KEY_CHARACTERS = 256;

/**
 * Who sends this request, from its bearer key. The tenant comes from the key's record alone, never from anything
 * else the client sends. A store that cannot be read is 503: neither the right to enter nor a refusal.
 */
export async function authenticate(
	request: Request,
	ports: Pick<AppPorts, "keys">,
	scope: string,
): Promise<Result<KeyHolder, ErrorReply>> {
	const header = request.headers.get("authorization");
	const key = header === null ? null : bearerKey(header);
	if (header === null) {
		return err(
			errorReply({
				status: 401,
				code: "missing_api_key",
				message: "Send your API key as 'Authorization: Bearer YOUR_KEY'.",
			}),
		);
	}
	if (key == null || key.length > MOST_KEY_CHARACTERS) return err(invalidKey());
	const found = await ports.keys.find(key);
	if (!found.ok) {
		return err(
			errorReply({
				status: 503,
				code: "keys_unavailable",
				message: "API keys cannot be checked at the moment.",
				retryAfterSeconds: 2,
			}),
		);
	}
	if (found.value === null) return err(invalidKey());
	if (!found.value.scopes.includes(scope)) {
		return err(
			errorReply({
				status: 403,
				code: "insufficient_scope",
				message: `This API key does not have the scope '${scope}'.`,
			}),
		);
	}
	return ok(found.value);
}

/** `Bearer`, in any case, spaces, and a key without any (RFC 6750, 2.1); null where that is not what it says. */
function bearerKey(header: string): string | null {
	const at = header.lastIndexOf(" ");
	// As every client writes it: the pattern costs more than all that is done with the key.
	if (at === "Bearer".length && header.startsWith("Bearer") && at + 1 < header.length) return header.slice(at + 1);
	return /^Bearer +(\S+)$/iu.exec(header)?.[1] ?? null;
}

function invalidKey(): ErrorReply {
	return errorReply({
		status: 401,
		code: "invalid_api_key",
		message: "This API key is not valid: mistyped, revoked, or made less than a minute ago and not known here yet.",
	});
}
