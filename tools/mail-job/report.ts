import { areaUnderRoc, bootstrapAurocInterval } from "../../src/tuning/ranking.ts";
import { seededRandom } from "../../src/local/sample.ts";
import type { LabelledMail } from "../train/prepare-corpus.ts";
import type { WorkerAnswer } from "./ask-worker.ts";
import type { DirectAnswer } from "./direct-answers.ts";

/** One table as rows of cells, the first row its head. */
export type Table = readonly (readonly string[])[];

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
	const accepted = indicesWhere(answers, ({ stage }) => stage === "edge");
	const wrongAccepted = accepted.filter((index) => answers[index]?.label !== mails[index]?.label).length;
	const right = answers.filter(({ label }, index) => label === mails[index]?.label).length;
	const spam = indicesWhere(mails, ({ label }) => label === "spam");
	const missed = spam.filter((index) => answers[index]?.label !== "spam").length;
	const cost = sum(answers.map(({ costUsd }) => costUsd));
	const saved = sum(answers.map(({ savedUsd }) => savedUsd));
	const agreeing = answers.filter(({ label, stage, confidence }, index) => {
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

const REPLICATES = 1000;

/** How well a method's confidence tells the small model's right answers from its wrong ones. */
export function methodRow(name: string, mails: readonly LabelledMail[], answers: readonly WorkerAnswer[]): string[] {
	const read = indicesWhere(answers, ({ stage, confidence }) => stage === "edge" && confidence !== null);
	const scores = read.map((index) => answers[index]?.confidence ?? 0);
	const right = read.map((index) => answers[index]?.label === mails[index]?.label);
	const auroc = areaUnderRoc(scores, right);
	const interval = bootstrapAurocInterval(scores, right, {
		level: 0.95,
		replicates: REPLICATES,
		random: seededRandom(1, name),
	});
	const suitable = interval !== undefined && (interval.lower > 0.5 || interval.upper < 0.5);
	return [
		name,
		String(read.length),
		auroc?.toFixed(3) ?? "undefined",
		interval === undefined ? "" : `${interval.lower.toFixed(3)} to ${interval.upper.toFixed(3)}`,
		suitable ? "yes" : "unsuitable: does not differ from 0.5",
		((sum(answers.map(({ costUsd }) => costUsd)) / answers.length) * 1000).toFixed(4),
	];
}

export const METHOD_HEAD = ["method", "read", "AUROC", "95% interval", "suitable", "US$ per 1,000"];

/** A table in Markdown, its columns aligned so that it also reads in a terminal. */
export function formatTable(table: Table): string {
	const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
	const line = (row: readonly string[]) =>
		`| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
	const [head = [], ...rows] = table;
	return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** Node and the Workers runtime ship different releases of V8, whose `Math.exp` may differ in the last bit. */
function isClose(expected: number | undefined, got: number | null): boolean {
	return expected !== undefined && got !== null && Math.abs(expected - got) <= 1e-12;
}

function latency(answers: readonly WorkerAnswer[], stage: string): string {
	const times = answers
		.filter((answer) => answer.stage === stage)
		.map(({ ms }) => ms)
		.toSorted((left, right) => left - right);
	const at = (quantile: number) => times[Math.min(times.length - 1, Math.floor(times.length * quantile))]?.toFixed(1);
	return times.length === 0 ? "" : `${at(0.5)} / ${at(0.95)}`;
}

function share(part: number, whole: number): string {
	return whole === 0 ? "none" : percent(part / whole);
}

function percent(value: number): string {
	return `${(value * 100).toFixed(1)}%`;
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}

function indicesWhere<Item>(items: readonly Item[], condition: (item: Item) => boolean): number[] {
	return items.flatMap((item, index) => (condition(item) ? [index] : []));
}
