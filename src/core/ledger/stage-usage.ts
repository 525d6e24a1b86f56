import type { Observation } from "../observation.ts";
import { binOf, CONFIDENCE_BINS } from "./confidence-bins.ts";
import { countsByName, type Counts } from "./counts.ts";
import { latencyDigest, latencyQuantiles, type LatencyDigest, type LatencyQuantiles } from "./latency-digest.ts";
import type { ConfidenceHistogram } from "./usage.ts";

/** Readings of one stage by bin (`confidence-bins.ts`); empty bins are absent. */
interface ConfidenceCounts {
	readonly all: Counts;
	/** Of answers that were accepted. */
	readonly accepted: Counts;
}

/**
 * What a set of observations says of single stages and of streams. Plain JSON, whole numbers alone. Each is absent where it
 * is empty, as in totals that were stored before there were these. Stages are those of one revision of one cascade, whose
 * number the policy bounds.
 */
export interface StageUsage {
	readonly confidence?: Readonly<Record<string, ConfidenceCounts>> | undefined;
	/** Of calls for an answer, those that failed or were stopped too, by as long as they ran. */
	readonly stageLatency?: Readonly<Record<string, LatencyDigest>> | undefined;
	/** From arrival to the first event that the client was sent. */
	readonly firstToken?: LatencyDigest | undefined;
}

/** What one observation adds. */
export function stageUsageOf({ trail, calls, firstTokenMs }: Observation): StageUsage {
	const confidence = byStage(
		trail.flatMap(({ stage, outcome, confidence: reading }) => {
			if (reading === null) return [];
			const all = { [binOf(reading)]: 1 };
			return [[stage, { all, accepted: outcome === "accepted" ? all : {} }] as const];
		}),
		(left, right) => ({
			all: addedCounts(left.all, right.all),
			accepted: addedCounts(left.accepted, right.accepted),
		}),
	);
	const answers = calls.filter(({ purpose }) => purpose === "answer");
	const stageLatency = byStage(
		answers.map(({ stage, ms }) => [stage, latencyDigest(ms)] as const),
		addedCounts,
	);
	return {
		...(confidence === null ? {} : { confidence }),
		...(stageLatency === null ? {} : { stageLatency }),
		...(firstTokenMs === undefined ? {} : { firstToken: latencyDigest(firstTokenMs) }),
	};
}

/** A sum in the making. */
export function createStageUsageSum(): {
	readonly add: (part: StageUsage) => void;
	readonly totals: () => StageUsage;
} {
	const all = countsOfStages();
	const accepted = countsOfStages();
	const stageLatency = countsOfStages();
	const firstToken = countsByName();
	return {
		add(part) {
			if (part.confidence !== undefined) {
				for (const [stage, counts] of Object.entries(part.confidence)) {
					all.add(stage, counts.all);
					accepted.add(stage, counts.accepted);
				}
			}
			if (part.stageLatency !== undefined)
				for (const [stage, digest] of Object.entries(part.stageLatency)) stageLatency.add(stage, digest);
			if (part.firstToken !== undefined) firstToken.add(part.firstToken);
		},
		totals() {
			const confidence = all.read().map(([stage, counts]) => [stage, { all: counts, accepted: accepted.of(stage) }]);
			const latencies = stageLatency.read();
			const first = firstToken.read();
			return {
				...(confidence.length === 0 ? {} : { confidence: Object.fromEntries(confidence) }),
				...(latencies.length === 0 ? {} : { stageLatency: Object.fromEntries(latencies) }),
				...(Object.keys(first).length === 0 ? {} : { firstToken: first }),
			};
		},
	};
}

/** As it is reported: every bin, and quantiles in place of digests. */
export function stageRow({ confidence = {}, stageLatency = {}, firstToken }: StageUsage): {
	readonly confidence: Readonly<Record<string, ConfidenceHistogram>>;
	readonly stageLatency: Readonly<Record<string, LatencyQuantiles>>;
	readonly firstToken: LatencyQuantiles | null;
} {
	return {
		confidence: mapped(confidence, ({ all, accepted }) => ({ all: binsOf(all), accepted: binsOf(accepted) })),
		stageLatency: mapped(stageLatency, latencyQuantiles),
		firstToken: firstToken === undefined ? null : latencyQuantiles(firstToken),
	};
}

/** Values by the name of their stage, those of one name added up; null where there are none. */
function byStage<Value>(
	values: readonly (readonly [stage: string, Value])[],
	add: (left: Value, right: Value) => Value,
): Readonly<Record<string, Value>> | null {
	if (values.length === 0) return null;
	const sums = new Map<string, Value>();
	for (const [stage, value] of values) {
		const known = sums.get(stage);
		sums.set(stage, known === undefined ? value : add(known, value));
	}
	return Object.fromEntries(sums);
}

function addedCounts(left: Counts, right: Counts): Counts {
	const sum = countsByName();
	sum.add(left);
	sum.add(right);
	return sum.read();
}

function countsOfStages() {
	// A map, since a stage may be named as a property that every object has.
	const byStage = new Map<string, ReturnType<typeof countsByName>>();
	return {
		add(stage: string, counts: Counts) {
			const known = byStage.get(stage) ?? countsByName();
			byStage.set(stage, known);
			known.add(counts);
		},
		of: (stage: string): Counts => byStage.get(stage)?.read() ?? {},
		read: () => [...byStage].map(([stage, counts]) => [stage, counts.read()] as const),
	};
}

function binsOf(counts: Counts): number[] {
	return Array.from({ length: CONFIDENCE_BINS }, (_, bin) => counts[bin] ?? 0);
}

function mapped<From, To>(
	values: Readonly<Record<string, From>>,
	of: (value: From) => To,
): Readonly<Record<string, To>> {
	return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, of(value)]));
}
