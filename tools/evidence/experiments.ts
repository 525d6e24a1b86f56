import { alarmRuns, alarmsInOutages } from "./alarms.ts";
import { lateLabels, unobservedRows } from "./delays.ts";
import type { Finding } from "./finding.ts";
import { droppedFailures, manyEpochs, manyTenants, repeatedLooks } from "./labels.ts";
import { closedLoop, sequenceAgainstBonferroni } from "./loops.ts";
import { propagation, selectiveLabels } from "./propensities.ts";

/** All experiments, each with how many trials make the long version. */
export const EXPERIMENTS: readonly {
	readonly run: (trials: number) => Finding;
	readonly trials: number;
	readonly least: number;
}[] = [
	{ run: repeatedLooks, trials: 4_000, least: 150 },
	{ run: lateLabels, trials: 3_000, least: 100 },
	{ run: droppedFailures, trials: 3_000, least: 100 },
	{ run: selectiveLabels, trials: 400_000, least: 50_000 },
	{ run: propagation, trials: 2_000, least: 60 },
	{ run: unobservedRows, trials: 1_000, least: 40 },
	{ run: manyTenants, trials: 300, least: 5 },
	{ run: sequenceAgainstBonferroni, trials: 1_000, least: 20 },
	{ run: closedLoop, trials: 500, least: 8 },
	{ run: alarmRuns, trials: 2_000, least: 60 },
	{ run: alarmsInOutages, trials: 4_000, least: 300 },
	{ run: manyEpochs, trials: 2_000, least: 80 },
];
