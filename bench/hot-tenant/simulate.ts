import type { EvidenceAddress } from "../../src/core/evidence/evidence-entry.ts";
import type { EvidenceLease, EvidenceReport, GuaranteeTerms } from "../../src/core/evidence/evidence-ports.ts";
import type { Result } from "../../src/core/result.ts";
import type { ExportedEvidence } from "../../src/tuning/evidence/exported-evidence.ts";
import { seededRandom } from "../../src/tuning/seeded-random.ts";
import { createExpectation } from "./expected.ts";
import { createBatches, type QueueBatch } from "./queue.ts";
import type { HotTenantRuntime } from "./runtime.ts";
import { createTraffic } from "./traffic.ts";

/** So far ahead that no alarm of a ledger rings by itself; noon, so that a day's end is not in it. */
export const START = Date.UTC(2100, 0, 1, 12);
export const TENANT = "acme";
export const TERMS: GuaranteeTerms = {
	stage: "edge",
	guarantee: { risk: "selective", targetRisk: 0.1, delta: 0.1, withoutCertificate: "escalate" },
	labeller: "normalised/1",
	auditPropensity: 50_000,
	retainTextHours: null,
};
const ADDRESS: EvidenceAddress = { tenant: TENANT, cascade: "chat", configHash: "a".repeat(64) };
const ISOLATES = 20;
/** An isolate asks for its lease so often. */
const LEASE_SECONDS = 10;
/** Answers of little confidence are wrong more often; all together, 0.15. */
const riskAt = (confidence: number) => 0.45 * (1 - confidence) ** 2;

/** What the traffic came to. */
export interface Simulation {
	readonly address: EvidenceAddress;
	readonly counted: ReturnType<typeof createTraffic>["counted"];
	readonly expectation: ReturnType<typeof createExpectation>;
	/** Batches as they were delivered, without what is not evidence. */
	readonly batches: readonly QueueBatch[];
	readonly report: EvidenceReport;
	readonly exported: ExportedEvidence;
	readonly endsAt: number;
	readonly leaseCalls: number;
	/** Of the runtime's process, over the deliveries. */
	readonly cpuMs: number;
}

/** Sends so many seconds of traffic to one ledger of each kind, and waits until everything is delivered and closed. */
export async function simulate(
	{ ask, cpuMs }: HotTenantRuntime,
	{ rate, seconds }: { readonly rate: number; readonly seconds: number },
): Promise<Simulation> {
	await ask("create", START, { tenant: TENANT });
	let leaseCalls = 0;
	const leaseAt = async (now: number): Promise<EvidenceLease> => {
		leaseCalls += 1;
		return valueOf(await ask<Result<EvidenceLease, unknown>>("lease", now, { address: ADDRESS, terms: TERMS }));
	};
	const first = await leaseAt(START);
	const leases = Array.from({ length: ISOLATES }, () => first);
	const plan = { tenant: TENANT, address: ADDRESS, requestsPerSecond: rate, isolates: ISOLATES, riskAt };
	const traffic = createTraffic(plan, seededRandom(20_261_125));
	const queue = createBatches();
	const expectation = createExpectation();
	const batches: QueueBatch[] = [];
	const cpuBefore = await cpuMs();
	let second = 0;
	for (; second < seconds || traffic.hasVerdictsDue() || !queue.isEmpty(); second++) {
		const from = START + second * 1_000;
		for (const isolate of leases.keys())
			if (second > 0 && (second + isolate) % LEASE_SECONDS === 0) leases[isolate] = await leaseAt(from);
		queue.send(traffic.second(from, leases, second < seconds));
		for (const batch of queue.dueBefore(from + 1_000)) {
			const { again } = await ask<{ again: number }>("deliver", batch.at, { messages: batch.messages });
			if (again > 0) throw new Error(`${again} messages were asked for again`);
			expectation.deliver(batch);
			batches.push({ ...batch, messages: batch.messages.filter(({ body }) => "evidence" in body) });
		}
	}
	const cpu = (await cpuMs()) - cpuBefore;
	const endsAt = START + second * 1_000 + 120_000;
	const report = valueOf(await ask<Result<EvidenceReport, unknown>>("report", endsAt, { address: ADDRESS }));
	const exported = valueOf(await ask<Result<ExportedEvidence, unknown>>("exported", endsAt, { address: ADDRESS }));
	return {
		address: ADDRESS,
		counted: traffic.counted,
		expectation,
		batches,
		report,
		exported,
		endsAt,
		leaseCalls,
		cpuMs: cpu,
	};
}

/** What a command was answered with; a refusal is a mistake of the simulation. */
export function valueOf<Value>(result: Result<Value, unknown>): Value {
	if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
	return result.value;
}
