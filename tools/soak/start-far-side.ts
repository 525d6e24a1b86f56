import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Upstream } from "./far-side/answers.ts";
import type { FarSideOptions, FarSideReport } from "./far-side/report.ts";

/** A running far side. */
export interface FarSide {
	/** Of Workers AI; the origins are beneath it, each at `/<name>/v1`. */
	readonly url: string;
	readonly report: () => Promise<FarSideReport>;
	readonly set: (wanted: { readonly faultShare?: number; readonly down?: Upstream | null }) => Promise<void>;
	readonly stop: () => Promise<void>;
}

/** Starts Workers AI and the origins in a process of their own, so that the Worker is what is kept busy. */
export async function startFarSide(options: FarSideOptions): Promise<FarSide> {
	const script = fileURLToPath(new URL("far-side/main.ts", import.meta.url));
	const child = spawn(process.execPath, [script, JSON.stringify(options)], { stdio: ["ignore", "pipe", "inherit"] });
	const stopWithUs = () => child.kill("SIGKILL");
	process.once("exit", stopWithUs);
	const [port] = (await once(child.stdout, "data")) as [Buffer];
	const url = `http://127.0.0.1:${String(port).trim()}`;
	return {
		url,
		report: async () => (await (await fetch(`${url}/-/report`)).json()) as FarSideReport,
		async set(wanted) {
			await (await fetch(`${url}/-/set`, { method: "POST", body: JSON.stringify(wanted) })).text();
		},
		async stop() {
			const ended = once(child, "exit");
			child.kill("SIGKILL");
			process.off("exit", stopWithUs);
			await ended;
		},
	};
}
