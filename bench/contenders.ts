import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SHARED_LEDGERS } from "../src/local/ledgers.ts";
import { benchRecords, OPERATOR_KEY, OPERATOR_KEY_SHA256, TENANT } from "./bench-records.ts";
import { exchange, postRequest } from "./http-exchange.ts";
import { startPortkey, startRuntime, type RuntimeOptions, type ServerProcess } from "./processes.ts";
import {
	binding,
	objectsDisk,
	runtimeConfig,
	serverService,
	workerService,
	type ContenderConfig,
	type WorkerConfig,
} from "./runtime-config.ts";
import type { ContenderName } from "./scenarios.ts";

/** What starting a contender needs. */
export interface Surroundings {
	/** With the bundles. */
	readonly directory: string;
	readonly mockPort: number;
	readonly pinned: boolean;
}

/** Sockets of "every feature on", beside the Worker's own: the Worker with its requests traced, and what its traces go to. */
export const SAMPLED = "sampled";
export const TAIL = "tail";

const AUDIT_RATE = 0.05;

/** The service that is the control Worker. */
const CONTROL = "control";

/** Those that are not there anyway. */
type StartedName = Exclude<ContenderName, "no gateway">;

/** Starts a contender's process. `moreSockets`: see `startRuntime`. */
export async function startContender(
	name: StartedName,
	surroundings: Surroundings,
	moreSockets: readonly string[] = [],
): Promise<ServerProcess> {
	if (name === "Portkey on Node") return startPortkey(surroundings.pinned);
	const config = await configOf(name, surroundings);
	const sockets = ["http", ...(config.sockets ?? []), ...moreSockets];
	const server = await startConfigured(name, config, surroundings, { sockets });
	if (name === "every feature on") await makeTenant(server.port);
	return server;
}

/** The ledgers answer for tenants that an operator has made. */
async function makeTenant(port: number): Promise<void> {
	const request = postRequest("/admin/v1/tenants", [`authorization: Bearer ${OPERATOR_KEY}`], { tenant: TENANT });
	const { head } = await exchange(port, request);
	if (!head.startsWith("HTTP/1.1 201")) throw new Error(`The tenant could not be made: ${head}`);
}

/** Starts the runtime with this configuration, which is written beside the bundles under that name. */
export async function startConfigured(
	name: string,
	config: ContenderConfig,
	{ directory, pinned }: Surroundings,
	{ sockets, core }: RuntimeOptions = {},
): Promise<ServerProcess> {
	const path = join(directory, `${name.replaceAll(/\W+/gu, "-")}.capnp`);
	await writeFile(path, runtimeConfig(config));
	return startRuntime(path, pinned, { sockets, core });
}

async function configOf(
	name: Exclude<StartedName, "Portkey on Node">,
	{ mockPort, directory }: Surroundings,
): Promise<ContenderConfig> {
	const originUrl = `http://127.0.0.1:${mockPort}/v1`;
	const origin = binding.text("ORIGIN_URL", originUrl);
	const edge = serverService("edge-model", mockPort);
	switch (name) {
		case "bare forwarding":
			return { bundle: "forward.js", bindings: [origin], services: [] };
		case "Hono + parse":
			return { bundle: "hono.js", bindings: [origin], services: [] };
		case "minimal cascade":
		case "minimal cascade, again":
			return { bundle: "minimal.js", bindings: [binding.ai("AI", "edge-model"), origin], services: [edge] };
		case "minimal cascade with the contract":
			return { bundle: "contract.js", bindings: [binding.ai("AI", "edge-model"), origin], services: [edge] };
		case "decision path":
			return { ...decisionPath, services: [edge, kvService(benchRecords(originUrl))] };
		case "every feature on":
			return everyFeature(mockPort, directory);
	}
}

/** What ours needs to answer. */
export const answeringBindings: readonly string[] = [
	binding.ai("AI", "edge-model"),
	binding.kv("CONFIG", "kv"),
	binding.text("ALLOW_LOOPBACK_ORIGINS", "true"),
];

/** Keys, policies, confidence, checks and costs; no observation, neither in the log nor for a ledger, and so no control Worker. */
const decisionPath: WorkerConfig = {
	bundle: "cascade.js",
	bindings: [...answeringBindings, binding.text("REQUEST_LOG", "off")],
};

/** What stands for KV, as a process of its own beside client and mock. */
export function startKv(bindings: readonly string[], surroundings: Surroundings): Promise<ServerProcess> {
	return startConfigured("kv", { bundle: "records.js", bindings, services: [] }, surroundings, { core: "load" });
}

/** The decision path with its KV in that process. */
export function startDecisionPath(kv: ServerProcess, surroundings: Surroundings): Promise<ServerProcess> {
	const services = [serverService("edge-model", surroundings.mockPort), serverService("kv", kv.port)];
	return startConfigured("decision path by itself", { ...decisionPath, services }, surroundings);
}

/**
 * All of it: guarantees with audits at 5%, the queue of observations and evidence, the dataset, metrics, shared outages, and
 * traces of one request in twenty, which are those that go to the second of two services. The queue is the mock, which keeps
 * nothing: what comes of a message runs elsewhere in production, and is no part of a request's cost.
 */
async function everyFeature(mockPort: number, directory: string): Promise<ContenderConfig> {
	const objects = await mkdtemp(join(directory, "objects-"));
	const traced = workerService(SAMPLED, { ...withEveryFeature, tail: TAIL });
	return {
		...withEveryFeature,
		services: [
			serverService("edge-model", mockPort),
			serverService("queue", mockPort),
			objectsDisk(objects),
			kvService(benchRecords(`http://127.0.0.1:${mockPort}/v1`, AUDIT_RATE)),
			traced,
			workerService(TAIL, { bundle: "tail.js", bindings: [] }),
			workerService(CONTROL, controlWorker),
		],
		sockets: [SAMPLED, TAIL],
	};
}

const withEveryFeature: WorkerConfig = {
	bundle: "cascade.js",
	bindings: [
		...answeringBindings,
		binding.queue("OBSERVATIONS", "queue"),
		binding.dataset("REQUESTS_DATASET"),
		binding.entrypoint("CONTROL", CONTROL, "ControlPlane"),
	],
	objectsOf: { service: CONTROL, objects: SHARED_LEDGERS },
};

/** In production it runs elsewhere; here in the same process, where what it does is no part of what is measured. */
const controlWorker: WorkerConfig = {
	bundle: "control.js",
	bindings: [binding.kv("CONFIG", "kv"), binding.text("OPERATOR_KEY_SHA256", OPERATOR_KEY_SHA256)],
	objects: { ...SHARED_LEDGERS, OPERATOR_REGISTRY: "OperatorRegistry" },
};

/** The namespace that ours reads, with these records in it. */
export function kvService(records: unknown): string {
	return workerService("kv", { bundle: "records.js", bindings: [binding.json("RECORDS", records)] });
}
