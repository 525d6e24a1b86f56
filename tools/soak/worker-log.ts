import type { Observation } from "../../src/core/observation.ts";

/** A line of the Worker's log: a request's record, a fault, an answer given again, … */
export type LogLine = { readonly event: string } & Partial<Observation> & { readonly fault?: string };

/** What the log says of one request. */
interface LoggedRequest {
	/** Its records by text, 0 where it has one. */
	readonly items: Set<number>;
	readonly tenant: string;
}

/** Reads the Worker's log as it is written. */
export function createWorkerLog() {
	const requests = new Map<string, LoggedRequest>();
	const records = new Map<string, number>();
	const judged = new Map<string, number>();
	const faults = new Map<string, number>();
	const faultOf = new Map<string, string>();
	const repeated: string[] = [];
	return {
		onLog(line: LogLine): void {
			if (line.event === "fault") {
				const { fault = "unnamed", requestId } = line;
				add(faults, fault);
				if (requestId !== undefined) faultOf.set(requestId, fault);
			}
			if (line.event !== "request" || line.requestId === undefined || line.tenant === undefined) return;
			const { requestId, tenant, item = 0, trail = [], cascade = "" } = line;
			const known = requests.get(requestId) ?? { items: new Set(), tenant };
			requests.set(requestId, known);
			if (known.items.has(item)) repeated.push(`${requestId} ${item}`);
			known.items.add(item);
			add(records, tenant);
			// The first stage answered, or the gate sent the request past it.
			if (trail[0]?.outcome === "accepted" || trail[0]?.outcome === "deferred") add(judged, `${tenant}/${cascade}`);
		},
		requests: requests as ReadonlyMap<string, LoggedRequest>,
		/** Records, each of which is to be counted once, by tenant. */
		records: records as ReadonlyMap<string, number>,
		/** Records of which evidence is to be expected where there is a guarantee, by tenant and cascade. */
		judged: judged as ReadonlyMap<string, number>,
		/** Faults of the Worker's own stores, by name. */
		faults: faults as ReadonlyMap<string, number>,
		/** By the request that met it, where it is said. */
		faultOf: faultOf as ReadonlyMap<string, string>,
		/** Records written twice. */
		repeated: repeated as readonly string[],
	};
}

export type WorkerLog = ReturnType<typeof createWorkerLog>;

function add(counts: Map<string, number>, name: string): void {
	counts.set(name, (counts.get(name) ?? 0) + 1);
}
