import type { Clock, ObservationSink } from "../cascade/ports.ts";
import type { DataPoint } from "../core/metrics/data-point.ts";
import type { GatheringQueuePorts } from "./gathering-queue.ts";
import { createObservationDataset } from "./observation-dataset.ts";
import { logObservation } from "./observation-log.ts";
import { createObservationQueue } from "./observation-queue.ts";

/** Where observations go, beside the log. */
interface ObservationSinkPorts extends Omit<GatheringQueuePorts, "queue"> {
	readonly clock: Clock;
	/** Whether the log has a line of each. */
	readonly isLogged: boolean;
	/** Null: there is none. */
	readonly queue: GatheringQueuePorts["queue"] | null;
	/** Absent: there is none. */
	readonly dataset: { readonly writeDataPoint: (point: DataPoint) => void } | undefined;
}

/**
 * The log has every observation where the operator wants it to; the queue, where there is one, brings them to the ledgers, and the dataset, likewise, keeps
 * them for questions in SQL.
 */
export function createObservationSinks(ports: ObservationSinkPorts): ObservationSink {
	const { isLogged, queue, dataset, ...gathering } = ports;
	const queued = queue === null ? undefined : createObservationQueue({ queue, ...gathering });
	const points = dataset === undefined ? undefined : createObservationDataset({ dataset, logFault: ports.logFault });
	return {
		record(observation) {
			// Once for both: the queue has to know how long it is.
			const json = isLogged ? JSON.stringify(observation) : undefined;
			if (json !== undefined) logObservation(json);
			queued?.record(observation, json);
			points?.record(observation);
		},
	};
}
