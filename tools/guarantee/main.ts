import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { guaranteeDocument } from "./document.ts";
import { duel } from "./head-to-head.ts";
import { measureHeldOut } from "./held-out.ts";
import { simulateLimits } from "./limits.ts";
import { populationOf } from "./population.ts";
import { SCENARIOS } from "./scenarios.ts";
import { simulate } from "./simulate.ts";
import { CLAIMS, runCells } from "./trace-cells.ts";
import { adjacentPairs, readTraces } from "./traces.ts";
import { adjacentTriples, runVectorCells } from "./vector-cells.ts";

/**
 * The guarantee, tested as a claim: simulations in which the truth is known, and recorded cascades taken as all the requests
 * there are. Ten minutes on one core; the recorded cascades are read where they are present.
 */
const { values: options } = parseArgs({
	options: {
		/** Fewer trials, for a quick look: a share of them, such as 0.02. */
		share: { type: "string", default: "1" },
		/** A file for the report. */
		write: { type: "string" },
	},
});

const share = Number(options.share);
const times = (full: number) => Math.max(1, Math.round(full * share));
const delta = 0.1;
const trials = times(4_000);
const began = performance.now();

const simulations = SCENARIOS.flatMap((scenario, index) =>
	[100, 300, 1_000, 3_000].map((rows) => {
		progress(`simulating the ${scenario.name} score, ${rows} rows`);
		const goal = { risk: "selective", target: 0.1, delta } as const;
		const outcome = simulate({ scenario, rows, trials, seed: 1_000 * (index + 1) + rows, goal });
		return { scenario: scenario.name, rows, trials, outcome };
	}),
);

progress("simulating what is not promised");
const limits = simulateLimits(share);

const traces = readTraces();
if (traces.length === 0) progress("no recorded cascades are present: simulations only");
const pairs = adjacentPairs(traces);

const populations = pairs.flatMap(({ name, log }, index) =>
	[300, 1_000].map((rows) => {
		progress(`${name} as the population, ${rows} rows a draw`);
		const request = { claims: CLAIMS, rows, draws: times(2_000), delta, seed: 10_000 + 10 * index + rows };
		return { name, rows, cells: runCells(populationOf(log), request) };
	}),
);

const triples = adjacentTriples(traces).flatMap(({ name, log }, index) =>
	[300, 1_000].map((rows) => {
		progress(`${name} as the population, ${rows} rows a draw`);
		const request = { claims: CLAIMS, rows, draws: times(1_000), delta, seed: 20_000 + 10 * index + rows };
		return { name, rows, cells: runVectorCells(log, request) };
	}),
);

const splits = times(200);
const heldOut = pairs.map(({ name, log }, index) => {
	progress(`${name}, certified on one half and measured on the other`);
	return { name, log, results: measureHeldOut(log, CLAIMS, { splits, delta, seed: 30_000 + index }) };
});

const duels = pairs.flatMap(({ name, log }, index) => {
	progress(`${name}, cascade against gate`);
	const rounds = duel(log, { splits, seed: 40_000 + index });
	return rounds === undefined ? [] : [{ name, rounds }];
});

const report = guaranteeDocument({
	date: new Date(),
	delta,
	simulations,
	limits,
	populations,
	triples,
	heldOut,
	duels,
});
progress(`done in ${Math.round((performance.now() - began) / 1_000)} s`);
if (options.write === undefined) process.stdout.write(report);
else await writeFile(options.write, report);

function progress(text: string): void {
	process.stderr.write(`${text}\n`);
}
