import type { LabelledMail } from "../train/prepare-corpus.ts";
import type { WorkerAnswer } from "./ask-worker.ts";
import type { DirectAnswer } from "./direct-answers.ts";
import { percent, sum, type Table } from "./table.ts";

const SWEEP_HEAD = [
	"threshold",
	"coverage",
	"accuracy",
	"selective risk",
	"missed spam",
	"escalated",
	"US$ per 1,000",
	"saved",
	"edge p50 / p95 ms",
	"origin p50 / p95 ms",
	"as computed directly",
] as const;

/** The row of one threshold. */
export function sweepRow(
	threshold: number,
	mails: readonly LabelledMail[],
	direct: readonly DirectAnswer[],
	answers: readonly WorkerAnswer[],
): string[] {
	const accepted = indicesWhere(answers, ({ facts }) => facts.stage === "edge");
	const wrongAccepted = accepted.filter((index) => answers[index]?.label !== mails[index]?.label).length;
	const right = answers.filter(({ label }, index) => label === mails[index]?.label).length;
	const spam = indicesWhere(mails, ({ label }) => label === "spam");
	const missed = spam.filter((index) => answers[index]?.label !== "spam").length;
	const cost = sum(answers.map(({ facts }) => facts.costUsd ?? Number.NaN));
	const saved = sum(answers.map(({ facts }) => facts.savedUsd ?? Number.NaN));
	const agreeing = answers.filter(({ label, facts: { stage, confidence } }, index) => {
		const expected = direct[index]?.decide(threshold);
		return expected?.stage === stage && expected.label === label && isClose(direct[index]?.smallConfidence, confidence);
	}).length;
	return [
		String(threshold),
		percent(accepted.length / answers.length),
		percent(right / answers.length),
		accepted.length === 0 ? "none accepted" : percent(wrongAccepted / accepted.length),
		share(missed, spam.length),
		percent(1 - accepted.length / answers.length),
		((cost / answers.length) * 1000).toFixed(4),
		percent(saved / (cost + saved)),
		latency(answers, "edge"),
		latency(answers, "origin"),
		`${agreeing} of ${answers.length}`,
	];
}

/** The sweep's table, with the two models alone for comparison. */
export function sweepTable(
	mails: readonly LabelledMail[],
	direct: readonly DirectAnswer[],
	rows: readonly string[][],
): Table {
	const alone = (name: "small" | "large"): string[] => {
		const right = direct.filter((answer, index) => answer[name] === mails[index]?.label).length;
		const spam = indicesWhere(mails, ({ label }) => label === "spam");
		const missed = spam.filter((index) => direct[index]?.[name] !== "spam").length;
		return [`${name} alone`, "", percent(right / mails.length), "", share(missed, spam.length), "", "", "", "", "", ""];
	};
	return [[...SWEEP_HEAD], ...rows, alone("small"), alone("large")];
}

/** Node and the Workers runtime ship different releases of V8, whose `Math.exp` may differ in the last bit. */
function isClose(expected: number | undefined, got: number | null): boolean {
	return expected !== undefined && got !== null && Math.abs(expected - got) <= 1e-12;
}

function latency(answers: readonly WorkerAnswer[], stage: string): string {
	const times = answers
		.filter(({ facts }) => facts.stage === stage)
		.map(({ ms }) => ms)
		.toSorted((left, right) => left - right);
	const at = (quantile: number) => times[Math.min(times.length - 1, Math.floor(times.length * quantile))]?.toFixed(1);
	return times.length === 0 ? "" : `${at(0.5)} / ${at(0.95)}`;
}

function share(part: number, whole: number): string {
	return whole === 0 ? "none" : percent(part / whole);
}

function indicesWhere<Item>(items: readonly Item[], condition: (item: Item) => boolean): number[] {
	return items.flatMap((item, index) => (condition(item) ? [index] : []));
}
