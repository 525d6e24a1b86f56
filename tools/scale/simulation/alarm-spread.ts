import { createEvidenceLeases } from "../../../src/adapters/evidence-leases.ts";
import { effectiveThreshold } from "../../../src/core/evidence/effective-threshold.ts";
import type { EvidenceLease, GuaranteeTerms } from "../../../src/core/evidence/evidence-ports.ts";
import { evidenceRecordName } from "../../../src/core/published-records.ts";
import { ok } from "../../../src/core/result.ts";
import { EVIDENCE_TIMES } from "../../../src/ledger/evidence-times.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { exponentialMs, quantileOf } from "./distributions.ts";
import { EventQueue } from "./event-queue.ts";
import { SimulatedKv } from "./kv.ts";

/** How isolates are to hear of an alarm. */
export interface AlarmPlan {
	readonly seed: number;
	readonly isolates: number;
	readonly locations: number;
	/** Requests a second to one isolate, at random. */
	readonly perSecond: number;
	/** `ledger`: it answers. `kv-alone`: it is silent to isolates, and its copies arrive. `neither`: nothing is heard of it any more. */
	readonly hears: "ledger" | "kv-alone" | "neither";
	/** Isolates begin in the minute after the alarm, instead of before it. */
	readonly isNew?: boolean;
}

/** Seconds after the alarm until an isolate accepted for the last time by what it held before. */
export interface AlarmResult {
	readonly median: number;
	readonly p99: number;
	readonly last: number;
	/** Requests accepted so, of all in the time of a lease after the alarm. */
	readonly staleShare: number;
}

const ADDRESS = { tenant: "acme", cascade: "chat", configHash: "a".repeat(64) };
const TERMS: GuaranteeTerms = {
	stage: "edge",
	guarantee: { risk: "selective", targetRisk: 0.1, delta: 0.1, withoutCertificate: "escalate" },
	labeller: "normalised/1",
	auditPropensity: 50_000,
	retainTextHours: null,
};
/** To the ledger and back. */
const LEDGER_MS = 50;
/** Before the alarm: a lease's time, so that each isolate has one of the age that it would have. */
const ALARM_AT = EVIDENCE_TIMES.leaseMs;

/** Lets a ledger of evidence alarm, and asks every isolate's own leases, which are the product's, request by request. */
export async function simulateAlarm(plan: AlarmPlan): Promise<AlarmResult> {
	const { isolates, locations, perSecond, hears, isNew = false } = plan;
	const random = seededRandom(plan.seed);
	const events = new EventQueue();
	const clock = events.clock();
	const kv = new SimulatedKv(events, { locations, random });
	const record = evidenceRecordName(ADDRESS);
	const leaseAt = (now: number, sequence: number, state: "certified" | "alarm"): EvidenceLease => ({
		version: 1,
		configHash: ADDRESS.configHash,
		state,
		threshold: state === "certified" ? 0.8 : null,
		epoch: 1,
		phase: 1,
		auditPropensity: 50_000,
		sequence,
		issuedAt: now,
		expiresAt: now + EVIDENCE_TIMES.leaseMs,
	});
	let lease = leaseAt(0, 1, "certified");
	kv.putLongAgo(record, JSON.stringify(lease));
	const issue = (state: "certified" | "alarm") => {
		lease = leaseAt(events.now, lease.sequence + 1, state);
		if (hears !== "neither" || state === "certified") kv.put(record, JSON.stringify(lease));
	};
	// Renewed at half its time, so the alarm comes at any age of it.
	const renewMs = EVIDENCE_TIMES.leaseMs / 2;
	for (let at = random() * renewMs; at < ALARM_AT; at += renewMs) events.at(at, () => issue("certified"));
	events.at(ALARM_AT, () => issue("alarm"));

	const lastStale = new Float64Array(isolates);
	let stale = 0;
	let asked = 0;
	const until = ALARM_AT + EVIDENCE_TIMES.leaseMs;
	for (let isolate = 0; isolate < isolates; isolate++) {
		const begins = isNew ? ALARM_AT + random() * 60_000 : 0;
		const leases = createEvidenceLeases({
			ledgerOf: () => ({
				lease: () =>
					new Promise((resolve) => {
						if (hears !== "ledger" && events.now >= ALARM_AT) return;
						events.after(LEDGER_MS, () => resolve(ok(lease)));
					}),
			}),
			kv: kv.at(isolate % locations),
			clock,
			waitUntil: () => {},
			logFault: () => {},
		});
		const request = async () => {
			const held = await leases.current({ address: ADDRESS, terms: TERMS, policyRevision: 1 });
			const { threshold } = effectiveThreshold({
				guarantee: TERMS.guarantee,
				manual: undefined,
				lease: held,
				configHash: ADDRESS.configHash,
				now: events.now,
			});
			if (events.now < ALARM_AT) return;
			asked += 1;
			if (threshold === null) return;
			stale += 1;
			lastStale[isolate] = Math.max(lastStale[isolate] as number, events.now - ALARM_AT);
		};
		const next = () => {
			const ms = exponentialMs(random, perSecond);
			if (events.now + ms < until)
				events.after(ms, () => {
					void request();
					next();
				});
		};
		events.at(begins, next);
	}
	await events.runAsync(until);
	const sorted = lastStale.map((ms) => ms / 1_000).sort();
	return {
		median: quantileOf(sorted, 0.5),
		p99: quantileOf(sorted, 0.99),
		last: quantileOf(sorted, 1),
		staleShare: asked === 0 ? 0 : stale / asked,
	};
}
