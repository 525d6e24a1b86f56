import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createBench, type Bench } from "./bench.ts";
import { buildWorkers } from "./build-workers.ts";
import { conditions, document, type RunFacts } from "./document.ts";
import { measureBundle } from "./groups/bundle.ts";
import { measureLatency } from "./groups/latency.ts";
import { measureMemory } from "./groups/memory.ts";
import { measurePrompts } from "./groups/prompts.ts";
import { measureStarts } from "./groups/start.ts";
import { measureStreams } from "./groups/streams.ts";
import { measureTenants } from "./groups/tenants.ts";
import { measureThroughput } from "./groups/throughput.ts";
import { FULL, QUICK, type Plan } from "./plan.ts";
import { pinSelf, startMockUpstream } from "./processes.ts";
import { verdictTable, type GroupReport } from "./report.ts";

// What a request costs, and what a stream, a start, a tenant more: ours, once with the decision alone and once with every
// feature on, beside floors that do less and another gateway, on the runtime itself. docs/performance.md has the method.

const GROUPS: Readonly<Record<string, (bench: Bench, plan: Plan) => Promise<GroupReport>>> = {
	throughput: measureThroughput,
	streams: measureStreams,
	latency: measureLatency,
	prompts: measurePrompts,
	tenants: measureTenants,
	memory: measureMemory,
	start: measureStarts,
	bundle: measureBundle,
};

const { values } = parseArgs({
	options: {
		quick: { type: "boolean", default: false },
		/** Names of groups, with commas between them. */
		only: { type: "string", default: Object.keys(GROUPS).join(",") },
		/** Where the report goes, as a document. */
		write: { type: "string" },
	},
});
const names = values.only.split(",");
for (const name of names)
	if (GROUPS[name] === undefined)
		throw new Error(`There is no group ${name}; there are ${Object.keys(GROUPS).join(", ")}.`);

const directory = await mkdtemp(join(tmpdir(), "edge-cascade-bench-"));
try {
	await run(values.quick ? QUICK : FULL);
} finally {
	await rm(directory, { recursive: true });
}

async function run(plan: Plan): Promise<void> {
	const startedAt = performance.now();
	await buildWorkers(directory);
	const pinned = pinSelf();
	const mock = await startMockUpstream(pinned);
	const bench = createBench({ directory, mockPort: mock.port, pinned }, mock);
	const reports: GroupReport[] = [];
	const loads = [load()];
	try {
		for (const name of names) {
			const report = await GROUPS[name]?.(bench, plan);
			loads.push(load());
			if (report === undefined) continue;
			reports.push(report);
			print(`## ${report.title}\n\n${report.text}\n`);
		}
	} finally {
		await bench.stop();
	}
	const facts: RunFacts = {
		command: `npm run bench${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(" ")}` : ""}`,
		date: new Date().toISOString().slice(0, 10),
		machine: `${cpus().length} cores of ${cpus()[0]?.model ?? "an unknown kind"}, workerd ${versionOf("workerd")}, Node ${process.version}`,
		rounds: plan.rounds,
		seconds: (performance.now() - startedAt) / 1000,
		loads,
		pinned,
	};
	print(`## Targets\n\n${verdictTable(reports.flatMap((report) => report.verdicts))}\n\n${conditions(facts)}`);
	if (values.write !== undefined) await writeFile(values.write, document(reports, facts));
}

function versionOf(name: string): string {
	return (createRequire(import.meta.url)(`${name}/package.json`) as { readonly version: string }).version;
}

/** Processes that wanted to run, over the last minute; this bench's own among them. */
function load(): number {
	return loadavg()[0] ?? Number.NaN;
}

function print(text: string): void {
	process.stdout.write(`${text}\n`);
}
