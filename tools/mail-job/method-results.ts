import type { CallRecord } from "../../src/core/trail.ts";
import { areaUnderRoc, bootstrapAurocInterval, type Interval } from "../../src/tuning/metrics/ranking.ts";
import { seededRandom } from "../../src/local/sample.ts";
import type { LabelledMail } from "../train/prepare-corpus.ts";
import type { WorkerAnswer } from "./ask-worker.ts";
import { rankingDifference, type RankingDifference } from "./ranking-difference.ts";
import { sum } from "./table.ts";

/** An answer of the small model that was read. */
interface JudgedAnswer {
	readonly confidence: number;
	readonly right: boolean;
}

/** What one method made of the mails. */
export interface MethodResult {
	readonly name: string;
	readonly asked: number;
	/** By the mail's id: methods may have been asked about different mails. */
	readonly judged: ReadonlyMap<string, JudgedAnswer>;
	/** Undefined where every answer is right, or wrong. */
	readonly auroc: number | undefined;
	readonly interval: Interval | undefined;
	/** Calls to small models beside the answer's, a mail. */
	readonly extraCalls: number;
	/** Of the small models' calls, in US dollars a mail; null where one reported no usage. */
	readonly costUsd: number | null;
}

const REPLICATES = 2_000;

/** Gathers what one method's cascade, which accepts every reading, said of these mails. */
export function methodResult(
	name: string,
	mails: readonly LabelledMail[],
	answers: readonly WorkerAnswer[],
): MethodResult {
	const judged = new Map<string, JudgedAnswer>();
	for (const [index, { label, facts }] of answers.entries()) {
		const mail = mails[index];
		if (mail === undefined || facts.stage !== "edge" || facts.confidence === null) continue;
		judged.set(mail.id, { confidence: facts.confidence, right: label === mail.label });
	}
	const [scores, right] = columns([...judged.values()]);
	const calls = answers.flatMap(({ facts }) => facts.calls.filter(({ stage }) => stage === "edge"));
	return {
		name,
		asked: answers.length,
		judged,
		auroc: areaUnderRoc(scores, right),
		interval: bootstrapAurocInterval(scores, right, {
			level: 0.95,
			replicates: REPLICATES,
			random: seededRandom(1, "confidence methods"),
		}),
		extraCalls: calls.filter(({ purpose }) => purpose !== "answer").length / answers.length,
		costUsd: costOf(calls, answers.length),
	};
}

function costOf(calls: readonly CallRecord[], answers: number): number | null {
	return calls.some(({ costUsd }) => costUsd === null) ? null : sum(calls.map(({ costUsd }) => costUsd ?? 0)) / answers;
}

/** How much better one method ranks than another, on the mails that both judged. */
export function difference(one: MethodResult, other: MethodResult): RankingDifference | undefined {
	const shared = [...one.judged].flatMap(([id, judged]) => {
		const against = other.judged.get(id);
		return against === undefined ? [] : [{ ...judged, against: against.confidence }];
	});
	const [scores, right] = columns(shared);
	return rankingDifference(
		scores,
		shared.map(({ against }) => against),
		right,
	);
}

/** Answers that one threshold accepts. */
export interface OperatingPoint {
	/** Accepted, of all that were asked. */
	readonly coverage: number;
	/** Wrong, of the accepted. */
	readonly risk: number;
}

/**
 * The point of least coverage that is at least this much. Answers of the same confidence are accepted together, since
 * no threshold parts them; undefined where even accepting every reading covers less.
 */
export function pointAt({ asked, judged }: MethodResult, coverage: number): OperatingPoint | undefined {
	const sorted = [...judged.values()].sort((left, right) => right.confidence - left.confidence);
	let wrong = 0;
	for (const [index, { confidence, right }] of sorted.entries()) {
		if (!right) wrong += 1;
		const accepted = index + 1;
		if (sorted[accepted]?.confidence === confidence) continue;
		if (accepted >= coverage * asked) return { coverage: accepted / asked, risk: wrong / accepted };
	}
	return undefined;
}

function columns(answers: readonly JudgedAnswer[]): [number[], boolean[]] {
	return [answers.map(({ confidence }) => confidence), answers.map(({ right }) => right)];
}
