import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Bench } from "../bench.ts";
import { table, type GroupReport } from "../report.ts";

/** Of 1,000 bytes. */
const MOST_KB = 100;
/** What would be good. */
const AIM_KB = 60;

/** How large what is deployed is; the bound is the inference Worker's, which is what a client waits for. */
export async function measureBundle({ surroundings: { directory } }: Bench): Promise<GroupReport> {
	const sizes = async (path: string) => {
		const bytes = await readFile(path);
		return { kb: bytes.length / 1_000, gzipKb: gzipSync(bytes).length / 1_000 };
	};
	const deployed = await sizes(join(directory, "cascade.js"));
	const control = await sizes(join(directory, "control.js"));
	const minimal = await sizes(join(directory, "minimal.js"));
	const row = (name: string, { kb, gzipKb }: typeof deployed) => [name, kb.toFixed(0), gzipKb.toFixed(1)];
	const verdict = (most: number, target: string) => ({
		target,
		limit: { most },
		measured: { median: deployed.gzipKb, low: deployed.gzipKb, high: deployed.gzipKb },
		decimals: 1,
		unit: " KB",
	});
	return {
		title: "Bundle",
		text: table(
			["Worker", "KB", "gzip KB"],
			[
				row("ours, the inference Worker", deployed),
				row("ours, the control Worker", control),
				row("minimal cascade", minimal),
			],
		),
		verdicts: [verdict(MOST_KB, "bundle, gzip"), verdict(AIM_KB, "bundle, gzip: the aim")],
	};
}
