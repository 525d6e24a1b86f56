import { describe, expect, it } from "vitest";
import type { ConfidenceMethod } from "../../src/core/confidence/method.ts";
import type { Cascade } from "../../src/core/tenant-policy.ts";
import { textsAtOnce } from "../../src/http/texts-at-once.ts";
import { edgeStage, exampleCascade, originStage } from "../core/examples.ts";

const width = (confidence: ConfidenceMethod, mode: Cascade["mode"] = "sequential") =>
	textsAtOnce(exampleCascade({ mode, stages: [{ ...edgeStage, confidence }, originStage] }));
const agreement = (samples: number) =>
	({ method: "agreement", samples, temperature: 1, match: "label", stopEarly: true }) as const;

describe("texts of a batch that run side by side", () => {
	it("are six where each needs one connection at a time, a checker's after the answer's included", () => {
		expect(width({ method: "mean-logprob" })).toBe(6);
		expect(width({ method: "verify", model: "checker" })).toBe(6);
	});

	it("share the connections where samples are taken beside the answer, and are one at least", () => {
		expect([2, 3, 4, 5, 6, 7, 8].map((samples) => width(agreement(samples)))).toEqual([3, 2, 1, 1, 1, 1, 1]);
	});

	it("share them with a last stage that is asked at the same time", () => {
		expect(width({ method: "mean-logprob" }, "parallel")).toBe(3);
		expect(width(agreement(2), "parallel")).toBe(2);
		expect(width(agreement(6), "parallel")).toBe(1);
	});

	it("are counted for the stage that needs the most", () => {
		const middle = { ...edgeStage, name: "middle", confidence: agreement(3) };
		expect(textsAtOnce(exampleCascade({ stages: [edgeStage, middle, originStage] }))).toBe(2);
	});

	it("are six where the last stage answers alone, whatever the mode", () => {
		expect(textsAtOnce(exampleCascade({ mode: "parallel", stages: [originStage] }))).toBe(6);
	});
});
