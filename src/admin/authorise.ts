import { isWellFormedApiKey } from "../core/api-key.ts";
import type { KeyScope, TenantLedgerPort } from "../core/ledger/ledger-ports.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { AdminPorts } from "./admin-ports.ts";
import { refuse, unknownTenant, type AdminRefusal } from "./admin-reply.ts";
import { isWellFormedOperatorKey } from "./operator-key.ts";
import { isAmong, type AdminRole, type Requester } from "./roles.ts";

/** What is asked for, as far as it decides who may. */
export interface AskedFor {
	readonly operationId: string;
	readonly method: string;
	readonly roles: readonly AdminRole[];
	/** The ledger of the tenant in the path; `none` where the path names none, null where no tenant can have that name. */
	readonly ledger: TenantLedgerPort | "none" | null;
}

/** A key is some 60 characters; what is longer is not looked at. */
const MOST_KEY_CHARACTERS = 256;

/**
 * Who sends this request, and whether the route is for them. Nothing else of the request has been read by then.
 *
 * A key is found by its SHA-256, so no secret is compared: a lookup's time tells at most something of the hash of what
 * the sender has sent, and of a key with 256 random bits nobody can choose the hash. A tenant's key is looked up in the
 * ledger of the tenant that the path names and nowhere else, which makes a tenant that is not there and another
 * tenant's key the same case, by the same steps and with the same answer.
 */
export async function authorise(
	request: Request,
	asked: AskedFor,
	ports: AdminPorts,
): Promise<Result<Requester, AdminRefusal>> {
	const header = request.headers.get("authorization");
	const requester = header === null ? await byAccess(request, ports) : await byKey(header, asked, ports);
	if (!requester.ok || isAmong(requester.value.role, asked.roles)) return requester;
	const { actor, role } = requester.value;
	// A reader's look is no act; an attempt to change something is.
	if (asked.method !== "GET" && asked.ledger !== null && asked.ledger !== "none")
		await asked.ledger.recordRefusal({ actor, act: asked.operationId, detail: { refusal: "insufficient-scope" } });
	return err(insufficient(asked.roles, role));
}

async function byKey(header: string, asked: AskedFor, ports: AdminPorts): Promise<Result<Requester, AdminRefusal>> {
	const key = /^Bearer +(\S+)$/iu.exec(header)?.[1];
	if (key === undefined || key.length > MOST_KEY_CHARACTERS) return err(invalidKey());
	const sha256 = await ports.sha256Hex(key);
	if (ports.operatorKeyHashes.has(sha256)) {
		const name = `deployed-${sha256.slice(0, 8)}`;
		return ok({ actor: { kind: "operator-key", name }, role: "operator" });
	}
	if (isWellFormedOperatorKey(key)) {
		const holder = await ports.registry.operatorKeyBySha256(sha256);
		if (holder === null) return err(invalidKey());
		return ok({ actor: { kind: "operator-key", name: holder.id }, role: "operator" });
	}
	if (!isWellFormedApiKey(key)) return err(invalidKey());
	// Whose key it is cannot be told without a tenant to ask, so every well-formed one is answered alike.
	if (asked.ledger === "none") return err(insufficient(asked.roles, null));
	const holder = asked.ledger === null ? null : await asked.ledger.keyBySha256(sha256);
	if (holder === null) return err(unknownTenant());
	return ok({ actor: { kind: "tenant-key", name: holder.id }, role: roleOf(holder.scopes) });
}

function roleOf(scopes: readonly KeyScope[]): AdminRole | null {
	if (scopes.includes("admin")) return "tenant-admin";
	return scopes.includes("read") ? "tenant-reader" : null;
}

async function byAccess(request: Request, ports: AdminPorts): Promise<Result<Requester, AdminRefusal>> {
	const token = request.headers.get("cf-access-jwt-assertion");
	if (token === null || ports.verifyAccess === null) {
		return err(
			unauthenticated("missing_api_key", "Send an operator's or the tenant's key as 'Authorization: Bearer YOUR_KEY'."),
		);
	}
	const name = await ports.verifyAccess(token);
	if (!name.ok && name.error === "unavailable") {
		const message = "Access tokens cannot be checked at the moment.";
		return err(refuse({ status: 503, code: "access_unavailable", message, retryAfterSeconds: 2 }));
	}
	if (!name.ok) return err(unauthenticated("invalid_access_token", "This Cloudflare Access token is not valid here."));
	if (isFromOtherSite(request)) {
		const message =
			"A page of another site may not change anything with your Access session; what is not sent by a page must be 'Content-Type: application/json'.";
		return err(refuse({ status: 403, code: "cross_site_request", message }));
	}
	return ok({ actor: { kind: "access", name: name.value }, role: "operator" });
}

/**
 * A key must be put into the request by whoever has it. Access is different: the browser sends its cookie with every
 * request, whichever page made it, and Cloudflare turns the cookie into this header. So a request that changes
 * something must come from a page of this Worker, or from no page. Every current browser says which: by `sec-fetch-site`
 * (Fetch Metadata), and by `origin` on all but GET and HEAD. What says neither may be a browser that is too old to; all
 * that one lets a page send elsewhere unasked is what a form can send, and that is refused as well. (OWASP, Cross-Site
 * Request Forgery Prevention Cheat Sheet.)
 */
function isFromOtherSite(request: Request): boolean {
	const { method, headers, url } = request;
	if (method === "GET" || method === "HEAD") return false;
	const site = headers.get("sec-fetch-site");
	const origin = headers.get("origin");
	if (site !== null && site !== "same-origin" && site !== "none") return true;
	// A page that is shown without a referrer, as ours are, may have `null` for its origin.
	if (origin !== null && (origin !== "null" || site !== "same-origin")) return origin !== new URL(url).origin;
	return site === null && method === "POST" && !isJsonType(headers.get("content-type"));
}

/** What no form can send. */
function isJsonType(contentType: string | null): boolean {
	return /^application\/(?:json|merge-patch\+json)\s*(?:;|$)/iu.test(contentType ?? "");
}

/** Names that clients and people give a key in an address. */
const KEY_PARAMETER = /^(?:api[-_]?key|key|(?:access[-_]?)?token|authorization|bearer|secret)$/iu;

/** Whether the address holds a key, by its name or its form: addresses are logged, kept and passed on. */
export function holdsKey(query: URLSearchParams): boolean {
	return [...query].some(([name, value]) => KEY_PARAMETER.test(name) || /ec_live_/iu.test(value));
}

function insufficient(roles: readonly AdminRole[], role: AdminRole | null): AdminRefusal {
	const message = roles.includes("tenant-admin")
		? `This needs a key with the scope '${roles.includes("tenant-reader") && role === null ? "read' or 'admin" : "admin"}'.`
		: "This is for operators.";
	return refuse({ status: 403, code: "insufficient_scope", message });
}

function invalidKey(): AdminRefusal {
	return unauthenticated("invalid_api_key", "This key is not valid: mistyped, revoked, or expired.");
}

function unauthenticated(code: string, message: string): AdminRefusal {
	return refuse({ status: 401, code, message, headers: { "www-authenticate": "Bearer" } });
}
