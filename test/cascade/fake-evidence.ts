/** Evidence in memory, in the order in which it was told; work for later waits until a test lets it begin. */
import type { Evidence } from "../../src/cascade/evidence-port.ts";
import type { AuditVerdict, EvidenceEntry } from "../../src/core/evidence/evidence-entry.ts";
import type { EvidenceLease } from "../../src/core/evidence/evidence-ports.ts";
import { CERTAIN, type Guarantee } from "../../src/core/evidence/guarantee.ts";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import type { Cascade, StagePolicy } from "../../src/core/tenant-policy.ts";
import { completionOfStream } from "../../src/openai/stream-completion.ts";
import { decodeBytes } from "../../src/web/decode-bytes.ts";
import { edgeStage, originStage } from "../core/examples.ts";

/** When the fake clock begins. */
export const START = 1_790_000_000_000;

const HASH = "a".repeat(64);
export const GUARANTEE: Guarantee = {
	risk: "selective",
	targetRisk: 0.05,
	delta: 0.1,
	withoutCertificate: "escalate",
};

/** A lease that certifies 0.8, with audits at one in four. */
export function lease(differences: Partial<EvidenceLease> = {}): EvidenceLease {
	return {
		version: 1,
		configHash: HASH,
		state: "certified",
		threshold: 0.8,
		epoch: 3,
		phase: 2,
		auditPropensity: 250_000,
		sequence: 1,
		issuedAt: START,
		expiresAt: START + 600_000,
		...differences,
	};
}

/** Nothing is accepted, and everything is labelled. */
export const AUDITION = { state: "audition", threshold: null } as const;

/** Edge under a guarantee, then origin. */
export function guaranteed(
	differences: Partial<Cascade> = {},
	guarantee: Partial<Guarantee> = {},
	edge: Partial<StagePolicy> = {},
): Partial<Cascade> {
	const { threshold: _threshold, ...unset } = edgeStage;
	return { stages: [{ ...unset, guarantee: { ...GUARANTEE, ...guarantee }, ...edge }, originStage], ...differences };
}

export interface FakeEvidenceOptions {
	readonly lease?: EvidenceLease | null | Promise<EvidenceLease | null>;
	/** What the coin shows, in [0, 1), in turn; the last repeats. */
	readonly random?: readonly number[];
	readonly isDown?: boolean;
	/** Whether draws reach the queue. */
	readonly isSent?: boolean | Promise<boolean>;
	readonly embedTexts?: Evidence["embedTexts"];
	readonly item?: number;
}

export function fakeEvidence({
	lease: held = lease(),
	random = [0],
	isDown = false,
	isSent = true,
	embedTexts = () => Promise.reject(new Error("no texts were to be embedded")),
	item,
}: FakeEvidenceOptions = {}) {
	const entries: EvidenceEntry[] = [];
	const verdicts: AuditVerdict[] = [];
	const told: (StageFailure["kind"] | null)[] = [];
	/** What happened, in order. */
	const events: string[] = [];
	const works: (() => Promise<void>)[] = [];
	const brief: boolean[] = [];
	let turn = 0;
	let leases = 0;
	let holds = 0;
	const evidence: Evidence = {
		item,
		at: START,
		policyRevision: 7,
		configHash: HASH,
		terms: {
			stage: "edge",
			guarantee: GUARANTEE,
			labeller: "normalised/1",
			auditPropensity: 50_000,
			retainTextHours: null,
		},
		lease() {
			leases++;
			return held;
		},
		random: () => random[Math.min(turn++, random.length - 1)] ?? 0,
		record(entry) {
			events.push(entry.draw);
			entries.push(entry);
		},
		async draw(entry) {
			events.push("drawn");
			entries.push(entry);
			return isSent;
		},
		verdict(verdict) {
			events.push("verdict");
			verdicts.push(verdict);
		},
		later(work, isBrief = false) {
			works.push(work);
			brief.push(isBrief);
		},
		hold() {
			holds += 1;
			let isHeld = true;
			return () => {
				if (isHeld) holds -= 1;
				isHeld = false;
			};
		},
		isDown: () => isDown,
		asked: (_stage, failure) => void told.push(failure?.kind ?? null),
		readStream: (bytes) => completionOfStream(decodeBytes(bytes)),
		embedTexts,
	};
	return {
		evidence,
		entries,
		verdicts,
		told,
		events,
		leases: () => leases,
		tosses: () => turn,
		/** What keeps the request alive at present. */
		holds: () => holds,
		/** Of each work, in the order in which it came, whether it was said to be brief. */
		brief,
		/** Work that waits for the answer to be on its way. */
		waiting: () => works.length,
		/** The answer has gone: all of that work, and what follows from it. */
		async afterAnswer(): Promise<void> {
			for (let work = works.shift(); work !== undefined; work = works.shift()) await work();
		},
	};
}

/** Coins that fall so at a propensity of one in four. */
export const HEADS = 0.249_999;
export const TAILS = 0.25;
export { CERTAIN };

const encoder = new TextEncoder();

/** A chat stream that says this in one chunk, and stops for this reason; null: it breaks off there. */
export function chatStream(text: string, finishReason: string | null = "stop"): ReadableStream<Uint8Array> {
	const chunks: object[] = [
		{ choices: [{ index: 0, delta: { role: "assistant", content: text }, finish_reason: null }] },
	];
	if (finishReason !== null) {
		chunks.push({ choices: [{ index: 0, delta: {}, finish_reason: finishReason }] });
		chunks.push({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 2 } });
	}
	return new ReadableStream({
		start(controller) {
			for (const chunk of chunks) controller.enqueue(encoder.encode(`data: ${JSON.stringify(chunk)}\n\n`));
			if (finishReason !== null) controller.enqueue(encoder.encode("data: [DONE]\n\n"));
			controller.close();
		},
	});
}
