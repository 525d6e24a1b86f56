import type { ObservationSink } from "../cascade/ports.ts";
import type { Observation } from "../core/observation.ts";
import { createGatheringQueue, type GatheringQueuePorts } from "./gathering-queue.ts";

/**
 * Sends observations to the queue, gathered by tenant. Records never throw and never wait. What cannot be sent is logged
 * as a fault, by tenant and count; the line in the log that each request leaves is not touched by that.
 */
export function createObservationQueue(ports: GatheringQueuePorts): ObservationSink {
	const gathering = createGatheringQueue<Observation>(ports, {
		groupOf: ({ tenant }) => tenant,
		messageOf: (observations) => ({ version: 1, observations }),
		fault: "observations-not-sent",
		factsOf: ({ tenant }) => ({ tenant }),
	});
	return { record: gathering.add };
}
