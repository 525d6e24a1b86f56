import type { EvidenceLease, EvidenceLedgerPort } from "../core/evidence/evidence-ports.ts";
import type { LedgerRefusal } from "../core/ledger/ledger-ports.ts";
import { err, ok, type Result } from "../core/result.ts";
import { followRetention } from "./audited-text-acts.ts";
import { advance } from "./evidence-advance.ts";
import { areSameTerms, followAuditRate, isExpired, openEpoch, renewLease } from "./evidence-regimes.ts";
import type { EvidenceStores } from "./evidence-stores.ts";
import type { EvidenceWork } from "./evidence-work.ts";

/** Traffic is put on record at most so often. */
const TRAFFIC_MS = 60_000;

/**
 * The lease in force, renewed and made to follow the terms where that is due. Neither a canary's terms are followed, nor those of an
 * older revision of the policy, which an isolate may still hold: they may differ from the current ones in what is not under the
 * configuration's hash, and each asking would undo the other's, which would keep texts again that nobody wants to be kept any more.
 */
export function leaseOf(
	work: EvidenceWork,
	{ terms, policyRevision, isCanary = false }: Omit<Parameters<EvidenceLedgerPort["lease"]>[0], "address">,
): Result<EvidenceLease, LedgerRefusal> {
	const { stores, identity, state } = work;
	if (!areSameTerms(identity.terms, terms))
		return err({ kind: "not-applicable", message: "The terms are not those of this configuration." });
	advance(work);
	noteTraffic(work);
	const isFollowed = !isCanary && policyRevision >= (state.termsRevision ?? 0);
	if (isFollowed) state.termsRevision = policyRevision;
	if (isFollowed && JSON.stringify(identity.terms) !== JSON.stringify(terms)) {
		stores.evidence.setTerms(terms);
		followRetention(work, terms);
	}
	const asked = isFollowed ? { ...work, identity: { ...identity, terms } } : work;
	if (isExpired(asked)) openEpoch(asked, "expired", { newestLabelAt: state.newestLabelAt });
	followAuditRate(asked);
	renewLease(asked);
	return ok(stores.evidence.lease());
}

/** Whether its traffic has ended, so that a ledger looks after itself for the last time. */
export function fallsAsleep({ evidence, state, times }: EvidenceStores, now: number): boolean {
	return evidence.read() !== null && now - state.read().trafficAt >= times.idleMs;
}

/** What is done once a minute while there is traffic. */
export function lookAfter(work: EvidenceWork): void {
	const { stores, state, now } = work;
	advance(work);
	if (now - state.trafficAt >= stores.times.idleMs) {
		// The lease runs out, and the first who asks after that gets another.
		state.tickAt = null;
		return;
	}
	if (state.tickAt !== null && now < state.tickAt) return;
	state.tickAt = now + stores.times.tickMs;
	renewLease(work);
}

/** There is traffic: the ledger looks after itself until that has ended. */
export function noteTraffic({ stores, state, now }: EvidenceWork): void {
	if (now - state.trafficAt >= TRAFFIC_MS) state.trafficAt = now;
	state.tickAt ??= now + stores.times.tickMs;
}

/** When a ledger has something to do by itself: its look after itself, or the first text whose time is over. Null: never. */
export function wakeAt({ evidence, state, texts }: EvidenceStores): number | null {
	if (evidence.read() === null) return null;
	const times = [state.read().tickAt, texts.nextEnd()].filter((at) => at !== null);
	return times.length === 0 ? null : Math.min(...times);
}
