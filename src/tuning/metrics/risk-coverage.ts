import { rankTies } from "./ties.ts";

/** The accepted requests at one threshold. */
interface RiskCoveragePoint {
	/** The least confidence that is accepted; null where rows without a reading are accepted too, as no threshold does. */
	readonly threshold: number | null;
	readonly accepted: number;
	readonly wrong: number;
	/** Share of the rows that is accepted, in (0, 1]. */
	readonly coverage: number;
	/** Share of the accepted that is wrong, in [0, 1]. */
	readonly selectiveRisk: number;
}

/** Risk along coverage, and the areas under it. */
export interface RiskCoverage {
	/** From the strictest threshold to the loosest. */
	readonly points: readonly RiskCoveragePoint[];
	/** AURC. */
	readonly area: number;
	/** AURC of a score that puts every right answer above every wrong one. */
	readonly oracleArea: number;
	/** E-AURC: what the order of this score costs, 0 at best. */
	readonly excessArea: number;
}

/**
 * Risk-coverage curve with its area AURC = (1/n) Σ_k (wrong among the k most confident) / k (El-Yaniv & Wiener, JMLR 11,
 * 2010) and the excess over the best order's, E-AURC (Geifman, Uziel & El-Yaniv, ICLR 2019). Points are where a threshold
 * can lie. Within a tie the area takes the expected number of wrong ones, so the order of the rows does not matter. Rows
 * without a reading (NaN) come after all others. Undefined for no rows. O(n log n).
 */
export function riskCoverage(confidence: ArrayLike<number>, wrong: ArrayLike<number>): RiskCoverage | undefined {
	const groups = groupsFromMostConfident(confidence, wrong);
	const rows = confidence.length;
	if (rows === 0) return undefined;
	let [accepted, errors] = [0, 0];
	const points = groups.map((group) => {
		accepted += group.rows;
		errors += group.wrong;
		return {
			threshold: group.score,
			accepted,
			wrong: errors,
			coverage: accepted / rows,
			selectiveRisk: errors / accepted,
		};
	});
	const area = risksOf(groups, rows).reduce((sum, risk) => sum + risk, 0) / rows;
	let oracleArea = 0;
	for (let count = rows - errors + 1; count <= rows; count++) oracleArea += (count - (rows - errors)) / count / rows;
	return { points, area, oracleArea, excessArea: area - oracleArea };
}

/** Share of wrong answers among the 1, 2, … n most confident; within a tie the expected share in random order. */
export function selectiveRiskByRank(confidence: ArrayLike<number>, wrong: ArrayLike<number>): Float64Array {
	return risksOf(groupsFromMostConfident(confidence, wrong), confidence.length);
}

function risksOf(groups: readonly TieGroup[], rows: number): Float64Array {
	const risks = new Float64Array(rows);
	let [rank, errors] = [0, 0];
	for (const group of groups) {
		for (let place = 1; place <= group.rows; place++, rank++)
			risks[rank] = (errors + (place * group.wrong) / group.rows) / (rank + 1);
		errors += group.wrong;
	}
	return risks;
}

interface TieGroup {
	readonly score: number | null;
	readonly rows: number;
	readonly wrong: number;
}

function groupsFromMostConfident(confidence: ArrayLike<number>, wrong: ArrayLike<number>): TieGroup[] {
	if (wrong.length !== confidence.length) throw new RangeError("each confidence needs its verdict");
	const { values, ranks } = rankTies(confidence);
	// Position 0 is of rows without a reading.
	const rows = new Uint32Array(values.length + 1);
	const errors = new Uint32Array(values.length + 1);
	for (const [row, rank] of ranks.entries()) {
		rows[rank + 1] = (rows[rank + 1] as number) + 1;
		errors[rank + 1] = (errors[rank + 1] as number) + (wrong[row] as number);
	}
	const groups: TieGroup[] = [];
	for (let place = values.length; place >= 0; place--) {
		if (rows[place] === 0) continue;
		groups.push({ score: values[place - 1] ?? null, rows: rows[place] as number, wrong: errors[place] as number });
	}
	return groups;
}
