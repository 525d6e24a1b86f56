import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { CanaryState, LedgerRefusal, PolicyRevision, RevisionWritten } from "../core/ledger/ledger-ports.ts";
import { diffPolicies } from "../core/ledger/policy-diff.ts";
import { parseTenantPolicy } from "../core/parse-tenant-policy.ts";
import { err, ok, type Result } from "../core/result.ts";
import { invalid, keptReason, type ActContext, type ActResult } from "./acts.ts";
import { queuePolicy } from "./published-copies.ts";
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
 * Puts a share of requests on another revision, in place of the canary there. `share` must be above 0 and below 1, and
 * the revision's policy another than the current one, since otherwise there would be nothing to compare.
 */
export function startCanary(
	stores: TenantStores,
	input: { readonly revision: number; readonly share: number; readonly reason: string },
	{ actor, now }: ActContext,
): ActResult<CanaryState> {
	const { revision, share } = input;
	if (!(share > 0 && share < 1)) return invalid("share", "must be above 0 and below 1");
	const candidate = stores.revisions.read(revision);
	if (candidate === null) return err({ kind: "not-found", what: `revision ${revision}` });
	const current = currentRevision(stores);
	if (current !== null && diffPolicies(current.document, candidate.document).length === 0) {
		return err({ kind: "not-applicable", message: `Revision ${revision} is the current policy.` });
	}
	const valid = checkPolicy(candidate.document);
	if (!valid.ok) return valid;
	const state: CanaryState = { revision, share, since: now, author: actor };
	stores.canary.set(state);
	queuePolicy(stores, now);
	return ok({ value: state, detail: {} });
}

/** Ends the canary: its policy becomes the current one, as a new revision, or is dropped. */
export function endCanary(
	stores: TenantStores,
	input: { readonly promote: boolean; readonly reason: string },
	context: ActContext,
): ActResult<Written> {
	const canary = stores.canary.read();
	const candidate = canary === null ? null : stores.revisions.read(canary.revision);
	if (canary === null || candidate === null) return err({ kind: "not-applicable", message: "There is no canary." });
	const valid = input.promote ? checkPolicy(candidate.document) : ok(undefined);
	if (!valid.ok) return valid;
	stores.canary.clear();
	const detail = { canary: canary.revision, share: canary.share };
	if (input.promote) {
		const promoted = write(stores, { document: candidate.document, cause: "promote", reason: input.reason }, context);
		if (!promoted.ok) return promoted;
		if (!promoted.value.value.changed) queuePolicy(stores, context.now);
		return ok({ value: promoted.value.value, detail: { ...detail, ...promoted.value.detail } });
	}
	queuePolicy(stores, context.now);
	return ok({ value: { revision: stores.revisions.current() ?? 0, changed: false }, detail });
}

function write(
	stores: TenantStores,
	input: { readonly document: JsonObject; readonly cause: PolicyRevision["cause"]; readonly reason: string },
	{ actor, now }: ActContext,
): ActResult<Written> {
	const { document, cause } = input;
	const valid = checkPolicy(document);
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

function checkPolicy(document: unknown): Result<undefined, LedgerRefusal> {
	const parsed = parseTenantPolicy(document);
	if (!parsed.ok) return err({ kind: "invalid", problems: parsed.error });
	if (!isJsonObject(document) || new TextEncoder().encode(JSON.stringify(document)).length > MOST_POLICY_BYTES) {
		return invalid("policy", `must be at most ${MOST_POLICY_BYTES} bytes of JSON`);
	}
	return ok(undefined);
}
