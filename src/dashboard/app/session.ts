import { isJsonObject, parseJson } from "../../core/json.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { createAdminClient, type AdminFailure } from "../api/admin-client.ts";

/** Who is signed in. */
export interface Session {
	/** Null: Cloudflare Access has let the browser in. */
	readonly key: string | null;
	/** The tenant that the key belongs to; null: an operator's, who may look at every tenant. */
	readonly tenant: string | null;
}

/** Gone when the tab is closed. */
const SESSION_ITEM = "edge-cascade.session";

/** The session of this tab; null where nobody is signed in. */
export function storedSession(): Session | null {
	const stored = parseJson(sessionStorage.getItem(SESSION_ITEM) ?? "");
	if (!isJsonObject(stored)) return null;
	const { key, tenant } = stored;
	const isText = (value: unknown) => value === null || typeof value === "string";
	return isText(key) && isText(tenant) ? (stored as unknown as Session) : null;
}

/** Keeps the session for this tab, or forgets it. */
export function storeSession(session: Session | null): void {
	if (session === null) sessionStorage.removeItem(SESSION_ITEM);
	else sessionStorage.setItem(SESSION_ITEM, JSON.stringify(session));
}

/** Finds out whether the admin API takes these; the session where it does. */
export async function signIn(session: Session): Promise<Result<Session, AdminFailure>> {
	const admin = createAdminClient(session.key);
	const answer =
		session.tenant === null
			? await admin.call("tenants.list", { query: { limit: "1" } })
			: await admin.call("tenants.get", { parameters: { tenant: session.tenant } });
	return answer.ok ? ok(session) : err(answer.error);
}
