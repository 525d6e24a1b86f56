import { isolatesOf, openIsolate } from "./inspector.ts";

/** The JavaScript heaps of a runtime's process, by its inspector (Chrome DevTools Protocol). */
export interface IsolateHeap {
	/**
	 * Collects all garbage of all isolates: of the Worker's own, and of those by which the runtime makes bindings. What is alive
	 * in the Worker's then, in MB; NaN where it does not answer, as one that is idle.
	 */
	readonly liveMb: () => Promise<number>;
	readonly close: () => void;
}

const BYTES_IN_MB = 1024 * 1024;

/** Connects to the isolates of the process that runs this Worker, by its service's name in the runtime's configuration. */
export async function openIsolateHeap(inspector: URL, service: string): Promise<IsolateHeap> {
	const targets = await isolatesOf(inspector);
	const own = targets.find(({ id }) => id === service);
	if (own === undefined) throw new Error(`The inspector does not know the Worker ${service}.`);
	const isolate = await openIsolate(own);
	const others = await Promise.all(targets.filter((target) => target !== own).map(openIsolate));
	return {
		async liveMb() {
			// Nobody waits for the others: one that is idle takes its turn when it has work.
			for (const other of others) void other.call("HeapProfiler.collectGarbage");
			await isolate.call("HeapProfiler.collectGarbage");
			const usage = (await isolate.call("Runtime.getHeapUsage")) as { readonly usedSize?: number } | undefined;
			return (usage?.usedSize ?? Number.NaN) / BYTES_IN_MB;
		},
		close() {
			for (const each of [isolate, ...others]) each.close();
		},
	};
}
