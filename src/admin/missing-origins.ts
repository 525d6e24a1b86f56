import type { JsonObject } from "../core/json.ts";
import type { Actor, TenantLedgerPort } from "../core/ledger/ledger-ports.ts";
import { parseTenantPolicy } from "../core/parse-tenant-policy.ts";
import { foreignOrigins, isForeignOrigin } from "../core/origin-owner.ts";
import { originsNamed } from "../core/policy-origins.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { PolicyProblem, TenantPolicy } from "../core/tenant-policy.ts";
import type { AdminPorts } from "./admin-ports.ts";
import { conflictRefusal, problemsRefusal, refuse, unknownTenant, type AdminRefusal } from "./admin-reply.ts";
import type { ExpectedRevision } from "./preconditions.ts";
import { LOOK_UPS } from "./tenant-look-ups.ts";

/** Whose policy it is, and who asks. */
interface Asking {
	readonly ports: AdminPorts;
	readonly tenant: string;
	readonly actor: Actor;
}

/** What there is to say of the origins that a policy names. */
interface OriginRemarks {
	/** What keeps the policy from being written. */
	readonly problems: readonly PolicyProblem[];
	/** Origins that were withdrawn, and that the policy in force names as well: a change need not mend that. */
	readonly warnings: readonly PolicyProblem[];
}

/**
 * Looks for the origins that a policy names and that are not in the registry, since requests that reach such a stage fail
 * with `origin_config`, and for another tenant's, which are not looked up. `inForce`: the current document, null where
 * there is none. One look-up a policy, and none where it names no origin. What a tenant learns by it, whether there is an
 * origin of a name that it has written, any request to that stage tells it as well. Refused where the tenant's keys ask
 * too often.
 */
export async function remarksOnOrigins(
	policy: TenantPolicy,
	inForce: JsonObject | null,
	{ ports, tenant, actor }: Asking,
): Promise<Result<OriginRemarks, AdminRefusal>> {
	const foreign = foreignOrigins(policy, tenant);
	const own = originsNamed(policy).filter(({ origin }) => !isForeignOrigin(origin, tenant));
	if (own.length === 0) return ok({ problems: foreign, warnings: [] });
	if (actor.kind === "tenant-key" && !ports.lookUps.admit(tenant, ports.now())) return err(tooManyLookUps());
	const missing = new Set(await ports.registry.missingOrigins([...new Set(own.map(({ origin }) => origin))]));
	const before = inForce === null ? null : parseTenantPolicy(inForce);
	const named = new Set(before?.ok === true ? originsNamed(before.value).map(({ origin }) => origin) : []);
	const absent = (isNamed: boolean) =>
		own
			.filter(({ origin }) => missing.has(origin) && named.has(origin) === isNamed)
			.map(({ path, origin }) => ({ path, message: `there is no origin '${origin}'` }));
	return ok({ problems: [...foreign, ...absent(false)], warnings: absent(true) });
}

/**
 * Refuses to write a document that names missing origins; null where it names none, or is no policy, which the ledger
 * says better. A writer that has not seen the current revision is refused before anything is looked up. Both are put on
 * the audit trail. `expected` undefined: the writer does not say.
 */
export async function refuseMissingOrigins(
	document: JsonObject,
	{
		ledger,
		act,
		expected,
		...asking
	}: Asking & { readonly ledger: TenantLedgerPort; readonly act: string; readonly expected: ExpectedRevision },
): Promise<AdminRefusal | null> {
	const policy = parseTenantPolicy(document);
	if (!policy.ok || originsNamed(policy.value).length === 0) return null;
	const current = await ledger.revision("current");
	if (!current.ok && (current.error.kind !== "not-found" || current.error.what === "tenant")) return unknownTenant();
	const { actor } = asking;
	const revision = current.ok ? current.value.revision : null;
	if (expected !== undefined && expected !== revision) {
		await ledger.recordRefusal({ actor, act, detail: { refusal: "conflict", expected, current: revision ?? 0 } });
		return conflictRefusal(revision ?? 0);
	}
	const remarks = await remarksOnOrigins(policy.value, current.ok ? current.value.document : null, asking);
	if (!remarks.ok) return remarks.error;
	const { problems } = remarks.value;
	if (problems.length === 0) return null;
	await ledger.recordRefusal({ actor, act, detail: { refusal: "invalid", problems: problems.length } });
	return problemsRefusal(422, "invalid_policy", problems);
}

function tooManyLookUps(): AdminRefusal {
	const seconds = LOOK_UPS.perMs / 1_000;
	const message = `The tenant's keys have had origins looked up ${LOOK_UPS.most} times in ${seconds} seconds: wait.`;
	return refuse({ status: 429, code: "too_many_look_ups", message, retryAfterSeconds: seconds });
}
