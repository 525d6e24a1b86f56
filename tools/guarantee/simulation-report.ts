import { formatTable, percent } from "../mail-job/table.ts";
import { RULES, type Rule, type RuleOutcome } from "./simulate.ts";
import { keepsPromise } from "./violation-test.ts";

/** A cell of the simulations. */
export interface SimulationCell {
	readonly scenario: string;
	readonly rows: number;
	readonly trials: number;
	readonly outcome: Record<Rule, RuleOutcome>;
}

interface RecordedRule {
	readonly violation: number;
	readonly coverage: number;
}

/** What an earlier, independent program found at 4,000 trials: `naive`, `pointwise`, `single`, `multi`. */
const RECORDED: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
	"informative 100": [
		[0.5343, 0.735],
		[0.0715, 0.383],
		[0.0145, 0.101],
		[0.0092, 0.109],
	],
	"informative 300": [
		[0.4815, 0.724],
		[0.0735, 0.56],
		[0.058, 0.502],
		[0.0182, 0.428],
	],
	"informative 1000": [
		[0.4323, 0.721],
		[0.067, 0.642],
		[0.0653, 0.64],
		[0.02, 0.605],
	],
	"informative 3000": [
		[0.389, 0.721],
		[0.053, 0.678],
		[0.053, 0.678],
		[0.0168, 0.659],
	],
	"useless 100": [
		[0.9417, 0.696],
		[0.1713, 0.118],
		[0.0198, 0.007],
		[0.0185, 0.012],
	],
	"useless 300": [
		[0.915, 0.652],
		[0.235, 0.134],
		[0.0465, 0.016],
		[0.031, 0.017],
	],
	"useless 1000": [
		[0.8748, 0.563],
		[0.246, 0.11],
		[0.053, 0.018],
		[0.027, 0.013],
	],
	"useless 3000": [
		[0.8235, 0.436],
		[0.2193, 0.073],
		[0.042, 0.013],
		[0.0195, 0.008],
	],
	"non-monotone 100": [
		[0.722, 0.392],
		[0.0688, 0.053],
		[0.001, 0.001],
		[0.0097, 0.007],
	],
	"non-monotone 300": [
		[0.5877, 0.357],
		[0.067, 0.071],
		[0, 0],
		[0.0045, 0.003],
	],
	"non-monotone 1000": [
		[0.4863, 0.385],
		[0.0705, 0.114],
		[0, 0],
		[0.0027, 0.002],
	],
	"non-monotone 3000": [
		[0.4083, 0.438],
		[0.0592, 0.195],
		[0, 0],
		[0.0005, 0],
	],
};

/** Violations and mean coverage of each rule, and the recorded ones beside them. */
export function simulationTable(cells: readonly SimulationCell[]): string {
	const head = [
		"score",
		"rows",
		"naive",
		"recorded",
		"pointwise",
		"recorded",
		"one start",
		"recorded",
		"three starts",
		"recorded",
		"the tuner",
	];
	return formatTable([
		head,
		...cells.map(({ scenario, rows, trials, outcome }) => [
			scenario,
			String(rows),
			...RULES.flatMap((rule, index) => {
				const { violations, meanCoverage } = outcome[rule];
				const shown = show({ violation: violations / trials, coverage: meanCoverage });
				const recorded = RECORDED[`${scenario} ${rows}`]?.[index];
				return recorded === undefined ? [shown] : [shown, show({ violation: recorded[0], coverage: recorded[1] })];
			}),
		]),
	]);
}

/** One sentence a rule: in how many cells its violations are compatible with delta. */
export function simulationVerdict(cells: readonly SimulationCell[], delta: number): string {
	const kept = (rule: Rule) =>
		cells.filter(({ outcome, trials }) => keepsPromise(outcome[rule].violations, trials, delta, cells.length)).length;
	return `The test is passed in ${kept("tuner")} of ${cells.length} cells by the tuner, ${kept("single")} by one start and ${kept("multi")} by
three on the fixed grid, ${kept("pointwise")} by pointwise bounds, ${kept("naive")} by naive tuning.`;
}

function show({ violation, coverage }: RecordedRule): string {
	return `${percent(violation)} / ${coverage.toFixed(2)}`;
}
