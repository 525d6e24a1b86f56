import { loadavg } from "node:os";
import type { CascadeLog } from "../src/tuning/log/cascade-log.ts";
import { LogBuilder } from "../src/tuning/log/log-builder.ts";
import { readTraceHeader, readTraceRow } from "../src/tuning/log/read-trace-row.ts";
import { seededRandom } from "../src/tuning/seeded-random.ts";
import { chooseThreshold } from "../src/tuning/selection/choose-threshold.ts";
import type { RiskKind } from "../src/tuning/selection/risk.ts";
import { spreadOf } from "./statistics.ts";

// How long it takes to choose a threshold from rows in memory, and how that grows; reading the rows is timed apart. Two
// stages, a score of full precision, so that hardly any two rows tie.

const SIZES = [10_000, 100_000, 1_000_000];
const RISKS: readonly RiskKind[] = ["selective", "joint", "regret"];
const RUNS = 5;
/** For a million rows, in milliseconds. */
const LIMIT = 2_000;
const HEADER = { models: ["small", "large"], labeller: "bench" };

const started = loadavg()[0] ?? Number.NaN;
print("| rows | reading, ms | selective, ms | joint, ms | regret, ms | selective, to ten times fewer rows |");
print("| ---: | ---: | ---: | ---: | ---: | ---: |");
let previous = Number.NaN;
let slowest = 0;
for (const size of SIZES) {
	const lines = drawLines(size);
	const begin = performance.now();
	const log = read(lines);
	const reading = performance.now() - begin;
	const spreads = RISKS.map((risk) => spreadOf(Array.from({ length: RUNS }, (_, run) => time(log, risk, run))));
	const median = spreads[0]?.median ?? Number.NaN;
	slowest = Math.max(...spreads.map((spread) => spread.median));
	const shown = spreads.map(
		(spread) => `${spread.median.toFixed(1)} (${spread.low.toFixed(1)} to ${spread.high.toFixed(1)})`,
	);
	const growth = Number.isNaN(previous) ? "" : (median / previous).toFixed(1);
	print(`| ${size.toLocaleString("en")} | ${reading.toFixed(0)} | ${shown.join(" | ")} | ${growth} |`);
	previous = median;
}
print(
	`\nMedian of ${RUNS} with least and greatest; load average ${started.toFixed(1)} before, ${loadavg()[0]?.toFixed(1)} after.`,
);
if (slowest > LIMIT) {
	print(`A million rows took more than ${LIMIT} ms.`);
	process.exitCode = 1;
}

function time(log: CascadeLog, risk: RiskKind, seed: number): number {
	const begin = performance.now();
	const { certified } = chooseThreshold(log, { risk, target: 0.1, delta: 0.1, seed });
	const milliseconds = performance.now() - begin;
	if (!certified) throw new Error(`nothing was certified for ${risk} risk`);
	return milliseconds;
}

/** A trace as text: small is wrong with chance 0.4 (1 − score)^1.5, large with chance 0.05. */
function drawLines(rows: number): string[] {
	const random = seededRandom(rows);
	return Array.from({ length: rows }, (_, row) => {
		const confidence = random();
		const small = { correct: random() >= 0.4 * (1 - confidence) ** 1.5, confidence, costUsd: 0.000_01, latencyMs: 40 };
		const large = { correct: random() >= 0.05, costUsd: 0.001, latencyMs: 400 };
		return JSON.stringify({ id: `q${row}`, stages: [small, large] });
	});
}

function read(lines: readonly string[]): CascadeLog {
	const header = readTraceHeader(HEADER);
	if (!header.ok) throw new Error(header.error.reason);
	const builder = new LogBuilder();
	for (const model of header.value.models) builder.stage(model);
	for (const [index, line] of lines.entries()) {
		const row = readTraceRow(JSON.parse(line), header.value, undefined);
		if (!row.ok) throw new Error(row.error.reason);
		builder.add(index + 1, row.value);
	}
	return builder.finish().log;
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}
