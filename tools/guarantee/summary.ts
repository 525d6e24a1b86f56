import { percent, sum } from "../mail-job/table.ts";
import type { Findings } from "./document.ts";
import type { Duel } from "./head-to-head.ts";
import { keepsPromise } from "./violation-test.ts";

/** What was found, in twenty lines. */
export function summaryText(findings: Findings): string {
	const { simulations, limits, delta } = findings;
	const trials = simulations[0]?.trials ?? 0;
	const kept = (violations: (cell: Findings["simulations"][number]) => number): number =>
		simulations.filter((cell) => keepsPromise(violations(cell), cell.trials, delta, simulations.length)).length;
	return `## In short

\`cascade tune\` claims: with chance at least 1 − delta over the draw of the labelled rows, the risk is at most the target. Tested as a claim, at
delta ${delta}, by counting how often that is false; "passes" is a one-sided binomial test at 0.001 over all cells of an experiment.

| where the truth is known | the tuner | the loosest threshold that looked right |
| --- | --- | --- |
| ${simulations.length} simulations of ${trials.toLocaleString("en")} runs | passes ${kept(({ outcome }) => outcome.tuner.violations)} of ${simulations.length} | passes ${kept(({ outcome }) => outcome.naive.violations)} of ${simulations.length} |
${recordedRows(findings)}
- **The price** is coverage: ${priceText(findings)}.
- **A cascade need not pay.** ${duelText(findings)}
- **The target is certified and nothing tighter.** The bound printed beside it would hold for a threshold fixed beforehand; where one was chosen the risk
  exceeded the target in ${percent(limits.aboveTarget)} of runs, as promised, and that bound in ${percent(limits.aboveBound)}.
- **It can be fooled**, by labels that are wrong, traffic that changes, questions made up after looking: [what is not claimed](#what-is-not-claimed).
`;
}

function recordedRows({ populations, triples, delta }: Findings): string {
	const cells = populations.flatMap((result) => result.cells);
	const vectors = triples.flatMap((result) => result.cells);
	if (cells.length === 0) return "";
	const kept = (counts: readonly number[], draws: readonly number[]): number =>
		counts.filter((count, index) => keepsPromise(count, draws[index] ?? 0, delta, counts.length)).length;
	const draws = cells.map((cell) => cell.draws);
	const [tuner, naive] = [cells.map((cell) => cell.tuner.violations), cells.map((cell) => cell.naive.violations)];
	const all = sum(draws);
	const ofVectors = kept(
		vectors.map(({ violations }) => violations),
		vectors.map((cell) => cell.draws),
	);
	return `| ${cells.length} cells of recorded cascades, two models | passes ${kept(tuner, draws)}; false in ${percent(sum(tuner) / all)} of draws | passes ${kept(naive, draws)}; false in ${percent(sum(naive) / all)} |
| ${vectors.length} cells of recorded cascades, three models | passes ${ofVectors} | |
`;
}

/** What is certified of what could be, over the cells in which anything could. */
function priceText({ populations }: Findings): string {
	const sizes = [...new Set(populations.map(({ rows }) => rows))];
	if (sizes.length === 0) return "labels are spent on proof, so less is accepted than could be";
	const shares = sizes.map((size) => {
		const cells = populations.filter(({ rows }) => rows === size).flatMap((result) => result.cells);
		const share = sum(cells.map(({ tuner }) => tuner.meanCoverage)) / sum(cells.map(({ oracle }) => oracle));
		return `${percent(share)} with ${size.toLocaleString("en")} rows`;
	});
	return `of what could be accepted at the target it accepts ${shares.join(", ")}, over all recorded cells; where nothing can be shown it certifies nothing`;
}

function duelText({ duels }: Findings): string {
	if (duels.length === 0) return "`cascade design` says so where none does.";
	const at = (margin: number): string => {
		const rounds = duels.map(({ rounds: each }) => each.find((round) => round.margin === margin) as Duel);
		const gate = rounds.filter((round) => round.gate > round.cascade + 0.005).length;
		const cascade = rounds.filter((round) => round.cascade > round.gate + 0.005).length;
		return `at ${margin === 0 ? "no loss of quality" : `${100 * margin} ${margin === 0.01 ? "point" : "points"} lost`} the gate on ${gate}, the cascade on ${cascade}`;
	};
	return `A gate that knows only the prompt's length against the cascade, on ${duels.length} pairs, who saves more: ${[0, 0.01, 0.05].map(at).join("; ")} (the rest are even).`;
}
