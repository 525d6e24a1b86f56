/** Writes an observation, which is given as JSON, as one line, which Workers Logs indexes by field. */
export function logObservation(json: string): void {
	console.log(`{"event":"request",${json.slice(1)}`);
}

/** Reports a fault of our own stores or upstreams once per occurrence, without prompt, answer or key. */
export function logFault(fault: string, facts: Readonly<Record<string, string | number>>): void {
	console.warn(JSON.stringify({ event: "fault", fault, ...facts }));
}
