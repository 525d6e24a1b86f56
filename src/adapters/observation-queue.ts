import type { Observation } from "../core/observation.ts";
import { createGatheringQueue, type GatheringQueuePorts } from "./gathering-queue.ts";

/** Where observations go on their way to the ledgers. */
interface ObservationQueue {
	/** Never throws and never waits. `json`: the observation as JSON, where that is known. */
	readonly record: (observation: Observation, json?: string) => void;
}

/**
 * Sends observations to the queue, gathered by tenant. What cannot be sent is logged as a fault, by tenant and count; the
 * line in the log that each request leaves is not touched by that.
 */
export function createObservationQueue(ports: GatheringQueuePorts): ObservationQueue {
	const gathering = createGatheringQueue<Observation>(ports, {
		groupOf: ({ tenant }) => tenant,
		messageOf: (observations) => ({ version: 1, observations }),
		fault: "observations-not-sent",
		factsOf: ({ tenant }) => ({ tenant }),
	});
	return { record: gathering.add };
}
