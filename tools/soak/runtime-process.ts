import { readFile } from "node:fs/promises";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { openIsolateHeap } from "./isolate-heap.ts";
import type { LogLine } from "./worker-log.ts";

/** What a process has taken so far, and holds. */
export interface ProcessFigures {
	/** Resident memory, in MB; NaN where the system has no /proc. */
	readonly residentMb: () => Promise<number>;
	/** The heap of the Worker's own isolate after a garbage collection; see `IsolateHeap`. */
	readonly liveHeapMb: () => Promise<number>;
	/** User and system time so far, in seconds. */
	readonly cpuSeconds: () => Promise<number>;
}

/** A Worker in a process of the Workers runtime of its own. */
export interface RuntimeProcess extends ProcessFigures {
	/** Nothing stands between this address and the Worker. */
	readonly url: string;
	readonly stop: () => Promise<void>;
}

type Options = Extract<Parameters<typeof convertV4MiniflareOptions>[0], { readonly workers: unknown }>;
type Worker = Options["workers"][number];

/** What runtimes share so that Workers of one find those, and the queues and KV, of another. */
export interface SharedPlaces {
	readonly registry: string;
	/** Of KV and all else that both use: the process that was started first holds it. */
	readonly resources: string;
}

/**
 * Runs a Worker. `onLog` is told each line that it logs; what is not of the Worker's own form goes to the error output. To be called
 * again when the last call has been answered: which process is whose is told by who came meanwhile.
 */
export async function startRuntime(input: {
	readonly worker: Worker & { readonly name: string };
	readonly shared: SharedPlaces;
	readonly onLog: (line: LogLine) => void;
}): Promise<RuntimeProcess> {
	const { worker, shared, onLog } = input;
	const before = await ownChildren();
	const runtime = new Miniflare({
		...convertV4MiniflareOptions({
			host: "127.0.0.1",
			port: 0,
			inspectorPort: 0,
			cf: false,
			logRequests: false,
			unsafeDevRegistryPath: shared.registry,
			resourcePersistencePath: shared.resources,
			isolatedResourcePersistencePath: `${shared.resources}-of-${worker.name}`,
			handleStructuredLogs({ message }) {
				const line = readLine(message);
				if (line === undefined) process.stderr.write(`${message}\n`);
				else onLog(line);
			},
			workers: [{ ...worker, unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] }],
		}),
		unsafeEnableSharedStorage: true,
	});
	await runtime.ready;
	const heap = await openIsolateHeap(await runtime.getInspectorURL(), `core:user:${worker.name}`);
	const url = await runtime.unsafeGetDirectURL(worker.name);
	const id = (await ownChildren()).find((child) => !before.includes(child));
	const ofProcess = (file: string) => readFile(`/proc/${id}/${file}`, "utf8").catch(() => "");
	return {
		url: url.origin,
		residentMb: async () => Number(/^VmRSS:\s*(\d+) kB/mu.exec(await ofProcess("status"))?.[1] ?? Number.NaN) / 1_024,
		async cpuSeconds() {
			const fields = (await ofProcess("stat")).split(") ")[1]?.split(" ") ?? [];
			// Linux counts in hundredths of a second.
			return (Number(fields[11]) + Number(fields[12])) / 100;
		},
		liveHeapMb: heap.liveMb,
		async stop() {
			heap.close();
			await runtime.dispose();
		},
	};
}

function readLine(message: string): LogLine | undefined {
	try {
		const line = JSON.parse(message) as LogLine;
		return typeof line.event === "string" ? line : undefined;
	} catch {
		return undefined;
	}
}

async function ownChildren(): Promise<string[]> {
	const text = await readFile(`/proc/self/task/${process.pid}/children`, "utf8").catch(() => "");
	return text.split(" ").filter((id) => id !== "");
}
