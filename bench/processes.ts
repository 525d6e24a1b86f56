import { execFileSync, spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { readdir, readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

/** A server of the benchmark. */
export interface ServerProcess {
	readonly port: number;
	/** All that it listens on, by name. */
	readonly ports: ReadonlyMap<string, number>;
	/** Microseconds of user and system time that its process has used, all threads. */
	readonly cpuMicroseconds: () => Promise<number>;
	/** What its process has in memory, in MB. */
	readonly residentMb: () => Promise<number>;
	readonly stop: () => Promise<void>;
}

/** The server under test has a core for itself; client and mock share the next. */
const SERVER_CORE = 0;
const LOAD_CORE = 1;

/** Whether processes can be bound to cores here, and this one is. */
export function pinSelf(): boolean {
	if (availableParallelism() < 2) return false;
	try {
		execFileSync("taskset", ["-a", "-c", "-p", String(LOAD_CORE), String(process.pid)], { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}

/** How the runtime is run. */
export interface RuntimeOptions {
	/** What it must listen on; the first is its `port`. With `INSPECTOR` among them, that is opened too. Absent: `http`. */
	readonly sockets?: readonly string[] | undefined;
	/** Absent: that of the server under test. */
	readonly core?: "server" | "load" | undefined;
}

/** Runs the Workers runtime itself on this configuration; resolves when it listens. */
export async function startRuntime(
	configPath: string,
	pinned: boolean,
	{ sockets = ["http"], core = "server" }: RuntimeOptions = {},
): Promise<ServerProcess> {
	// The package's main module is the path of its binary.
	const binary = (createRequire(import.meta.url)("workerd") as { readonly default: string }).default;
	const args = ["serve", configPath, "--control-fd=3"];
	if (sockets.includes(INSPECTOR)) args.push("--inspector-addr=127.0.0.1:0");
	return start(binary, args, {
		core: pinned ? (core === "server" ? SERVER_CORE : LOAD_CORE) : null,
		// Log lines are written, as in production, and thrown away.
		stdio: ["ignore", "ignore", "inherit", "pipe"],
		portPipe: 3,
		sockets,
		portOf(line) {
			const event = JSON.parse(line) as { readonly event: string; readonly socket?: string; readonly port?: number };
			if (event.port === undefined) return undefined;
			return [event.event === "listen-inspector" ? INSPECTOR : (event.socket ?? ""), event.port];
		},
	});
}

/** Name of the inspector's socket. */
export const INSPECTOR = "inspector";

/** Runs the mock of edge model, origin and queue. */
export async function startMockUpstream(pinned: boolean): Promise<ServerProcess> {
	const script = fileURLToPath(new URL("mock-upstream.ts", import.meta.url));
	return start(process.execPath, [script], {
		core: pinned ? LOAD_CORE : null,
		stdio: ["ignore", "pipe", "inherit"],
		portPipe: 1,
		sockets: ["http"],
		portOf: (line) => ["http", Number(line)],
	});
}

/** Runs Portkey's gateway on the Node that runs this, without the page that shows its requests. */
export async function startPortkey(pinned: boolean): Promise<ServerProcess> {
	const script = new URL("portkey/node_modules/@portkey-ai/gateway/build/start-server.js", import.meta.url);
	const port = await freePort();
	return start(process.execPath, [fileURLToPath(script), "--headless", `--port=${port}`], {
		core: pinned ? SERVER_CORE : null,
		stdio: ["ignore", "pipe", "ignore"],
		portPipe: 1,
		sockets: ["http"],
		portOf: (line) => (line.includes("Ready for connections") ? ["http", port] : undefined),
		environment: { NODE_ENV: "production" },
	});
}

/** A server of which it is not known where it listens would choose port 8787. */
async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === "string") throw new Error("There is no free port.");
	return address.port;
}

interface Starting {
	readonly core: number | null;
	readonly stdio: StdioOptions;
	/** Where it tells its ports. */
	readonly portPipe: 1 | 3;
	/** What it must listen on. */
	readonly sockets: readonly string[];
	readonly portOf: (line: string) => readonly [socket: string, port: number] | undefined;
	readonly environment?: Readonly<Record<string, string>>;
}

async function start(command: string, args: readonly string[], starting: Starting): Promise<ServerProcess> {
	const options = { stdio: starting.stdio, env: { ...process.env, ...starting.environment } };
	const child =
		starting.core === null
			? spawn(command, args, options)
			: spawn("taskset", ["-c", String(starting.core), command, ...args], options);
	const kill = () => void child.kill("SIGKILL");
	const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
	process.once("exit", kill);
	const ports = await portsOf(child, starting);
	// taskset becomes the command it starts, so the process is the server's own.
	const processId = child.pid ?? 0;
	return {
		port: ports.get(starting.sockets[0] ?? "") ?? 0,
		ports,
		cpuMicroseconds: () => cpuMicroseconds(processId),
		residentMb: () => residentMb(processId),
		async stop() {
			process.off("exit", kill);
			kill();
			await ended;
		},
	};
}

function portsOf(child: ChildProcess, { portPipe, sockets, portOf }: Starting): Promise<ReadonlyMap<string, number>> {
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("exit", (code) => reject(new Error(`A server ended with ${code} before it listened.`)));
		const ports = new Map<string, number>();
		let text = "";
		(child.stdio[portPipe] as Readable).setEncoding("utf8").on("data", (more: string) => {
			text += more;
			const lines = text.split("\n");
			text = lines.pop() ?? "";
			for (const line of lines) {
				const found = portOf(line);
				if (found !== undefined) ports.set(found[0], found[1]);
			}
			if (sockets.every((name) => ports.has(name))) resolve(ports);
		});
	});
}

/**
 * By the scheduler, in nanoseconds and thread by thread: the times of /proc/PID/stat are counted in hundredths of a second,
 * which is too coarse for a short turn. The servers' threads live as long as they do.
 */
async function cpuMicroseconds(processId: number): Promise<number> {
	const threads = await readdir(`/proc/${processId}/task`);
	const times = await Promise.all(
		threads.map(async (thread) => {
			const text = await readFile(`/proc/${processId}/task/${thread}/schedstat`, "utf8").catch(() => "0");
			return Number.parseInt(text, 10) / 1_000;
		}),
	);
	const sum = times.reduce((total, time) => total + time, 0);
	if (sum === 0) throw new Error(`The kernel does not tell the times of process ${processId}.`);
	return sum;
}

async function residentMb(processId: number): Promise<number> {
	const status = await readFile(`/proc/${processId}/status`, "utf8");
	return Number(/^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1] ?? Number.NaN) / 1024;
}
