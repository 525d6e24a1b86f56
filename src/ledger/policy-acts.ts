import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { CanaryState, LedgerRefusal, PolicyRevision, RevisionWritten } from "../core/ledger/ledger-ports.ts";
import { figuresOnTrail } from "../core/ledger/canary-figures.ts";
import { loosenedLimits } from "../core/ledger/operators-limits.ts";
import { diffPolicies } from "../core/ledger/policy-diff.ts";
import { foreignOrigins } from "../core/origin-owner.ts";
import { parseTenantPolicy } from "../core/parse-tenant-policy.ts";
import { err, ok, type Result } from "../core/result.ts";
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
 * `expected` absent: whichever is current.
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
	input: { readonly revision: number; readonly expected?: number; readonly share: number },
	context: ActContext,
): ActResult<CanaryState> {
	const { actor, now } = context;
	const { revision, expected, share } = input;
	const current = currentRevision(stores);
	if (expected !== undefined && expected !== current?.revision)
		return err({ kind: "conflict", current: current?.revision ?? 0 });
	if (!isShare(share)) return invalid("share", "must be above 0 and below 1");
	const candidate = stores.revisions.read(revision);
	if (candidate === null) return err({ kind: "not-found", what: `revision ${revision}` });
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
 * Puts a share of requests on a policy that was never current. It becomes a revision, and the current policy the one after
 * it, in one transaction and so in one published record: nobody but the canary's share is ever served by it. `expected` is
 * the current revision, since the candidate was made from it.
 */
export function startCanaryOf(
	stores: TenantStores,
	input: { readonly document: JsonObject; readonly expected: number; readonly share: number; readonly reason: string },
	context: ActContext,
): ActResult<CanaryState> {
	const { document, expected, share } = input;
	const { actor: author, now: at } = context;
	const current = currentRevision(stores);
	if (current === null || expected !== current.revision)
		return err({ kind: "conflict", current: current?.revision ?? 0 });
	if (!isShare(share)) return invalid("share", "must be above 0 and below 1");
	if (diffPolicies(current.document, document).length === 0)
		return err({ kind: "not-applicable", message: "That is the current policy." });
	const valid = checkPolicy(stores, document, context);
	if (!valid.ok) return valid;
	const kept = { at, author, reason: keptReason(input.reason) };
	const revision = stores.revisions.append({ ...kept, document, cause: "canary" });
	const again = stores.revisions.append({ ...kept, document: current.document, cause: "rollback" });
	const started = startCanary(stores, { revision, expected: again, share }, context);
	// What an act has written stays where it refuses, and goes where it throws.
	if (!started.ok) throw new Error(`a canary that may start does not: ${started.error.kind}`);
	const { value, detail } = started.value;
	return ok({ value, detail: { revision, current: again, ...detail } });
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
	const { revision, ...facts } = lastFigures(stores, canary);
	const detail = { canary: revision, ...facts };
	const end = () => {
		stores.canary.clear();
		stores.canaryUsage.clear();
		queuePolicy(stores, context.now);
	};
	if (!input.promote) {
		end();
		return ok({ value: { revision: stores.revisions.current() ?? 0, changed: false }, detail });
	}
	const promoted = write(stores, { document: candidate.document, cause: "promote", reason: input.reason }, context);
	// A canary whose policy is refused goes on.
	if (!promoted.ok) return promoted;
	end();
	return ok({ value: promoted.value.value, detail: { ...detail, ...promoted.value.detail } });
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

function isShare(share: number): boolean {
	return share > 0 && share < 1;
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
		...(actor.kind === "tenant-key" ? loosenedLimits(currentRevision(stores)?.document ?? null, parsed.value) : []),
	];
	if (problems.length > 0) return err({ kind: "invalid", problems });
	if (!isJsonObject(document) || new TextEncoder().encode(JSON.stringify(document)).length > MOST_POLICY_BYTES) {
		return invalid("policy", `must be at most ${MOST_POLICY_BYTES} bytes of JSON`);
	}
	return ok(undefined);
}
