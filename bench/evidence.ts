import { loadavg } from "node:os";
import { CERTAIN } from "../src/core/evidence/guarantee.ts";
import { alarmGroups, alarmLogValue, createAlarm, stepAlarm } from "../src/tuning/evidence/alarm.ts";
import { certifiedPrefix } from "../src/tuning/evidence/certified-prefix.ts";
import {
	addCounts,
	cellIsAccepted,
	cellOf,
	countOf,
	type EpochRecord,
	type EvidenceCount,
	type EvidenceRow,
	type PhaseRecord,
} from "../src/tuning/evidence/evidence-table.ts";
import { seededRandom } from "../src/tuning/seeded-random.ts";
import { spreadOf } from "./statistics.ts";

// What an observation costs: its cell, its place in the table, and its part of what each closed bucket brings (the wealth
// of every candidate and a step of the alarm), at 10, 100 and 1,000 observations a bucket. 64 candidates, four phases.

const BUCKET_SIZES = [10, 100, 1_000];
const BUCKETS = 200;
const RUNS = 7;
/** For one observation at 100 a bucket, in microseconds. */
const LIMIT = 20;
const PATH = Array.from({ length: 64 }, (_, index) => 1 - (index + 1) / 64);

const started = loadavg()[0] ?? Number.NaN;
let limited = Number.NaN;
print("| observations a bucket | one observation, µs | one closed bucket, µs |");
print("| ---: | ---: | ---: |");
for (const size of BUCKET_SIZES) {
	const runs = Array.from({ length: RUNS }, (_, run) => time(size, run));
	const observation = spreadOf(runs.map(({ perObservation }) => perObservation));
	const bucket = spreadOf(runs.map(({ perBucket }) => perBucket));
	if (size === 100) limited = observation.median;
	print(
		`| ${size.toLocaleString("en")} | ${observation.median.toFixed(2)} (${observation.low.toFixed(2)} to ${observation.high.toFixed(2)}) | ${bucket.median.toFixed(0)} (${bucket.low.toFixed(0)} to ${bucket.high.toFixed(0)}) |`,
	);
}
print(
	`\nMedian of ${RUNS} runs with least and greatest; load average ${started.toFixed(1)} before, ${loadavg()[0]?.toFixed(1)} after.`,
);
if (limited > LIMIT) {
	print(`An observation took more than ${LIMIT} µs.`);
	process.exitCode = 1;
}

function time(size: number, seed: number): { perObservation: number; perBucket: number } {
	const epoch: EpochRecord = {
		epoch: 1,
		configHash: "bench",
		labeller: "bench/1",
		risk: "selective",
		targetRisk: 0.1,
		delta: 0.1,
		path: PATH,
		start: 0,
		openedAt: 0,
		cause: "first",
	};
	const phases: PhaseRecord[] = [null, 10, 30, 50].map((deployed, index) => {
		return { epoch: 1, phase: index + 1, deployed, auditPropensity: 50_000, openedAt: 0 };
	});
	const random = seededRandom(seed);
	const buckets = Array.from({ length: BUCKETS }, (_, bucket) => {
		const phase = phases[Math.floor((bucket * 4) / BUCKETS)] as PhaseRecord;
		return Array.from({ length: size }, () => drawRow(phase, random));
	});
	let table: EvidenceCount[] = [];
	let alarm = createAlarm();
	let certified: readonly boolean[] = [];
	let closing = 0;
	const begin = performance.now();
	for (const rows of buckets) {
		const counts: EvidenceCount[] = [];
		for (const row of rows) {
			const counted = countOf(row, epoch, phases[row.phase - 1] as PhaseRecord);
			if (counted.ok) counts.push(counted.value);
		}
		const bucket = addCounts([], counts);
		table = addCounts(table, bucket);
		const closed = performance.now();
		certified = certifiedPrefix({ counts: table, phases, epoch, alreadyCertified: certified }).certified;
		alarm = stepAlarm(alarm, alarmGroups({ counts: bucket, phases, epoch }));
		closing += performance.now() - closed;
	}
	const total = performance.now() - begin;
	if (!certified.some((is) => is) || Number.isNaN(alarmLogValue(alarm))) throw new Error("nothing was certified");
	return { perObservation: (1_000 * total) / (size * BUCKETS), perBucket: (1_000 * closing) / BUCKETS };
}

function drawRow(phase: PhaseRecord, random: () => number): EvidenceRow {
	const confidence = random();
	const isAccepted = cellIsAccepted(phase, cellOf(PATH, confidence));
	const propensity = isAccepted ? phase.auditPropensity : CERTAIN;
	const drawn = random() < propensity / CERTAIN;
	return {
		epoch: 1,
		phase: phase.phase,
		revision: 1,
		confidence,
		inScope: true,
		propensity,
		draw: drawn ? "labelled" : "not-drawn",
		wrong: drawn ? random() < 0.2 * (1 - confidence) ** 1.5 : null,
	};
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}
