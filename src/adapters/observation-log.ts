import type { ObservationSink } from "../cascade/ports.ts";

/** Writes each observation as one line of JSON, which Workers Logs indexes by field. */
export const observationLog: ObservationSink = {
	record(observation) {
		console.log(JSON.stringify({ event: "request", ...observation }));
	},
};

/** Reports a fault of our own stores or upstreams once per occurrence, without prompt, answer or key. */
export function logFault(fault: string, facts: Readonly<Record<string, string | number>>): void {
	console.warn(JSON.stringify({ event: "fault", fault, ...facts }));
}
