/** The JavaScript heap of a Worker's isolate, by the runtime's inspector (Chrome DevTools Protocol). */
export interface IsolateHeap {
	/** What is alive: MB in use after a full garbage collection; NaN where the isolate does not answer, as one that is idle. */
	readonly liveMb: () => Promise<number>;
	readonly close: () => void;
}

const MOST_WAIT_MS = 3_000;
const BYTES_IN_MB = 1024 * 1024;

/** Connects to the isolate of the Worker of this name, as the runtime's configuration has it. */
export async function openIsolateHeap(inspector: URL, service: string): Promise<IsolateHeap> {
	const list = new URL("/json", inspector.href.replace(/^ws/u, "http"));
	const targets = (await (await fetch(list)).json()) as {
		readonly id: string;
		readonly webSocketDebuggerUrl: string;
	}[];
	const target = targets.find(({ id }) => id === service);
	if (target === undefined) throw new Error(`The inspector does not know the Worker ${service}.`);
	const socket = new WebSocket(target.webSocketDebuggerUrl);
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
	const call = (method: string): Promise<unknown> =>
		new Promise((resolve) => {
			const id = ++last;
			const giveUp = setTimeout(() => resolve(undefined), MOST_WAIT_MS);
			waiting.set(id, (result) => {
				clearTimeout(giveUp);
				resolve(result);
			});
			socket.send(JSON.stringify({ id, method }));
		});
	return {
		async liveMb() {
			if (socket.readyState !== WebSocket.OPEN) return Number.NaN;
			await call("HeapProfiler.collectGarbage");
			const usage = (await call("Runtime.getHeapUsage")) as { readonly usedSize?: number } | undefined;
			return (usage?.usedSize ?? Number.NaN) / BYTES_IN_MB;
		},
		close: () => socket.close(),
	};
}
