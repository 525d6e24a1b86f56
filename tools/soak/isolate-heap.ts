/** The JavaScript heaps of a runtime's process, by its inspector (Chrome DevTools Protocol). */
export interface IsolateHeap {
	/**
	 * Collects all garbage of all isolates: of the Worker's own, and of those by which the runtime makes bindings. What is alive
	 * in the Worker's then, in MB; NaN where it does not answer, as one that is idle.
	 */
	readonly liveMb: () => Promise<number>;
	readonly close: () => void;
}

const MOST_WAIT_MS = 3_000;
const BYTES_IN_MB = 1024 * 1024;

/** What the inspector says of an isolate. */
interface Target {
	readonly id: string;
	readonly webSocketDebuggerUrl: string;
}

/** Connects to the isolates of the process that runs this Worker, by its service's name in the runtime's configuration. */
export async function openIsolateHeap(inspector: URL, service: string): Promise<IsolateHeap> {
	const list = new URL("/json", inspector.href.replace(/^ws/u, "http"));
	const targets = (await (await fetch(list)).json()) as Target[];
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

/** Calls methods of one isolate's inspector; undefined where it has not answered in time. */
async function openIsolate({ webSocketDebuggerUrl }: Target) {
	const socket = new WebSocket(webSocketDebuggerUrl);
	const waiting = new Map<number, (result: unknown) => void>();
	await new Promise((resolve, reject) => {
		socket.addEventListener("open", resolve);
		socket.addEventListener("error", () => reject(new Error("The inspector could not be reached.")));
	});
	socket.addEventListener("message", ({ data }) => {
		const { id = 0, result } = JSON.parse(String(data)) as { readonly id?: number; readonly result?: unknown };
		waiting.get(id)?.(result);
		waiting.delete(id);
	});
	let last = 0;
	return {
		call: (method: string): Promise<unknown> =>
			new Promise((resolve) => {
				if (socket.readyState !== WebSocket.OPEN) return resolve(undefined);
				const id = ++last;
				const end = (result?: unknown) => {
					clearTimeout(giveUp);
					waiting.delete(id);
					resolve(result);
				};
				const giveUp = setTimeout(() => end(), MOST_WAIT_MS);
				waiting.set(id, end);
				socket.send(JSON.stringify({ id, method }));
			}),
		close: () => socket.close(),
	};
}
