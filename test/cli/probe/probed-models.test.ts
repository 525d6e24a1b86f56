import { describe, expect, it } from "vitest";
import { probedModels } from "../../../src/cli/probe/probed-models.ts";
import { policyOf } from "./models.ts";

const edge = { adapter: "workers-ai", model: "@cf/small" };
const gpu = { adapter: "openai", origin: "gpu", model: "large" };

describe("the models to probe", () => {
	it("are each named once, with every place that names them", () => {
		const policy = policyOf({ a: [{ ...edge, logprobs: true }, gpu], b: [edge, { ...gpu, origin: "other" }] });
		const models = probedModels(policy).map(({ model, origin, uses }) => [model, origin, uses.map(({ path }) => path)]);
		expect(models).toEqual([
			["@cf/small", undefined, ["cascades.a.stages[0]", "cascades.b.stages[0]"]],
			["large", "gpu", ["cascades.a.stages[1]"]],
			["large", "other", ["cascades.b.stages[1]"]],
		]);
	});

	it("include checkers, on the adapter and origin of their stage", () => {
		const confidence = { method: "verify", model: "checker", logprobs: false };
		const policy = policyOf({ a: [{ ...gpu, tools: true, confidence }, gpu] });
		expect(probedModels(policy)).toEqual([
			expect.objectContaining({ model: "large", origin: "gpu" }),
			{
				adapter: "openai",
				origin: "gpu",
				model: "checker",
				uses: [{ path: "cascades.a.stages[0].confidence", isChecker: true, declared: { logprobs: false } }],
			},
		]);
	});
});
