import type { EvidenceLease, GuaranteeTerms } from "../core/evidence/evidence-ports.ts";
import type { EvidenceAddress } from "../core/evidence/evidence-entry.ts";
import { evidenceRecordName } from "../core/published-records.ts";
import { err, ok } from "../core/result.ts";
import type { LedgerRefusal } from "../core/ledger/ledger-ports.ts";
import type { ActContext, ActResult } from "./acts.ts";
import { close, closedBy, mayNotReopen, reopen } from "./evidence-closure.ts";
import { newEvidenceState } from "./evidence-state.ts";
import type { EvidenceStores } from "./evidence-stores.ts";
import { issueLease, openEpoch } from "./evidence-regimes.ts";
import type { EvidenceWork } from "./evidence-work.ts";

/** An act on a ledger, within its transaction. */
export type EvidenceAct<Value> = (work: EvidenceWork, context: ActContext) => ActResult<Value>;

/** Makes the ledger, with its first epoch. */
export function createEvidence(
	stores: EvidenceStores,
	made: { readonly address: EvidenceAddress; readonly terms: GuaranteeTerms; readonly tenantCreatedAt: number },
	now: number,
): void {
	const identity = { ...made, createdAt: now };
	stores.evidence.create(identity);
	const { bucketMs, closesAfterMs } = stores.times;
	const state = newEvidenceState(now, Math.floor((now - closesAfterMs) / bucketMs));
	openEpoch({ stores, identity, state, now }, "first");
	stores.state.write(state);
}

/** Opens a new epoch, and takes back a closure. */
export const restartEvidence: EvidenceAct<EvidenceLease> = (work, context) => {
	const refusal = mayNotReopen(work.state, context.actor) ?? tooManyActs(work, context);
	if (refusal !== undefined) return refusal;
	reopen(work.state);
	openEpoch(work, "restart");
	return ok({ value: work.stores.evidence.lease(), detail: { epoch: work.state.epoch } });
};

/** Accepts nothing until it is restarted. Never refused: taking away is not. An operator's closure stands over a tenant's. */
export const closeEvidence: EvidenceAct<EvidenceLease> = (work, { actor }) => {
	const before = closedBy(work.state);
	close(work.state, actor);
	if (before === null) issueLease(work);
	const changed = closedBy(work.state) !== before;
	return ok({ value: work.stores.evidence.lease(), detail: { changed } });
};

/** Withdraws the lease; the rows go when KV has taken that, and texts at once. */
export function destroyEvidence({ stores, identity, now }: EvidenceWork): void {
	stores.outbox.put(evidenceRecordName(identity.address), null, now);
	stores.texts.clear();
	stores.evidence.destroy(now);
}

/** Why a tenant's key may add nothing more today. */
export function tooManyActs(
	{ stores: { daily, quotas } }: EvidenceWork,
	{ actor, now }: ActContext,
): { readonly ok: false; readonly error: LedgerRefusal } | undefined {
	if (actor.kind !== "tenant-key" || daily.changes(now) < quotas.changesADay) return undefined;
	const message = `The tenant's keys have made ${quotas.changesADay} changes to this evidence today (UTC): only an operator makes more.`;
	return err({ kind: "not-applicable", message });
}
