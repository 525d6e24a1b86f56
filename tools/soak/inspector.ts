/** How long the inspector may take to answer: an isolate that is idle takes its turn when it has work. */
const MOST_WAIT_MS = 3_000;

/** What the inspector says of an isolate. */
export interface Target {
	readonly id: string;
	readonly webSocketDebuggerUrl: string;
}

/** The isolates of the process whose inspector this is. */
export async function isolatesOf(inspector: URL): Promise<readonly Target[]> {
	const list = new URL("/json", inspector.href.replace(/^ws/u, "http"));
	return (await (await fetch(list)).json()) as Target[];
}

/** Calls methods of one isolate's inspector; undefined where it has not answered in time. */
export async function openIsolate({ webSocketDebuggerUrl }: Target) {
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
		call: (method: string, parameters: object = {}): Promise<unknown> =>
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
				socket.send(JSON.stringify({ id, method, params: parameters }));
			}),
		close: () => socket.close(),
	};
}
