import type { AuditVerdict, EvidenceAddress, EvidenceEntry } from "../../src/core/evidence/evidence-entry.ts";
import type { EvidenceLease } from "../../src/core/evidence/evidence-ports.ts";
import { CERTAIN } from "../../src/core/evidence/guarantee.ts";
import type { QueueMessage } from "../../src/core/ledger/observation-message.ts";
import type { Observation } from "../../src/core/observation.ts";

/** A message on its way through the queue. */
export interface SentMessage {
	readonly id: string;
	readonly body: QueueMessage;
	/** When the queue has it for its consumer; milliseconds since the Unix epoch. */
	readonly readyAt: number;
}

/** What one second of all isolates comes to. */
interface TrafficPlan {
	readonly tenant: string;
	readonly address: EvidenceAddress;
	readonly requestsPerSecond: number;
	readonly isolates: number;
	/** The chance that an answer of this confidence is wrong. */
	readonly riskAt: (confidence: number) => number;
}

/** As the isolates gather them. */
const ITEMS_A_MESSAGE = 50;
/** Shares of messages that are late by tens of seconds, by minutes, and delivered a second time. */
const SLOW = 0.02;
const LATE = 0.005;
const REDELIVERED = 0.02;
/** Of audits: without any verdict, and failed. */
const UNRESOLVED = 0.005;
const FAILED = 0.005;

/** One tenant's isolates: what they send, second by second, deciding by the lease that each holds. */
export function createTraffic(plan: TrafficPlan, random: () => number) {
	let sent = 0;
	const counted = { requests: 0, accepted: 0, drawn: 0, verdicts: 0, messages: 0, redelivered: 0 };
	/** Verdicts that their isolates send later, by the second. */
	const due = new Map<number, AuditVerdict[][]>();

	const message = (body: QueueMessage, at: number): SentMessage[] => {
		const slowness = random();
		const delay =
			slowness < LATE
				? 70_000 + random() * 130_000
				: slowness < LATE + SLOW
					? 10_000 + random() * 30_000
					: random() * 3_000;
		const first = { id: `message-${++sent}`, body, readyAt: Math.floor(at + delay) };
		counted.messages += 1;
		if (random() >= REDELIVERED) return [first];
		counted.redelivered += 1;
		return [first, { ...first, readyAt: Math.floor(first.readyAt + 5_000 + random() * 55_000) }];
	};

	const evidenceMessages = (entries: readonly EvidenceEntry[], verdicts: readonly AuditVerdict[], at: number) => {
		const items = [...entries.map((entry) => ({ entry })), ...verdicts.map((verdict) => ({ verdict }))];
		return chunks(items, ITEMS_A_MESSAGE).flatMap((chunk) =>
			message(
				{
					version: 1,
					evidence: {
						address: plan.address,
						entries: chunk.flatMap((item) => ("entry" in item ? item.entry : [])),
						verdicts: chunk.flatMap((item) => ("verdict" in item ? item.verdict : [])),
					},
				},
				at,
			),
		);
	};

	const verdictLater = (entry: EvidenceEntry, isolate: number, isWrong: boolean): void => {
		if (random() < UNRESOLVED) return;
		const second = Math.floor(entry.at / 1_000) + 1 + Math.floor(random() * 20);
		const failed = random() < FAILED;
		const { requestId, at, policyRevision } = entry;
		const verdict = { requestId, at, policyRevision, wrong: isWrong || failed, failed, costUsd: 0.0004, ms: 900 };
		const ofSecond = due.get(second) ?? Array.from({ length: plan.isolates }, () => []);
		due.set(second, ofSecond);
		ofSecond[isolate]?.push(verdict);
		counted.verdicts += 1;
	};

	/** What this second sends; without requests where the traffic is over, and verdicts still are. */
	const second = (from: number, leases: readonly EvidenceLease[], hasRequests: boolean): SentMessage[] => {
		const verdicts = due.get(Math.floor(from / 1_000)) ?? [];
		due.delete(Math.floor(from / 1_000));
		const messages: SentMessage[] = [];
		for (const [isolate, lease] of leases.entries()) {
			const entries: EvidenceEntry[] = [];
			const observations: Observation[] = [];
			const requests = hasRequests ? plan.requestsPerSecond / plan.isolates : 0;
			for (let request = 0; request < requests; request++) {
				const at = from + Math.floor((request * 1_000) / requests);
				const confidence = random();
				const isWrong = random() < plan.riskAt(confidence);
				const isAccepted = lease.threshold !== null && confidence >= lease.threshold;
				const propensity = isAccepted ? lease.auditPropensity : CERTAIN;
				const isDrawn = isAccepted && random() * CERTAIN < propensity;
				const entry: EvidenceEntry = {
					requestId: `req_${uuid(random)}`,
					at,
					policyRevision: 1,
					epoch: lease.epoch,
					phase: lease.phase,
					confidence,
					served: isAccepted ? "accepted" : "escalated",
					inScope: true,
					propensity,
					draw: isDrawn ? "drawn" : isAccepted ? "not-drawn" : "labelled",
					wrong: isAccepted ? null : isWrong,
				};
				counted.requests += 1;
				if (isAccepted) counted.accepted += 1;
				observations.push(observationOf(plan, entry, lease.threshold));
				if (!isDrawn) {
					entries.push(entry);
					continue;
				}
				counted.drawn += 1;
				// Before its audit begins, and alone.
				messages.push(...evidenceMessages([entry], [], at));
				verdictLater(entry, isolate, isWrong);
			}
			const end = from + 999;
			messages.push(...evidenceMessages(entries, verdicts[isolate] ?? [], end));
			for (const chunk of chunks(observations, ITEMS_A_MESSAGE))
				messages.push(...message({ version: 1, observations: chunk }, end));
		}
		return messages;
	};
	return { second, counted, hasVerdictsDue: () => due.size > 0 };
}

/** The record of a request as the product writes it: some 700 bytes. */
function observationOf({ tenant, address }: TrafficPlan, entry: EvidenceEntry, threshold: number | null): Observation {
	const isAccepted = entry.served === "accepted";
	const trail = {
		stage: "edge",
		outcome: isAccepted ? ("accepted" as const) : ("deferred" as const),
		reason: isAccepted ? ("accepted" as const) : ("low-confidence" as const),
		confidence: entry.confidence,
		threshold: threshold ?? 1,
	};
	const call = { purpose: "answer" as const, usage: { inputTokens: 312, outputTokens: 41 } };
	const calls = [{ ...call, stage: "edge", model: "@cf/zai-org/glm-4.7-flash", costUsd: 0.000_035, ms: 420 }];
	if (!isAccepted) calls.push({ ...call, stage: "origin", model: "large-model", costUsd: 0.000_9, ms: 1_900 });
	return {
		version: 1,
		requestId: entry.requestId,
		endpoint: "chat.completions",
		tenant,
		cascade: address.cascade,
		policyRevision: 1,
		at: entry.at,
		stream: false,
		outcome: "answered",
		stage: isAccepted ? "edge" : "origin",
		reason: isAccepted ? "accepted" : "low-confidence",
		failure: null,
		trail: [trail],
		calls,
		costUsd: isAccepted ? 0.000_035 : 0.000_935,
		savedUsd: isAccepted ? 0.000_865 : 0,
		durationMs: isAccepted ? 430 : 2_340,
	};
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
	return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
		items.slice(index * size, (index + 1) * size),
	);
}

/** Of the form that the Worker gives, of this source's bits. */
function uuid(random: () => number): string {
	const digits = Array.from({ length: 8 }, () =>
		Math.floor(random() * 65_536)
			.toString(16)
			.padStart(4, "0"),
	);
	const [a, b, c, d, e, ...rest] = digits;
	return `${a}${b}-${c}-4${d?.slice(1)}-8${e?.slice(1)}-${rest.join("")}`;
}
