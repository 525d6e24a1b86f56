import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { isolatesOf, openIsolate } from "../tools/soak/inspector.ts";
import { buildWorkers } from "./build-workers.ts";
import { startLoad } from "./closed-loop.ts";
import { startContender } from "./contenders.ts";
import { MAIN_CONNECTIONS } from "./plan.ts";
import { INSPECTOR, pinSelf, startMockUpstream } from "./processes.ts";
import { table } from "./report.ts";
import { requestOf, scenariosOf, type ContenderName, type ScenarioKind } from "./scenarios.ts";

// Where a request's CPU goes, by V8's sampling profiler, function by function. The profiler itself costs, and more where
// functions are many and short, so its microseconds are shares and not what `npm run bench` measures.

const { values } = parseArgs({
	options: {
		contender: { type: "string", default: "decision path" },
		kind: { type: "string", default: "accepted" },
		seconds: { type: "string", default: "8" },
		functions: { type: "string", default: "40" },
	},
});
const SAMPLE_EVERY_MICROSECONDS = 500;

interface ProfileNode {
	readonly id: number;
	readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
	readonly children?: readonly number[];
}
interface Profile {
	readonly nodes: readonly ProfileNode[];
	readonly samples: readonly number[];
	readonly timeDeltas: readonly number[];
}

const directory = await mkdtemp(join(tmpdir(), "edge-cascade-profile-"));
try {
	const contender = values.contender as Exclude<ContenderName, "no gateway">;
	// Functions keep their names.
	await buildWorkers(directory, ["--minify=false"]);
	const pinned = pinSelf();
	const mock = await startMockUpstream(pinned);
	const server = await startContender(contender, { directory, mockPort: mock.port, pinned }, [INSPECTOR]);
	const isolates = await isolatesOf(new URL(`ws://127.0.0.1:${server.ports.get(INSPECTOR)}`));
	const main = isolates.find(({ id }) => id === "main");
	const [scenario] = scenariosOf(values.kind as ScenarioKind, [contender]);
	if (main === undefined || scenario === undefined) throw new Error("There is no such contender or kind of request.");
	const isolate = await openIsolate(main);
	const load = await startLoad({ port: server.port, requests: [requestOf(scenario, mock.port)] }, MAIN_CONNECTIONS);
	await wait(4_000);
	await isolate.call("Profiler.enable");
	await isolate.call("Profiler.setSamplingInterval", { interval: SAMPLE_EVERY_MICROSECONDS });
	await isolate.call("Profiler.start");
	const before = load.completed();
	await wait(Number(values.seconds) * 1_000);
	const requests = load.completed() - before;
	const { profile } = (await isolate.call("Profiler.stop")) as { readonly profile: Profile };
	process.stdout.write(`${requests} requests.\n\n${costTable(profile, requests, Number(values.functions))}\n`);
	load.stop();
	isolate.close();
	await Promise.all([server.stop(), mock.stop()]);
} finally {
	await rm(directory, { recursive: true });
}

/** The functions in which most time passed, with what they called and without. */
function costTable({ nodes, samples, timeDeltas }: Profile, requests: number, most: number): string {
	const byId = new Map(nodes.map((node) => [node.id, node]));
	const selfById = new Map<number, number>();
	for (const [index, id] of samples.entries()) selfById.set(id, (selfById.get(id) ?? 0) + (timeDeltas[index] ?? 0));
	const costs = new Map<string, { self: number; total: number }>();
	const visit = (node: ProfileNode, callers: ReadonlySet<string>): number => {
		const { functionName, url, lineNumber } = node.callFrame;
		const name = `${functionName || "(anonymous)"} ${url.split("/").at(-1)}:${lineNumber + 1}`;
		const isOutermost = !callers.has(name);
		const inner = isOutermost ? new Set(callers).add(name) : callers;
		const self = selfById.get(node.id) ?? 0;
		let total = self;
		for (const child of node.children ?? []) {
			const called = byId.get(child);
			if (called !== undefined) total += visit(called, inner);
		}
		const cost = costs.get(name) ?? { self: 0, total: 0 };
		costs.set(name, { self: cost.self + self, total: cost.total + (isOutermost ? total : 0) });
		return total;
	};
	if (nodes[0] !== undefined) visit(nodes[0], new Set());
	const rows = [...costs].toSorted(([, left], [, right]) => right.self - left.self).slice(0, most);
	const shown = (microseconds: number) => (microseconds / requests).toFixed(1);
	return table(
		["function", "µs a request", "with what it calls"],
		rows.map(([name, { self, total }]) => [name, shown(self), shown(total)]),
	);
}
