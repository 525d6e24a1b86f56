import type { LabelledMail } from "../train/prepare-corpus.ts";
import type { WorkerAnswer } from "./ask-worker.ts";
import { earlyTable } from "./early-report.ts";
import { isForFitting } from "./fit-learned.ts";
import type { MailForm } from "./mail-request.ts";
import { coverageTable, methodTable, unsuitableSentence, type Comparison } from "./method-report.ts";
import { methodResult } from "./method-results.ts";
import { earlyAlias, LEARNED_ALIAS } from "./policy.ts";
import { EARLY_THRESHOLDS, FULL_AGREEMENT, PLAIN, TRIALS } from "./trials.ts";

/** Asks one cascade about mails. */
export type Ask = (alias: string, mails: readonly LabelledMail[], form: MailForm) => Promise<WorkerAnswer[]>;

/** The tables about confidence methods. */
export interface MethodSections {
	readonly methods: string;
	readonly unsuitable: string;
	readonly coverages: string;
	readonly early: string;
}

/** How many requests the trials make. */
export function countTrialRequests(mails: readonly LabelledMail[]): number {
	return (TRIALS.length + EARLY_THRESHOLDS.length) * mails.length + otherHalf(mails).length;
}

/** Runs every method over the mails. */
export async function runTrials(mails: readonly LabelledMail[], ask: Ask): Promise<MethodSections> {
	const answersOf = new Map<string, WorkerAnswer[]>();
	for (const { name, alias, form } of TRIALS) answersOf.set(name, await ask(alias, mails, form));
	const results = TRIALS.map(({ name }) => methodResult(name, mails, answersOf.get(name) ?? []));
	const plain = results.find(({ name }) => name === PLAIN);
	if (plain === undefined) throw new Error(`${PLAIN} is not on trial`);
	const half = otherHalf(mails);
	const plainAnswers = answersOf.get(PLAIN)?.filter((_, index) => !isForFitting(index)) ?? [];
	const plainOfHalf = methodResult(`${PLAIN}, that half`, half, plainAnswers);
	const learned = methodResult("learned, other half", half, await ask(LEARNED_ALIAS, half, "word"));
	const comparisons: Comparison[] = [
		...results.map((result) => ({ result, plain })),
		{ result: learned, plain: plainOfHalf },
		{ result: plainOfHalf, plain: plainOfHalf },
	];
	const early = [];
	for (const threshold of EARLY_THRESHOLDS)
		early.push({ threshold, answers: await ask(earlyAlias(threshold), mails, "word") });
	return {
		methods: methodTable(comparisons),
		unsuitable: unsuitableSentence(comparisons),
		coverages: coverageTable(comparisons),
		early: earlyTable(answersOf.get(FULL_AGREEMENT) ?? [], early),
	};
}

function otherHalf(mails: readonly LabelledMail[]): LabelledMail[] {
	return mails.filter((_, index) => !isForFitting(index));
}
