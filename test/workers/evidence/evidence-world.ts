import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import type { AuditVerdict, EvidenceAddress, EvidenceEntry } from "../../../src/core/evidence/evidence-entry.ts";
import type {
	EvidenceLease,
	EvidenceLedgerPort,
	EvidenceReport,
	GuaranteeTerms,
} from "../../../src/core/evidence/evidence-ports.ts";
import { CERTAIN } from "../../../src/core/evidence/guarantee.ts";
import { evidenceLedgerName, evidenceRecordName } from "../../../src/core/published-records.ts";
import { EvidenceLedger } from "../../../src/ledger/evidence-ledger.ts";
import { EVIDENCE_TIMES, type EvidenceTimes } from "../../../src/ledger/evidence-times.ts";
import { TenantLedger } from "../../../src/ledger/tenant-ledger.ts";
import type { ExportedEvidence } from "../../../src/tuning/evidence/exported-evidence.ts";
import type { EvidenceCertificate } from "../../../src/tuning/evidence/evidence-certificate.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { ledgerWorld, tenantLedger, valueOf, type TestLedger } from "../ledger/ledgers.ts";

export const BUCKET_MS = 10_000;
export const CLOSES_MS = 60_000;

export const TERMS: GuaranteeTerms = {
	stage: "edge",
	guarantee: { risk: "selective", targetRisk: 0.1, delta: 0.1, withoutCertificate: "escalate" },
	labeller: "normalised/1",
	auditPropensity: 50_000,
	retainTextHours: null,
};

/** A ledger of evidence of one test, and its tenant's. */
export interface TestEvidence {
	readonly address: EvidenceAddress;
	readonly stub: DurableObjectStub<EvidenceLedger>;
	readonly ledger: EvidenceLedgerPort;
	readonly tenant: TestLedger;
}

/** The world around the ledgers of a file: call in `beforeEach`. One clock and one KV for tenants and evidence. */
export function evidenceWorld(times: Partial<EvidenceTimes> = {}) {
	const world = ledgerWorld();
	EvidenceLedger.runtime = { ...TenantLedger.runtime, evidenceTimes: { ...EVIDENCE_TIMES, ...times } };
	return world;
}

export type EvidenceWorld = ReturnType<typeof evidenceWorld>;

/** A hash that no other configuration has. */
export function newHash(): string {
	return (crypto.randomUUID() + crypto.randomUUID()).replaceAll("-", "");
}

/** The ledger of one configuration; nothing has asked for its lease yet. */
export function evidenceOf(tenant: TestLedger, configHash = newHash(), cascade = "chat"): TestEvidence {
	const address = { tenant: tenant.tenant, cascade, configHash };
	const stub = env.EVIDENCE_LEDGER.getByName(evidenceLedgerName(address));
	return { address, stub, ledger: stub as unknown as EvidenceLedgerPort, tenant };
}

/** A tenant, and the ledger of one of its configurations, which has begun. */
export async function begunEvidence(terms: GuaranteeTerms = TERMS): Promise<TestEvidence> {
	const made = evidenceOf(await tenantLedger());
	await leaseOf(made, terms);
	return made;
}

export async function leaseOf(
	{ ledger, address }: TestEvidence,
	terms = TERMS,
	policyRevision = 1,
): Promise<EvidenceLease> {
	return valueOf(await ledger.lease({ address, terms, policyRevision }));
}

export async function reportOf({ ledger }: TestEvidence): Promise<EvidenceReport> {
	return valueOf(await ledger.report());
}

/** The export as those who verify it read it. */
export async function exportOf({ ledger }: TestEvidence) {
	const exported = valueOf(await ledger.exported());
	return exported as unknown as ExportedEvidence & {
		readonly certificate: EvidenceCertificate | null;
		readonly history: readonly { readonly act: string; readonly detail: Readonly<Record<string, unknown>> }[];
	};
}

export async function publishedLease({ address }: TestEvidence): Promise<EvidenceLease | null> {
	return env.CONFIG.get<EvidenceLease>(evidenceRecordName(address), "json");
}

/** Takes the instance away; the next call is served by a new one, over what was stored. */
export async function evict({ stub }: TestEvidence): Promise<void> {
	await evictDurableObject(stub).catch(() => {});
}

export async function alarmOf({ stub }: TestEvidence): Promise<number | null> {
	return runInDurableObject(stub, (_instance, state) => state.storage.getAlarm());
}

/** Lets the alarm ring, as it does once it is due. */
export async function ring({ stub }: TestEvidence): Promise<boolean> {
	return runDurableObjectAlarm(stub);
}

/** Rows of a table. */
export async function rowsOf({ stub }: TestEvidence, table: string): Promise<Record<string, SqlStorageValue>[]> {
	return runInDurableObject(stub, (_instance, { storage }) => storage.sql.exec(`SELECT * FROM ${table}`).toArray());
}

let lastRequest = 0;

/** An entry of a request of its own, escalated and right, with a reading of 0.9. */
export function entryOf(fields: Partial<EvidenceEntry> & Pick<EvidenceEntry, "at">): EvidenceEntry {
	lastRequest += 1;
	return {
		requestId: `req_00000000-0000-4000-8000-${String(lastRequest).padStart(12, "0")}`,
		policyRevision: 1,
		epoch: 1,
		phase: 1,
		confidence: 0.9,
		served: "escalated",
		inScope: true,
		propensity: CERTAIN,
		draw: "labelled",
		wrong: false,
		...fields,
	};
}

/** The verdict on a drawn entry. */
export function verdictOf(entry: EvidenceEntry, wrong: boolean, fields: Partial<AuditVerdict> = {}): AuditVerdict {
	const { requestId, item, at, policyRevision } = entry;
	return {
		requestId,
		...(item === undefined ? {} : { item }),
		at,
		policyRevision,
		wrong,
		failed: false,
		costUsd: 0.001,
		ms: 900,
		...fields,
	};
}

/** Gives the ledger readings enough to lay the path, evenly from 0 to 1, and returns the lease of the audition. */
export async function layPath(made: TestEvidence, world: EvidenceWorld, terms = TERMS): Promise<EvidenceLease> {
	const { epoch } = await leaseOf(made, terms);
	const entries = Array.from({ length: 200 }, (_, index) =>
		entryOf({ at: world.now, epoch, phase: 0, confidence: (index + 0.5) / 200, wrong: true }),
	);
	await made.ledger.record({ address: made.address, entries, verdicts: [] });
	return leaseOf(made, terms);
}

/** Traffic as isolates send it, with a fixed seed. */
export interface Traffic {
	readonly seed: number;
	/** Requests in each bucket of ten seconds. */
	readonly perBucket: number;
	/** The chance that the edge's answer is wrong, by its score. */
	readonly riskAt: (score: number) => number;
	readonly terms?: GuaranteeTerms;
}

/** What a bucket of traffic came to. */
export interface Served {
	readonly lease: EvidenceLease;
	readonly accepted: number;
	readonly acceptedWrong: number;
}

/**
 * Sends so many buckets of traffic, each at its time, and asks for the lease before each: scores even in [0, 1], answers accepted
 * by the lease, audits by its coin with the verdict one bucket later. Stops early where `until` says so.
 */
export async function drive(
	made: TestEvidence,
	world: EvidenceWorld,
	traffic: Traffic,
	buckets: number,
	until: (lease: EvidenceLease) => boolean = () => false,
): Promise<Served[]> {
	const { perBucket, riskAt, terms = TERMS } = traffic;
	const random = seededRandom(traffic.seed);
	const served: Served[] = [];
	let due: AuditVerdict[] = [];
	for (let bucket = 0; bucket < buckets; bucket++) {
		const lease = await leaseOf(made, terms);
		if (until(lease)) break;
		const entries: EvidenceEntry[] = [];
		const verdicts: AuditVerdict[] = [];
		let acceptedWrong = 0;
		for (let request = 0; request < perBucket; request++) {
			const confidence = random();
			const wrong = random() < riskAt(confidence);
			const coin = random() * CERTAIN < lease.auditPropensity;
			const about = {
				at: world.now + Math.floor((request * BUCKET_MS) / perBucket),
				epoch: lease.epoch,
				phase: lease.phase,
				confidence,
			};
			if (lease.threshold === null || confidence < lease.threshold) {
				entries.push(entryOf({ ...about, wrong }));
				continue;
			}
			if (wrong) acceptedWrong += 1;
			const entry = entryOf({
				...about,
				served: "accepted",
				propensity: lease.auditPropensity,
				draw: coin ? "drawn" : "not-drawn",
				wrong: null,
			});
			entries.push(entry);
			if (coin) verdicts.push(verdictOf(entry, wrong));
		}
		world.now += BUCKET_MS;
		await made.ledger.record({ address: made.address, entries, verdicts: due });
		due = verdicts;
		served.push({ lease, accepted: entries.filter((entry) => entry.served === "accepted").length, acceptedWrong });
	}
	await made.ledger.record({ address: made.address, entries: [], verdicts: due });
	return served;
}

/** Right at 98% whatever the score, so every threshold comes to be certified. */
export const STEADY: Traffic = { seed: 7, perBucket: 40, riskAt: () => 0.02 };

/** A ledger whose path is laid, and that has certified nothing yet. */
export async function auditionedEvidence(world: EvidenceWorld): Promise<TestEvidence> {
	const made = await begunEvidence();
	await layPath(made, world);
	return made;
}

/** A ledger that has certified by such traffic. */
export async function certifiedEvidence(world: EvidenceWorld, terms?: GuaranteeTerms): Promise<TestEvidence> {
	const made = await begunEvidence(terms);
	await layPath(made, world, terms);
	const traffic = { ...STEADY, ...(terms === undefined ? {} : { terms }) };
	await drive(made, world, traffic, 100, ({ state }) => state === "certified");
	return made;
}

/** Tells the ledger of entries whose verdicts are in them, or still to come. */
export function recordEntries({ ledger, address }: TestEvidence, ...entries: EvidenceEntry[]) {
	return ledger.record({ address, entries, verdicts: [] });
}

/** Lets time pass and alarms ring until the alarm is not set, or so often. */
export async function passTime(made: TestEvidence, world: EvidenceWorld, ms: number): Promise<number> {
	const until = world.now + ms;
	for (let rung = 0; rung < 1_000; rung++) {
		const at = await alarmOf(made);
		if (at === null || at > until) {
			world.now = until;
			return rung;
		}
		world.now = Math.max(world.now, at);
		await ring(made);
	}
	throw new Error("the alarm never rests");
}
