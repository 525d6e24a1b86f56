const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const NANO = 1e9;

/** Traffic of less time than this says nothing of a day. */
const LEAST_MS = 10 * 60 * 1000;

/** A sum of known costs, in nano-dollars, and of how many requests. */
interface CostSum {
	readonly n: number;
	readonly nanoUsd: number;
}

/** What requests of one hour cost. Plain JSON, whole numbers. */
interface CostHour {
	/** Its beginning, in milliseconds since the Unix epoch. */
	readonly hour: number;
	/** The earliest arrival counted. */
	readonly firstAt: number;
	readonly requests: number;
	/** Those among them that the gate sent past the first stage. */
	readonly gated: number;
	/** Of the first stage's calls, a request that it was asked for. */
	readonly stage: CostSum;
	/** Of the later stages' calls, a request that was not accepted. */
	readonly rest: CostSum;
	/** Of the labeller's calls, a label. */
	readonly label: CostSum;
}

/** What the requests of the last day cost, by hour. */
export type CostWindow = readonly CostHour[];

/** What is added to a window. Costs are US dollars; null: not known. */
export type CostOfRequest =
	| {
			readonly kind: "request";
			readonly at: number;
			readonly served: "accepted" | "escalated" | "gated";
			readonly stageUsd: number | null;
			readonly restUsd: number | null;
	  }
	| { readonly kind: "label"; readonly at: number; readonly labelUsd: number | null };

/** A day's traffic, and what its requests cost on average, in US dollars. */
export interface DailyTraffic {
	readonly requestsPerDay: number;
	/** Share of requests that the gate sends past the first stage. */
	readonly gatedShare: number;
	readonly stageUsd: number;
	/** Of the later stages, for a request that is not accepted. */
	readonly restUsd: number;
	readonly labelUsd: number;
}

const EMPTY: Omit<CostHour, "hour" | "firstAt"> = {
	requests: 0,
	gated: 0,
	stage: { n: 0, nanoUsd: 0 },
	rest: { n: 0, nanoUsd: 0 },
	label: { n: 0, nanoUsd: 0 },
};

/** The window with these in it, and without the hours that are more than a day before `now`. */
export function addCosts(window: CostWindow, costs: readonly CostOfRequest[], now: number): CostWindow {
	const hours = new Map(window.map((hour) => [hour.hour, hour]));
	for (const cost of costs) {
		const start = Math.floor(cost.at / HOUR_MS) * HOUR_MS;
		const hour = hours.get(start) ?? { ...EMPTY, hour: start, firstAt: cost.at };
		const firstAt = Math.min(hour.firstAt, cost.at);
		hours.set(
			start,
			cost.kind === "label"
				? { ...hour, firstAt, label: plus(hour.label, cost.labelUsd) }
				: {
						...hour,
						firstAt,
						requests: hour.requests + 1,
						gated: hour.gated + (cost.served === "gated" ? 1 : 0),
						stage: cost.served === "gated" ? hour.stage : plus(hour.stage, cost.stageUsd),
						rest: cost.served === "accepted" ? hour.rest : plus(hour.rest, cost.restUsd),
					},
		);
	}
	return [...hours.values()]
		.filter(({ hour }) => hour > now - DAY_MS - HOUR_MS && hour <= now)
		.toSorted((left, right) => left.hour - right.hour);
}

/**
 * The traffic of a day that is like the last one, or like what there was of it. Null where that is less than ten minutes, or
 * where no cost of a stage is known: an unknown cost is not zero. A labeller of which no cost is known asks no model.
 */
export function dailyTraffic(window: CostWindow, now: number): DailyTraffic | null {
	const hours = window.filter(({ hour }) => hour > now - DAY_MS);
	const first = hours[0];
	if (first === undefined) return null;
	// The hours are whole ones, of which the last one is not over.
	const elapsedMs = now - Math.max(first.firstAt, now - DAY_MS);
	const requests = hours.reduce((sum, hour) => sum + hour.requests, 0);
	const stageUsd = mean(hours.map(({ stage }) => stage));
	const restUsd = mean(hours.map(({ rest }) => rest));
	if (elapsedMs < LEAST_MS || requests === 0 || stageUsd === null || restUsd === null) return null;
	return {
		requestsPerDay: (requests * DAY_MS) / elapsedMs,
		gatedShare: hours.reduce((sum, { gated }) => sum + gated, 0) / requests,
		stageUsd,
		restUsd,
		labelUsd: mean(hours.map(({ label }) => label)) ?? 0,
	};
}

function plus({ n, nanoUsd }: CostSum, usd: number | null): CostSum {
	return usd === null ? { n, nanoUsd } : { n: n + 1, nanoUsd: nanoUsd + Math.round(usd * NANO) };
}

function mean(sums: readonly CostSum[]): number | null {
	const n = sums.reduce((sum, each) => sum + each.n, 0);
	return n === 0 ? null : sums.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0) / NANO / n;
}
