import { NO_ANCHORS, type Anchor } from "../../src/core/evidence/anchors.ts";
import type { EvidenceAddress } from "../../src/core/evidence/evidence-entry.ts";
import type {
	EvidenceLease,
	EvidenceLedgerPort,
	EvidenceReport,
	GuaranteeTerms,
} from "../../src/core/evidence/evidence-ports.ts";
import type { LedgerRefusal } from "../../src/core/ledger/ledger-ports.ts";
import { err, ok, type Result } from "../../src/core/result.ts";
import { close, closedBy, mayNotReopen, reopen } from "../../src/ledger/evidence-closure.ts";

const NO_COUNTS: EvidenceReport["counts"] = {
	requests: 0,
	accepted: 0,
	escalated: 0,
	gated: 0,
	drawn: 0,
	labelled: 0,
	wrong: 0,
	unobserved: 0,
	late: 0,
	unresolved: 0,
	failed: 0,
	underPropensity: 0,
	beforePath: 0,
	otherEpoch: 0,
	gatedLabelled: 0,
	gatedWrong: 0,
};

/** A ledger of evidence that has seen no request; the real one has its tests beside it. */
export function createInMemoryEvidence(address: EvidenceAddress, now: () => number): EvidenceLedgerPort {
	let terms: GuaranteeTerms | null = null;
	let lease: EvidenceLease | null = null;
	let kept: readonly Anchor[] = [];
	const closure: Parameters<typeof close>[0] = { isClosed: false };
	const renewed = (changes: Partial<EvidenceLease>): EvidenceLease => {
		const issuedAt = now();
		lease = {
			version: 1,
			configHash: address.configHash,
			state: "audition",
			threshold: null,
			epoch: 1,
			phase: 0,
			auditPropensity: 1_000_000,
			...lease,
			...changes,
			sequence: (lease?.sequence ?? 0) + 1,
			issuedAt,
			expiresAt: issuedAt + 600_000,
		};
		return lease;
	};
	const begun = async <Value>(
		work: (lease: EvidenceLease, terms: GuaranteeTerms) => Value,
	): Promise<Result<Value, LedgerRefusal>> =>
		lease === null || terms === null ? err({ kind: "not-found", what: "evidence" }) : ok(work(lease, terms));
	return {
		async lease(asked) {
			terms ??= asked.terms;
			return ok(lease ?? renewed({}));
		},
		record: async () => ({ added: 0 }),
		report: () =>
			begun((current, own) => ({
				address,
				terms: own,
				lease: current,
				candidates: [],
				logNeeded: 2.8,
				epochs: [{ epoch: 1, cause: "first", delta: 0.06, openedAt: current.issuedAt, closedAt: null }],
				risk: null,
				alarm: {
					logValue: null,
					logLevel: null,
					delayLabels: null,
					delayAccepted: null,
					delayRequests: null,
					at: null,
				},
				counts: NO_COUNTS,
				watermark: current.issuedAt,
				frozen: false,
				frozenBecause: null,
				closedBy: closedBy(closure),
				pacing: null,
				humanCheck: null,
			})),
		exported: () => begun(() => ({ version: 1, ...address })),
		addHumanLabels: ({ labels }) => begun(() => ({ taken: 0, refused: labels.map(({ requestId }) => requestId) })),
		keepText: async () => ({ kept: false }),
		keptTexts: () => begun(() => ({ items: [], next: null })),
		putAnchors: ({ anchors, targetDisagreement }) => {
			kept = anchors;
			return begun(() => ({ ...NO_ANCHORS, set: 1, anchors: anchors.length, targetDisagreement }));
		},
		anchors: () => begun(() => ({ report: { ...NO_ANCHORS, anchors: kept.length }, anchors: kept })),
		checkAnchors: ({ set, verdicts, costUsd }) =>
			begun(() => {
				const failed = verdicts.filter((verdict) => verdict === "failed").length;
				const check = { at: now(), n: verdicts.length, disagreements: 0, missed: 0, failed, costUsd };
				return { ...NO_ANCHORS, set, anchors: kept.length, targetDisagreement: 0.1, checks: [check] };
			}),
		async restart({ actor }) {
			const refusal = lease === null ? undefined : mayNotReopen(closure, actor);
			if (refusal !== undefined) return refusal;
			reopen(closure);
			return begun(({ epoch }) => renewed({ state: "audition", epoch: epoch + 1 }));
		},
		close: ({ actor }) =>
			begun(() => {
				close(closure, actor);
				return renewed({ state: "closed" });
			}),
		async destroy() {
			lease = null;
		},
	};
}
