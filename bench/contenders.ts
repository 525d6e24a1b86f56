import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BENCH_KEY, benchRecords } from "./bench-records.ts";
import { startRuntime, type ServerProcess } from "./processes.ts";
import { binding, runtimeConfig, serverService, workerService, type ContenderConfig } from "./runtime-config.ts";

/** A Worker that is measured, in a process of its own. */
export type ContenderName = "forward" | "minimal" | "minimal again" | "ours";

/** What is asked of a contender over and over. */
export interface Scenario {
	readonly contender: ContenderName;
	readonly kind: ScenarioKind;
	/** Calls to the mock that one request must lead to; checked before anything is measured. */
	readonly calls: number;
	/** The request's bytes, for the contender's port. */
	readonly request: Buffer;
}

export type ScenarioKind = "accepted" | "escalated" | "stream";

/** Every scenario. Forwarding knows no cascade: its one call is the floor of the accepted and of the escalated ones. */
export const SCENARIOS: readonly Scenario[] = [
	scenario("forward", "accepted", 1),
	scenario("minimal", "accepted", 1),
	scenario("minimal again", "accepted", 1),
	scenario("ours", "accepted", 1),
	scenario("minimal", "escalated", 2),
	scenario("minimal again", "escalated", 2),
	scenario("ours", "escalated", 2),
	scenario("forward", "stream", 1),
	scenario("minimal", "stream", 2),
	scenario("ours", "stream", 2),
];

/** Starts every contender's process. */
export async function startContenders(
	directory: string,
	mockPort: number,
	pinned: boolean,
): Promise<ReadonlyMap<ContenderName, ServerProcess>> {
	const originUrl = `http://127.0.0.1:${mockPort}/v1`;
	const edge = serverService("edge-model", mockPort);
	const minimal: ContenderConfig = {
		bundle: "minimal.js",
		bindings: [binding.ai("AI", "edge-model"), binding.text("ORIGIN_URL", originUrl)],
		services: [edge],
	};
	const configs: Readonly<Record<ContenderName, ContenderConfig>> = {
		forward: { bundle: "forward.js", bindings: [binding.text("ORIGIN_URL", originUrl)], services: [] },
		minimal,
		"minimal again": minimal,
		ours: {
			bundle: "cascade.js",
			bindings: [
				binding.ai("AI", "edge-model"),
				binding.kv("CONFIG", "kv"),
				binding.text("ALLOW_LOOPBACK_ORIGINS", "true"),
			],
			services: [edge, workerService("kv", "records.js", [binding.json("RECORDS", benchRecords(originUrl))])],
		},
	};
	const started = new Map<ContenderName, ServerProcess>();
	for (const [name, config] of Object.entries(configs) as [ContenderName, ContenderConfig][]) {
		const path = join(directory, `${name.replaceAll(" ", "-")}.capnp`);
		await writeFile(path, runtimeConfig(config));
		started.set(name, await startRuntime(path, pinned));
	}
	return started;
}

function scenario(contender: ContenderName, kind: ScenarioKind, calls: number): Scenario {
	const body = JSON.stringify({
		model: kind === "accepted" ? "accepts" : "escalates",
		messages: [
			{
				role: "system",
				content: "You sort the mail of a small company. Answer in one short paragraph, without a greeting.",
			},
			{
				role: "user",
				content: "Please say what this letter is about and who should read it. ".padEnd(
					900,
					"The invoice of March was paid twice. ",
				),
			},
		],
		temperature: 0,
		max_tokens: 256,
		stream: kind === "stream",
	});
	const lines = [
		"POST /v1/chat/completions HTTP/1.1",
		"host: bench.example",
		`authorization: Bearer ${BENCH_KEY}`,
		"content-type: application/json",
		`content-length: ${Buffer.byteLength(body)}`,
	];
	return { contender, kind, calls, request: Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`) };
}
