import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
	CONFIGURATION_FILES,
	readConfigurations,
	type WorkerConfiguration,
} from "../../../tools/deploy/configurations.ts";
import { differences, lacksNamespace } from "../../../tools/deploy/differences.ts";

const { inference, control } = readConfigurations();

/** What is said of these changes, each to one of the two. */
function saidOf(ofInference: Partial<WorkerConfiguration>, ofControl: Partial<WorkerConfiguration> = {}): string {
	return differences({ ...inference, ...ofInference }, { ...control, ...ofControl }).join("; ");
}

const config = (id: string) => ({ kv_namespaces: [{ binding: "CONFIG", id }] });

describe("the configurations of both Workers, as they are in the repository", () => {
	it("fit together", () => {
		expect(differences(inference, control)).toEqual([]);
	});

	it("have no id of anybody's namespace, without which nothing is deployed", () => {
		expect(lacksNamespace(inference, control)).toBe(true);
		expect(lacksNamespace({ ...inference, ...config("a") }, control)).toBe(true);
		expect(lacksNamespace({ ...inference, ...config("a") }, { ...control, ...config("a") })).toBe(false);
	});

	it("give the control Worker neither a route nor an origin's secret, nor the inference Worker an operator's", () => {
		const texts = {
			inference: readFileSync(CONFIGURATION_FILES.inference, "utf8"),
			control: readFileSync(CONFIGURATION_FILES.control, "utf8"),
		};
		expect(texts.control).not.toMatch(/^routes?\b|ORIGIN_|RATE_TIER_|^\[ai\]/mu);
		expect(texts.inference).not.toMatch(/OPERATOR_KEY_SHA256|ACCESS_/u);
	});

	it("never let a fetch reach something private", () => {
		for (const { compatibility_flags } of [inference, control])
			expect(compatibility_flags).toContain("global_fetch_strictly_public");
	});
});

describe("two configurations that do not fit are told apart", () => {
	it("by the namespace of what is published", () => {
		expect(saidOf(config("a"), config("a"))).toBe("");
		expect(saidOf(config("a"), config("b"))).toBe("CONFIG must have one id in both: it is a and b");
		expect(saidOf(config("a"))).toContain("CONFIG");
	});

	it("by the Worker that is passed on to", () => {
		for (const services of [
			[],
			[{ binding: "CONTROL", service: "other", entrypoint: "ControlPlane" }],
			[{ binding: "CONTROL", service: "edge-cascade-control" }],
		])
			expect(saidOf({ services })).toContain("CONTROL must be the entrypoint ControlPlane of edge-cascade-control");
	});

	it("by whose the ledgers are", () => {
		const [binding] = inference.durable_objects.bindings;
		const bindings = (changes: object) => ({ durable_objects: { bindings: [{ ...binding!, ...changes }] } });
		expect(saidOf(bindings({ script_name: undefined }))).toContain('must have script_name = "edge-cascade-control"');
		expect(saidOf(bindings({ class_name: "Other" }))).toContain("no migration of the control Worker makes Other");
		expect(saidOf(bindings({ class_name: "EvidenceLedger" }))).toBe("TENANT_LEDGER is of two classes");
		expect(saidOf({}, bindings({ script_name: "edge-cascade" }))).toContain("TENANT_LEDGER must be its own");
		expect(saidOf({}, { migrations: [] })).toContain("no migration of the control Worker makes TenantLedger");
	});

	it("by who takes what is sent to the queue", () => {
		expect(saidOf({}, { queues: {} })).toContain("nobody takes from edge-cascade-observations");
		expect(saidOf({ queues: { producers: [{ binding: "OBSERVATIONS", queue: "other" }] } })).toContain("from other");
		expect(saidOf({ queues: { consumers: [{ queue: "edge-cascade-observations" }] } })).toContain("consumer");
	});

	it("by an address of the control Worker", () => {
		for (const changes of [{ workers_dev: true }, { workers_dev: undefined }, { preview_urls: true }])
			expect(saidOf({}, changes)).toContain("must have no address");
	});

	it("by a flag that would keep requests from being passed on", () => {
		const compatibility_flags = [...inference.compatibility_flags, "request_signal_passthrough"];
		expect(saidOf({ compatibility_flags })).toContain("cannot be passed on");
	});

	it("by the runtime's date", () => {
		expect(saidOf({ compatibility_date: "2026-01-01" })).toContain("compatibility_date");
	});
});
