import { setTimeout as pause } from "node:timers/promises";
import { memoryTrend, MOST_GROWTH, type MemorySample, type MemoryTrend } from "./memory.ts";
import type { SoakedWorker } from "./start-worker.ts";

/** What is watched: the whole process and the Worker's own live heap, of the process that answers and of the one that stores. */
export const WATCHED = [
	"answering, resident",
	"answering, live heap",
	"storing, resident",
	"storing, live heap",
] as const;
export type Watched = (typeof WATCHED)[number];

/** What may not grow. What the storing process has resident grows with what is stored, and is shown beside that. */
const BOUNDED = WATCHED.filter((name) => name !== "storing, resident");

export type MemorySamples = Readonly<Record<Watched, readonly MemorySample[]>>;

const SAMPLE_EVERY_MS = 5_000;

/**
 * Samples the heaps first, since that collects garbage: the runtime, which has no limit here, would let garbage lie for as long as
 * there is memory, and what is resident would say little of what is alive.
 */
export async function watchMemory(
	{ answering, storing }: Pick<SoakedWorker, "answering" | "storing">,
	elapsedSeconds: () => number,
	signal: AbortSignal,
	onSample: (answeringMb: number, storingMb: number) => void,
): Promise<MemorySamples> {
	const samples: Record<Watched, MemorySample[]> = {
		"answering, resident": [],
		"answering, live heap": [],
		"storing, resident": [],
		"storing, live heap": [],
	};
	const sample = (name: Watched, mb: number) => void samples[name].push({ minute: elapsedSeconds() / 60, mb });
	while (!signal.aborted) {
		sample("answering, live heap", await answering.liveHeapMb());
		sample("storing, live heap", await storing.liveHeapMb());
		const [answeringMb, storingMb] = [await answering.residentMb(), await storing.residentMb()];
		sample("answering, resident", answeringMb);
		sample("storing, resident", storingMb);
		onSample(answeringMb, storingMb);
		await pause(SAMPLE_EVERY_MS, undefined, { signal }).catch(() => {});
	}
	return samples;
}

export type MemoryTrends = Readonly<Record<Watched, MemoryTrend | null>>;

export function memoryTrends(samples: MemorySamples): MemoryTrends {
	return Object.fromEntries(WATCHED.map((name) => [name, memoryTrend(samples[name])])) as MemoryTrends;
}

/** What has grown that may not; also what cannot be judged, since there were too few samples of it. */
export function grown(trends: MemoryTrends): string[] {
	return BOUNDED.flatMap((name) => {
		const growth = trends[name]?.growth ?? Number.NaN;
		return growth <= MOST_GROWTH ? [] : [`${name} grew by ${(growth * 100).toFixed(1)}%`];
	});
}
