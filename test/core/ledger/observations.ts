import type { Observation } from "../../../src/core/observation.ts";
import type { CallRecord } from "../../../src/core/trail.ts";

/** A call of the edge's model, as a record of it looks. */
export function exampleCall(differences: Partial<CallRecord> = {}): CallRecord {
	return {
		stage: "edge",
		model: "@cf/zai-org/glm-4.7-flash",
		purpose: "answer",
		usage: { inputTokens: 100, outputTokens: 20 },
		costUsd: 0.000_02,
		ms: 180,
		...differences,
	};
}

/** The record of a request that the edge answered. */
export function exampleObservation(differences: Partial<Observation> = {}): Observation {
	return {
		version: 1,
		requestId: "req_00112233-4455-6677-8899-aabbccddeeff",
		endpoint: "chat.completions",
		tenant: "acme",
		cascade: "chat",
		policyRevision: 1,
		at: Date.UTC(2026, 10, 25, 9, 30),
		stream: false,
		outcome: "answered",
		stage: "edge",
		reason: "accepted",
		failure: null,
		trail: [{ stage: "edge", outcome: "accepted", reason: "accepted", confidence: 0.93, threshold: 0.8 }],
		calls: [exampleCall()],
		costUsd: 0.000_02,
		savedUsd: 0.000_38,
		durationMs: 200,
		...differences,
	};
}
