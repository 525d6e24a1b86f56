import { execFileSync, spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

/** A server of the benchmark. */
export interface ServerProcess {
	readonly port: number;
	/** Microseconds of user and system time that its process has used, all threads. */
	readonly cpuMicroseconds: () => Promise<number>;
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

/** Runs the Workers runtime itself on this configuration; resolves when it listens. */
export async function startRuntime(configPath: string, pinned: boolean): Promise<ServerProcess> {
	// The package's main module is the path of its binary.
	const binary = (createRequire(import.meta.url)("workerd") as { readonly default: string }).default;
	// Log lines are written, as in production, and thrown away.
	const args = ["serve", configPath, "--control-fd=3"];
	return start(binary, args, pinned ? SERVER_CORE : null, ["ignore", "ignore", "inherit", "pipe"], 3, (line) => {
		const event = JSON.parse(line) as { readonly event: string; readonly port?: number };
		return event.event === "listen" ? event.port : undefined;
	});
}

/** Runs the mock of edge model and origin. */
export async function startMockUpstream(pinned: boolean): Promise<ServerProcess> {
	const script = fileURLToPath(new URL("mock-upstream.ts", import.meta.url));
	return start(process.execPath, [script], pinned ? LOAD_CORE : null, ["ignore", "pipe", "inherit"], 1, Number);
}

async function start(
	command: string,
	args: readonly string[],
	core: number | null,
	stdio: StdioOptions,
	portPipe: 1 | 3,
	portOf: (line: string) => number | undefined,
): Promise<ServerProcess> {
	const child =
		core === null
			? spawn(command, args, { stdio })
			: spawn("taskset", ["-c", String(core), command, ...args], { stdio });
	const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
	process.once("exit", () => child.kill("SIGKILL"));
	const port = await firstPort(child, child.stdio[portPipe] as Readable, portOf);
	return {
		port,
		// taskset becomes the command it starts, so the process is the server's own.
		cpuMicroseconds: () => cpuMicroseconds(child.pid ?? 0),
		async stop() {
			child.kill("SIGKILL");
			await ended;
		},
	};
}

function firstPort(child: ChildProcess, pipe: Readable, portOf: (line: string) => number | undefined): Promise<number> {
	return new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("exit", (code) => reject(new Error(`A server ended with ${code} before it listened.`)));
		let text = "";
		pipe.setEncoding("utf8").on("data", (more: string) => {
			text += more;
			for (const line of text.split("\n").slice(0, -1)) {
				const port = portOf(line);
				if (port !== undefined) resolve(port);
			}
		});
	});
}

/** Linux counts the times of /proc/PID/stat in hundredths of a second. */
const MICROSECONDS_PER_TICK = 10_000;

async function cpuMicroseconds(pid: number): Promise<number> {
	const stat = await readFile(`/proc/${pid}/stat`, "utf8");
	// The command's name, in parentheses, may hold spaces; user and system time are the 12th and 13th field after it.
	const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
}
