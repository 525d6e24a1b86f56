import type { Series } from "./bench.ts";
import type { Measurement } from "./measure.ts";
import type { ContenderName, ScenarioKind } from "./scenarios.ts";
import { bootstrapMedian, spreadOf, type Spread } from "./statistics.ts";

/** The turns of one contender's scenario of this kind. Throws where it was not measured. */
export function seriesOf(all: readonly Series[], kind: ScenarioKind, contender: ContenderName): Series {
	const found = all.find(({ scenario }) => scenario.kind === kind && scenario.contender === contender);
	if (found === undefined) throw new Error(`${contender} was not measured with ${kind} requests.`);
	return found;
}

/** Median, least and greatest of the rounds. */
export function spreadOfField(series: Series, field: keyof Measurement): Spread {
	return spreadOf(series.turns.map((turn) => turn[field]));
}

/** One over the other within each round: the median with its 95% interval. */
export function pairedRatio(of: Series, over: Series, field: keyof Measurement): Spread {
	return paired(of, over, (value, base) => value[field] / base[field]);
}

/** One less the other within each round: the median with its 95% interval. */
export function pairedDifference(of: Series, less: Series, field: keyof Measurement): Spread {
	return paired(of, less, (value, base) => value[field] - base[field]);
}

/** What two turns of one round come to: the median over the rounds with its 95% interval. */
export function paired(of: Series, beside: Series, value: (of: Measurement, beside: Measurement) => number): Spread {
	return bootstrapMedian(
		of.turns.flatMap((turn, round) => {
			const other = beside.turns[round];
			return other === undefined ? [] : [value(turn, other)];
		}),
	);
}
