import { savedAgainstLastStage, totalCost } from "./cost.ts";
import type { TokenUsage } from "./completion.ts";
import type { Cascade, StagePolicy } from "./tenant-policy.ts";
import type { CallRecord, Reason, TrailEntry } from "./trail.ts";

/** What the client may know about how its answer came to be: the `cascade` object of bodies and last chunks. */
export interface CascadeFacts {
	readonly stage: string;
	readonly model: string;
	readonly reason: Reason;
	/** The last decision's reading and threshold; null where none was made. */
	readonly confidence: number | null;
	readonly threshold: number | null;
	/** Absent where that decision was not a guaranteed stage's: then its threshold was set by hand. */
	readonly thresholdSource?: "certified" | "manual";
	readonly trail: readonly TrailEntry[];
	readonly calls: readonly CallRecord[];
	/** Calls that were made once more after they had failed; absent: none. */
	readonly retries?: number;
	readonly costUsd: number | null;
	/** Against always asking the last stage; may be negative. */
	readonly savedUsd: number | null;
}

/** Gathers the facts of an answered request. */
export function gatherFacts(input: {
	readonly cascade: Cascade;
	readonly served: StagePolicy;
	readonly servedUsage: TokenUsage | null;
	readonly reason: Reason;
	readonly trail: readonly TrailEntry[];
	readonly calls: readonly CallRecord[];
	readonly retries?: number;
}): CascadeFacts {
	const { cascade, served, servedUsage, reason, trail, calls, retries = 0 } = input;
	const last = cascade.stages.at(-1) ?? served;
	const judged =
		trail.findLast((entry) => entry.confidence !== null) ?? trail.findLast((entry) => entry.threshold !== null);
	return {
		stage: served.name,
		model: served.model,
		reason,
		confidence: judged?.confidence ?? null,
		threshold: judged?.threshold ?? null,
		...(judged?.thresholdSource === undefined ? {} : { thresholdSource: judged.thresholdSource }),
		trail,
		calls,
		...(retries === 0 ? {} : { retries }),
		costUsd: totalCost(calls),
		savedUsd: savedAgainstLastStage({
			calls,
			lastStage: last.name,
			lastPrice: last.price,
			served: { stage: served.name, usage: servedUsage },
		}),
	};
}
