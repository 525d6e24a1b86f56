import { chooseThresholdVector } from "../../src/tuning/design/threshold-vectors.ts";
import { selectRows, selectStages, type CascadeLog } from "../../src/tuning/log/cascade-log.ts";
import { seededRandom } from "../../src/tuning/seeded-random.ts";
import { countVector } from "../../src/tuning/selection/count-acceptances.ts";
import { empiricalRisk } from "../../src/tuning/selection/risk.ts";
import type { CellsRequest, Claim } from "./trace-cells.ts";
import { shortName, type Trace } from "./traces.ts";

/** Three models of a trace that follow each other. */
export interface TraceTriple {
	readonly name: string;
	readonly log: CascadeLog;
}

/** Each three models that follow each other in each trace that has so many. */
export function adjacentTriples(traces: readonly Trace[]): TraceTriple[] {
	return traces.flatMap(({ name, log }) =>
		log.stages.slice(2).map((_, first) => {
			const stages = [first, first + 1, first + 2];
			const models = stages.map((stage) => shortName(log.stages[stage]?.model ?? ""));
			return { name: `${name} ${models.join("→")}`, log: selectStages(log, stages) };
		}),
	);
}

/** One claim about two thresholds, many draws. */
export interface VectorCell extends Claim {
	readonly rows: number;
	readonly draws: number;
	readonly violations: number;
	readonly chosen: number;
	/** Share of requests that the last stage is spared, in the population; 0 where nothing was chosen. */
	readonly meanCoverage: number;
}

/** As `runCells`, for cascades of three stages with thresholds chosen jointly. */
export function runVectorCells(log: CascadeLog, { claims, rows, draws, delta, seed }: CellsRequest): VectorCell[] {
	const random = seededRandom(seed);
	const tallies = claims.map((claim) => ({ claim, violations: 0, chosen: 0, coverage: 0 }));
	for (let draw = 0; draw < draws; draw++) {
		const positions = Int32Array.from({ length: rows }, () => Math.floor(random() * log.rows));
		const drawn = selectRows({ ...log, features: undefined }, positions);
		const choiceSeed = Math.floor(random() * 2 ** 31);
		for (const tally of tallies) {
			const { thresholds } = chooseThresholdVector(drawn, { ...tally.claim, delta, seed: choiceSeed });
			if (thresholds === null) continue;
			const truth = countVector(log, thresholds);
			tally.chosen++;
			tally.coverage += truth.accepted / truth.rows;
			if (empiricalRisk(tally.claim.risk, truth) > tally.claim.target) tally.violations++;
		}
	}
	return tallies.map(({ claim, violations, chosen, coverage }) => ({
		...claim,
		rows,
		draws,
		violations,
		chosen,
		meanCoverage: coverage / draws,
	}));
}
