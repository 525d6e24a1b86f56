import { setTimeout as pause } from "node:timers/promises";
import type { EvidenceReport } from "../../src/core/evidence/evidence-ports.ts";
import type { LabelledMail } from "../train/prepare-corpus.ts";
import type { createOperator } from "./operator.ts";
import type { EdgeModel, Population } from "./population.ts";
import type { createClient } from "./traffic.ts";

/** One answered request. */
export interface DemonstratedRequest {
	/** From 1, in the order sent. */
	readonly number: number;
	/** Seconds from the beginning to when it was sent. */
	readonly sentAt: number;
	/** Which weights answered to the small model's name when it was sent. */
	readonly model: EdgeModel;
	readonly accepted: boolean;
	readonly reason: string;
	/** Null where nothing was accepted. */
	readonly threshold: number | null;
	/** Of an accepted answer: it is not the large model's. */
	readonly differs: boolean;
	/** The answer is not what the mail is. */
	readonly mistaken: boolean;
	/** The large model's answer is not. */
	readonly largeMistaken: boolean;
	readonly costUsd: number;
	readonly largeCostUsd: number;
}

/** Something that happened, at the last request sent before it was seen. */
export interface DemonstrationEvent {
	readonly request: number;
	readonly text: string;
	readonly kind: "state" | "threshold" | "act";
}

/** What was seen of the ledger. */
export interface Look {
	readonly request: number;
	readonly report: EvidenceReport;
}

/** Everything that is drawn and printed. */
export interface Demonstration {
	readonly requests: readonly DemonstratedRequest[];
	readonly events: readonly DemonstrationEvent[];
	readonly looks: readonly Look[];
	readonly seconds: number;
}

/** When what happens, in requests. */
export interface Script {
	readonly driftAt: number;
	/** Requests after the alarm until the model is put back. */
	readonly repairAfter: number;
	/** Requests after the last certificate. */
	readonly goOnFor: number;
	readonly atLeast: number;
	/** Where it is given up. */
	readonly atMost: number;
	readonly requestsPerSecond: number;
}

/** How far the script has come. */
type Stage = "before" | "drifted" | "repaired" | "again";

const MOST_UNDER_WAY = 48;
const LOOK_EVERY_MS = 500;

/**
 * Sends mails at a steady rate and acts as the script says: replaces the model, waits for the alarm, puts it back, restarts the
 * evidence, and goes on until there is a certificate again. What it looks at is what an operator can see.
 */
export async function runDemonstration(input: {
	readonly mails: readonly LabelledMail[];
	readonly population: Population;
	readonly draw: () => number;
	readonly client: ReturnType<typeof createClient>;
	readonly operator: ReturnType<typeof createOperator>;
	readonly script: Script;
	readonly onProgress: (sent: number, event?: DemonstrationEvent) => void;
}): Promise<Demonstration> {
	const { mails, population, draw, client, operator, script, onProgress } = input;
	const requests: DemonstratedRequest[] = [];
	const events: DemonstrationEvent[] = [];
	const looks: Look[] = [];
	const startedAt = performance.now();
	let model: EdgeModel = "good";
	let sent = 0;
	let stage = "before" as Stage;
	let alarmSeenAt: number | null = null;
	let endsAt = script.atMost;
	let fault: unknown;
	const tell = (kind: DemonstrationEvent["kind"], text: string) => {
		const event = { request: sent, kind, text };
		events.push(event);
		onProgress(sent, event);
	};

	const ask = async (number: number): Promise<void> => {
		const index = draw();
		const [mail, by] = [mails[index] as LabelledMail, model];
		const sentAt = (performance.now() - startedAt) / 1_000;
		const { label, facts } = await client.ask(mail);
		const accepted = facts.stage === "edge";
		const costUsd = facts.costUsd ?? Number.NaN;
		requests.push({
			number,
			sentAt,
			model: by,
			accepted,
			reason: facts.reason,
			threshold: facts.threshold,
			differs: accepted && label !== population.large[index],
			mistaken: label !== mail.label,
			largeMistaken: population.large[index] !== mail.label,
			costUsd,
			largeCostUsd: costUsd + (facts.savedUsd ?? Number.NaN),
		});
	};

	const look = async (): Promise<void> => {
		const report = await operator.report();
		if (report === null) return;
		const before = looks.at(-1)?.report;
		looks.push({ request: sent, report });
		const { lease, candidates } = report;
		if (lease.state !== before?.lease.state || lease.epoch !== before.lease.epoch)
			tell("state", `epoch ${lease.epoch}: ${STATES[lease.state]}`);
		if (lease.threshold !== (before?.lease.threshold ?? null) && lease.threshold !== null) {
			const position = candidates.findIndex(({ threshold }) => threshold === lease.threshold);
			tell(
				"threshold",
				`${before?.lease.threshold == null ? "certified" : "loosened to"} ${lease.threshold}, step ${position + 1} of ${candidates.length}`,
			);
		}
		if (stage === "drifted" && lease.state === "alarm") alarmSeenAt ??= sent;
		if (stage === "repaired" && lease.state === "certified") {
			stage = "again";
			endsAt = Math.max(script.atLeast, sent + script.goOnFor);
		}
	};

	const act = async (): Promise<void> => {
		if (stage === "before" && sent >= script.driftAt) {
			await operator.answerBy("worse");
			model = "worse";
			stage = "drifted";
			tell("act", "the small model is replaced by a worse one of the same name");
		}
		if (stage === "drifted" && alarmSeenAt !== null && sent >= alarmSeenAt + script.repairAfter) {
			await operator.answerBy("good");
			model = "good";
			stage = "repaired";
			await operator.restart("the small model's weights were put back");
			tell("act", "the model is put back, and the operator restarts the evidence");
		}
	};

	let watching = true;
	const watch = async (): Promise<void> => {
		while (watching) {
			await look();
			await pause(LOOK_EVERY_MS);
		}
	};
	const watched = watch().catch((error: unknown) => (fault ??= error));
	const underWay = new Set<Promise<void>>();
	while (sent < endsAt && fault === undefined) {
		// At the rate of the script, and not more at once than a small tenant would have under way.
		const due = Math.floor(((performance.now() - startedAt) / 1_000) * script.requestsPerSecond);
		if (sent >= due || underWay.size >= MOST_UNDER_WAY) {
			await (underWay.size >= MOST_UNDER_WAY ? Promise.race(underWay) : pause(2));
			continue;
		}
		await act();
		sent += 1;
		const asked = ask(sent).catch((error: unknown) => void (fault ??= error));
		underWay.add(asked);
		void asked.then(() => underWay.delete(asked));
		onProgress(sent);
	}
	await Promise.all(underWay);
	// What is on its way through the queue arrives.
	await pause(3_000);
	watching = false;
	await watched;
	if (fault !== undefined) throw fault;
	if (stage !== "again") throw new Error(`after ${sent} requests the demonstration is only ${stage}`);
	requests.sort((left, right) => left.number - right.number);
	return { requests, events, looks, seconds: (performance.now() - startedAt) / 1_000 };
}

const STATES = {
	audition: "audition, everything is escalated and labelled",
	certified: "certified",
	alarm: "ALARM, everything is escalated",
	closed: "closed",
} as const;
