import { describe, expect, it } from "vitest";
import { originsNamed } from "../../src/core/policy-origins.ts";

describe("the origins that a policy names", () => {
	it("are told with their places, stages, the judge and then embeddings, and each time", () => {
		const policy = {
			cascades: {
				chat: { stages: [{}, { origin: "gpu" }] },
				mail: {
					stages: [{ origin: "gpu" }, { origin: "other" }],
					labeller: { kind: "judge", origin: "acme.gpu" },
				},
				more: { stages: [], labeller: { kind: "normalised" } },
			},
			embeddings: { here: {}, there: { origin: "gpu" } },
		};
		expect(originsNamed(policy)).toEqual([
			{ path: "cascades.chat.stages[1].origin", origin: "gpu" },
			{ path: "cascades.mail.stages[0].origin", origin: "gpu" },
			{ path: "cascades.mail.stages[1].origin", origin: "other" },
			{ path: "cascades.mail.labeller.origin", origin: "acme.gpu" },
			{ path: "embeddings.there.origin", origin: "gpu" },
		]);
	});

	it("are none where every stage is on Workers AI, with or without embeddings", () => {
		expect(originsNamed({ cascades: { chat: { stages: [{}, {}] } } })).toEqual([]);
		expect(originsNamed({ cascades: {}, embeddings: {} })).toEqual([]);
	});
});
