import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { CanaryState, LedgerRefusal, PolicyRevision, RevisionWritten } from "../core/ledger/ledger-ports.ts";
import { figuresOnTrail } from "../core/ledger/canary-figures.ts";
import { loosenedLimits } from "../core/ledger/operators-limits.ts";
import { diffPolicies } from "../core/ledger/policy-diff.ts";
import { foreignOrigins } from "../core/origin-owner.ts";
import { parseTenantPolicy } from "../core/parse-tenant-policy.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { TenantPolicy } from "../core/tenant-policy.ts";
import { invalid, keptReason, type ActContext, type ActResult } from "./acts.ts";
import { queuePolicy } from "./published-copies.ts";
import { figuresOf } from "./tenant-state.ts";
import type { TenantStores } from "./tenant-stores.ts";

type Written = Omit<RevisionWritten, "publication">;

/** A row holds 2 MB at most, and the published copy may hold two policies. */
const MOST_POLICY_BYTES = 524_288;

/**
 * Makes a document the current policy, as a new revision; a canary that runs goes on, against the new one. Refused
 * unless `expected` is the current revision, and where the document is no valid policy. A document equal to the
 * current one, whatever the order of its fields, writes nothing.
 */
export function putPolicy(
	stores: TenantStores,
	input: {
		readonly document: JsonObject;
		readonly expected: number | null;
		readonly reason: string;
		readonly cause: "put" | "patch" | "import";
	},
	context: ActContext,
): ActResult<Written> {
	const current = stores.revisions.current();
	if (input.expected !== current) return err({ kind: "conflict", current: current ?? 0 });
	return write(stores, input, context);
}

/**
 * Makes an earlier revision's policy the current one again, as a new revision. `expected` null: whichever is current.
 * A policy that was valid then and is not any more is refused.
 */
export function rollback(
	stores: TenantStores,
	input: { readonly to: number; readonly expected: number | null; readonly reason: string },
	context: ActContext,
): ActResult<Written> {
	const { to, expected, reason } = input;
	const current = stores.revisions.current() ?? 0;
	if (expected !== null && expected !== current) return err({ kind: "conflict", current });
	const earlier = stores.revisions.read(to);
	if (earlier === null) return err({ kind: "not-found", what: `revision ${to}` });
	return write(stores, { document: earlier.document, cause: "rollback", reason }, context);
}

/**
 * Puts a share of requests on another revision, in place of the canary there, whose last figures go to the audit trail.
 * `share` must be above 0 and below 1, and the revision's policy another than the current one, since otherwise there
 * would be nothing to compare.
 *
 * Another share of the same revision begins anew, with figures of its own: figures added up over times with different
 * shares compare the canary's later days with the current policy's earlier ones, and may show the worse as the better
 * (Simpson's paradox; Crook, Frasca, Kohavi and Longbotham, "Seven Pitfalls to Avoid when Running Controlled
 * Experiments on the Web", KDD 2009). The same revision at the same share goes on as it is, so a request that is sent
 * twice loses nothing.
 */
export function startCanary(
	stores: TenantStores,
	input: { readonly revision: number; readonly share: number; readonly reason: string },
	context: ActContext,
): ActResult<CanaryState> {
	const { actor, now } = context;
	const { revision, share } = input;
	if (!(share > 0 && share < 1)) return invalid("share", "must be above 0 and below 1");
	const candidate = stores.revisions.read(revision);
	if (candidate === null) return err({ kind: "not-found", what: `revision ${revision}` });
	const current = currentRevision(stores);
	if (current !== null && diffPolicies(current.document, candidate.document).length === 0) {
		return err({ kind: "not-applicable", message: `Revision ${revision} is the current policy.` });
	}
	const valid = checkPolicy(stores, candidate.document, context);
	if (!valid.ok) return valid;
	const running = stores.canary.read();
	if (running?.revision === revision && running.share === share) {
		return ok({ value: running, detail: { changed: false } });
	}
	const detail = running === null ? {} : { replaced: lastFigures(stores, running) };
	const state: CanaryState = { revision, share, since: now, author: actor };
	stores.canary.set(state);
	stores.canaryUsage.clear();
	queuePolicy(stores, now);
	return ok({ value: state, detail });
}

/**
 * Ends the canary: its policy becomes the current one, as a new revision, or is dropped. The audit trail keeps its last
 * figures; what is delivered of it later is in the usage alone.
 */
export function endCanary(
	stores: TenantStores,
	input: { readonly promote: boolean; readonly reason: string },
	context: ActContext,
): ActResult<Written> {
	const canary = stores.canary.read();
	const candidate = canary === null ? null : stores.revisions.read(canary.revision);
	if (canary === null || candidate === null) return err({ kind: "not-applicable", message: "There is no canary." });
	const valid = input.promote ? checkPolicy(stores, candidate.document, context) : ok(undefined);
	if (!valid.ok) return valid;
	const { revision, ...facts } = lastFigures(stores, canary);
	const detail = { canary: revision, ...facts };
	stores.canary.clear();
	stores.canaryUsage.clear();
	if (input.promote) {
		const promoted = write(stores, { document: candidate.document, cause: "promote", reason: input.reason }, context);
		if (!promoted.ok) return promoted;
		if (!promoted.value.value.changed) queuePolicy(stores, context.now);
		return ok({ value: promoted.value.value, detail: { ...detail, ...promoted.value.detail } });
	}
	queuePolicy(stores, context.now);
	return ok({ value: { revision: stores.revisions.current() ?? 0, changed: false }, detail });
}

/** What the audit trail keeps of a canary that is over. */
function lastFigures(stores: TenantStores, canary: CanaryState) {
	const { revision, share } = canary;
	return { revision, share, figures: figuresOnTrail(figuresOf(stores, canary)) };
}

function write(
	stores: TenantStores,
	input: { readonly document: JsonObject; readonly cause: PolicyRevision["cause"]; readonly reason: string },
	context: ActContext,
): ActResult<Written> {
	const { actor, now } = context;
	const { document, cause } = input;
	const valid = checkPolicy(stores, document, context);
	if (!valid.ok) return valid;
	const current = currentRevision(stores);
	if (current !== null && diffPolicies(current.document, document).length === 0) {
		const { revision } = current;
		return ok({ value: { revision, changed: false }, detail: { revision, changed: false } });
	}
	const reason = keptReason(input.reason);
	const revision = stores.revisions.append({ document, at: now, author: actor, reason, cause });
	queuePolicy(stores, now);
	return ok({ value: { revision, changed: true }, detail: { revision, changed: true } });
}

function currentRevision({ revisions }: TenantStores): PolicyRevision | null {
	const current = revisions.current();
	return current === null ? null : revisions.read(current);
}

/** Whether a document may be this tenant's policy, by whoever it is that writes it. */
function checkPolicy(
	stores: TenantStores,
	document: unknown,
	{ actor }: Pick<ActContext, "actor">,
): Result<undefined, LedgerRefusal> {
	const parsed = parseTenantPolicy(document);
	if (!parsed.ok) return err({ kind: "invalid", problems: parsed.error });
	const problems = [
		...foreignOrigins(parsed.value, stores.tenant.read()?.tenant ?? ""),
		...(actor.kind === "tenant-key" ? loosenedLimits(policyInForce(stores), parsed.value) : []),
	];
	if (problems.length > 0) return err({ kind: "invalid", problems });
	if (!isJsonObject(document) || new TextEncoder().encode(JSON.stringify(document)).length > MOST_POLICY_BYTES) {
		return invalid("policy", `must be at most ${MOST_POLICY_BYTES} bytes of JSON`);
	}
	return ok(undefined);
}

/** Null also where the current one was valid once and is not any more. */
function policyInForce(stores: TenantStores): TenantPolicy | null {
	const current = currentRevision(stores);
	const parsed = current === null ? null : parseTenantPolicy(current.document);
	return parsed?.ok === true ? parsed.value : null;
}
