import type { ObservationSink } from "../cascade/ports.ts";
import { dataPointOf, type DataPoint } from "../core/metrics/data-point.ts";

/** What writing data points needs of its surroundings. */
interface ObservationDatasetPorts {
	/** A part of the runtime's `AnalyticsEngineDataset`: it returns at once, and what becomes of the point is not told. */
	readonly dataset: { readonly writeDataPoint: (point: DataPoint) => void };
	readonly logFault: (fault: string, facts: Readonly<Record<string, string>>) => void;
}

/**
 * Writes each observation as one data point to Workers Analytics Engine. The platform takes so many of them from one invocation
 * and no more, which a batch of more texts than that exceeds: it samples, where the ledgers count.
 */
export function createObservationDataset({ dataset, logFault }: ObservationDatasetPorts): ObservationSink {
	return {
		record(observation) {
			try {
				dataset.writeDataPoint(dataPointOf(observation));
			} catch (error) {
				logFault("data-point-not-written", { tenant: observation.tenant, reason: String(error) });
			}
		},
	};
}
