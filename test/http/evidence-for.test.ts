import { describe, expect, it } from "vitest";
import type { EvidenceExchange, GuaranteedRequest } from "../../src/cascade/evidence-port.ts";
import { evidenceFor } from "../../src/http/evidence.ts";
import { GUARANTEE, guaranteed } from "../cascade/fake-evidence.ts";
import { exampleCascade } from "../core/examples.ts";

const cascade = exampleCascade(guaranteed());
const policy = {
	version: 1 as const,
	cascades: { chat: cascade, other: exampleCascade() },
	embeddings: {},
	defaults: {},
	limits: { maxBodyBytes: 1, maxOutputTokens: 1 },
};
const terms = {
	stage: "edge",
	guarantee: GUARANTEE,
	labeller: "normalised/1",
	auditPropensity: 50_000,
	retainTextHours: null,
};
const chosen = {
	revision: 7,
	isCanary: false,
	policy,
	guarantees: new Map([["chat", { configHash: "a".repeat(64), terms }]]),
};
const exchange: EvidenceExchange = {
	of: () => {
		throw new Error("was not to be asked");
	},
	answered: () => {},
};

function evidence(alias = "chat", served = cascade, at = chosen as Parameters<typeof evidenceFor>[2]) {
	const asked: GuaranteedRequest[] = [];
	const evidenceOf = (request: GuaranteedRequest) => {
		asked.push(request);
		return exchange;
	};
	return { found: evidenceFor({ evidenceOf }, "acme", at, alias, served, 123), asked };
}

describe("the evidence that a request belongs to", () => {
	it("is that of its cascade's configuration, at the revision that serves it", () => {
		const { found, asked } = evidence();
		expect(found).toBe(exchange);
		expect(asked).toEqual([
			{
				tenant: "acme",
				cascade: "chat",
				configHash: "a".repeat(64),
				terms,
				policyRevision: 7,
				isCanary: false,
				at: 123,
			},
		]);
	});

	it("is told whether a canary's share chose that revision", () => {
		expect(evidence("chat", cascade, { ...chosen, isCanary: true }).asked[0]?.isCanary).toBe(true);
	});

	it("is none where the cascade has no guarantee, or the policy none at all", () => {
		expect(evidence("other").found).toBeUndefined();
		expect(evidence("chat", cascade, { revision: 7, isCanary: false, policy }).found).toBeUndefined();
	});

	it("is none where fewer stages serve it than the promise is about", () => {
		expect(evidence("chat", { ...cascade, stages: cascade.stages.slice(0, 1) }).found).toBeUndefined();
	});

	it("is none where there is nowhere to gather it", () => {
		expect(evidenceFor({}, "acme", chosen, "chat", cascade, 123)).toBeUndefined();
	});
});
