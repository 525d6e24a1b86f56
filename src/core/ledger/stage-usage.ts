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
	const sum = createStageUsageSum();
	for (const { stage, outcome, confidence } of trail) {
		if (confidence === null) continue;
		const reading = { [binOf(confidence)]: 1 };
		const accepted = outcome === "accepted" ? reading : {};
		sum.add({ confidence: { [stage]: { all: reading, accepted } } });
	}
	for (const { stage, purpose, ms } of calls)
		if (purpose === "answer") sum.add({ stageLatency: { [stage]: latencyDigest(ms) } });
	if (firstTokenMs !== undefined) sum.add({ firstToken: latencyDigest(firstTokenMs) });
	return sum.totals();
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
			for (const [stage, counts] of Object.entries(part.confidence ?? {})) {
				all.add(stage, counts.all);
				accepted.add(stage, counts.accepted);
			}
			for (const [stage, digest] of Object.entries(part.stageLatency ?? {})) stageLatency.add(stage, digest);
			firstToken.add(part.firstToken ?? {});
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
