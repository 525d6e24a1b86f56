import { selectRows, type CascadeLog } from "../../src/tuning/log/cascade-log.ts";
import { cutFolds } from "../../src/tuning/log/folds.ts";
import { seededRandom } from "../../src/tuning/seeded-random.ts";
import { alwaysLarge, cascadeCurve, cheapestAt, coinCost, fitLengthGate, routerCurve } from "./routing.ts";

/** How much quality may be lost against the large model, in shares of all answers. */
const MARGINS = [0, 0.01, 0.02, 0.05] as const;

/** Savings against always-large at one margin; means over splits. */
export interface Duel {
	readonly margin: number;
	readonly cascade: number;
	readonly gate: number;
	readonly coin: number;
	/** Splits in which the gate alone saves more than the cascade. */
	readonly gateWins: number;
	readonly splits: number;
}

/**
 * A cascade against a gate before any model is asked, at the same quality. Both may choose their cut on the rows that judge them,
 * so neither is flattered more; the gate is fitted on the other half. Undefined where the log says nothing of prompts.
 */
export function duel(
	log: CascadeLog,
	{ splits, seed }: { readonly splits: number; readonly seed: number },
): Duel[] | undefined {
	const random = seededRandom(seed);
	const sums = MARGINS.map((margin) => ({ margin, cascade: 0, gate: 0, coin: 0, gateWins: 0 }));
	for (let split = 0; split < splits; split++) {
		const [drawn, rest] = cutFolds(log.rows, [0.5, 0.5], seededRandom(Math.floor(random() * 2 ** 31))) as [
			Int32Array,
			Int32Array,
		];
		const heldOut = selectRows(log, rest);
		const scores = fitLengthGate(selectRows(log, drawn), heldOut);
		if (scores === undefined) return undefined;
		const large = alwaysLarge(heldOut);
		// Whoever would pay more than the large model alone asks the large model alone.
		const cascadePoints = [large, ...cascadeCurve(heldOut)];
		const gatePoints = routerCurve(heldOut, scores);
		for (const sum of sums) {
			const quality = large.quality - sum.margin;
			const saving = (cost: number | null) => 1 - (cost ?? large.cost) / large.cost;
			const cascade = saving(cheapestAt(cascadePoints, quality));
			const gate = saving(cheapestAt(gatePoints, quality));
			sum.cascade += cascade;
			sum.gate += gate;
			sum.coin += saving(coinCost(heldOut, quality));
			if (gate > cascade + 1e-9) sum.gateWins++;
		}
	}
	return sums.map(({ margin, cascade, gate, coin, gateWins }) => ({
		margin,
		cascade: cascade / splits,
		gate: gate / splits,
		coin: coin / splits,
		gateWins,
		splits,
	}));
}
