import type { RiskKind } from "../../src/tuning/selection/risk.ts";
import { formatTable, percent, sum } from "../mail-job/table.ts";
import type { Cell } from "./trace-cells.ts";
import type { VectorCell } from "./vector-cells.ts";
import { keepsPromise, violationPValue } from "./violation-test.ts";

/** The cells of one population at one size of calibration set. */
export interface PopulationResult<Kind> {
	readonly name: string;
	readonly rows: number;
	readonly cells: readonly Kind[];
}

/** For one risk: a row for each population and size, a column for each target. */
export function populationTable(results: readonly PopulationResult<Cell>[], risk: RiskKind): string {
	return tableOf(results, risk, ({ tuner, naive, oracle, draws }) =>
		oracle === 0 && tuner.chosen === 0 && naive.chosen === 0
			? "·"
			: `${tuner.meanCoverage.toFixed(2)} of ${oracle.toFixed(2)}; ${percent(tuner.violations / draws)}, ${percent(naive.violations / draws)}`,
	);
}

/** The same for cascades of three stages. */
export function vectorTable(results: readonly PopulationResult<VectorCell>[], risk: RiskKind): string {
	return tableOf(results, risk, ({ meanCoverage, violations, chosen, draws }) =>
		chosen === 0 ? "·" : `${meanCoverage.toFixed(2)}; ${percent(violations / draws)}`,
	);
}

/** How many cells pass, and the one nearest to failing. */
export function populationVerdict(results: readonly PopulationResult<Cell>[], delta: number): string {
	const cells = results.flatMap((result) =>
		result.cells.map((cell) => ({ ...cell, name: `${result.name}, ${result.rows} rows` })),
	);
	const passed = cells.filter(({ tuner, draws }) => keepsPromise(tuner.violations, draws, delta, cells.length)).length;
	const naiveFailed = cells.filter(({ naive, draws }) => !keepsPromise(naive.violations, draws, delta, cells.length));
	const missable = cells.filter(({ naive }) => naive.violations > 0).length;
	const worstNaive = cells.reduce((worst, cell) => (cell.naive.violations > worst.naive.violations ? cell : worst));
	const allDraws = sum(cells.map(({ draws }) => draws));
	return `**The tuner passes in ${passed} of ${cells.length} cells.** ${nearest(
		cells.map((cell) => ({ ...cell, violations: cell.tuner.violations })),
		delta,
	)}
Over all cells ${percent(sum(cells.map(({ tuner }) => tuner.violations)) / allDraws)} of its draws are violations. Naive tuning fails the same test in ${naiveFailed.length} cells, of the
${missable} in which it ever missed; at worst, ${worstNaive.name}, ${worstNaive.risk} ${worstNaive.target}, it missed in ${percent(worstNaive.naive.violations / worstNaive.draws)} of draws. Over all cells: ${percent(sum(cells.map(({ naive }) => naive.violations)) / allDraws)}.`;
}

/** The same for cascades of three stages. */
export function vectorVerdict(results: readonly PopulationResult<VectorCell>[], delta: number): string {
	const cells = results.flatMap((result) =>
		result.cells.map((cell) => ({ ...cell, name: `${result.name}, ${result.rows} rows` })),
	);
	const passed = cells.filter(({ violations, draws }) => keepsPromise(violations, draws, delta, cells.length)).length;
	return `**It passes in ${passed} of ${cells.length} cells.** ${nearest(cells, delta)}`;
}

interface Counted {
	readonly name: string;
	readonly risk: RiskKind;
	readonly target: number;
	readonly violations: number;
	readonly draws: number;
}

function nearest(cells: readonly Counted[], delta: number): string {
	const worst = cells.reduce((most, cell) => (cell.violations > most.violations ? cell : most));
	const p = violationPValue(worst.violations, worst.draws, delta);
	return `Most violations: ${percent(worst.violations / worst.draws)} of ${worst.draws} draws (${worst.name}, ${worst.risk} ${worst.target}; p = ${p.toPrecision(2)}).`;
}

function tableOf<Kind extends { readonly risk: RiskKind; readonly target: number }>(
	results: readonly PopulationResult<Kind>[],
	risk: RiskKind,
	show: (cell: Kind) => string,
): string {
	const targets = [...new Set(results.flatMap(({ cells }) => cells.map(({ target }) => target)))];
	const rows = results.map((result) => [
		result.name,
		String(result.rows),
		...targets.map((target) => {
			const cell = result.cells.find((each) => each.risk === risk && each.target === target);
			return cell === undefined ? "" : show(cell);
		}),
	]);
	return formatTable([["population", "rows", ...targets.map((target) => `target ${target}`)], ...rows]);
}
