import { describe, expect, it } from "vitest";
import { policyFields } from "../../../src/cli/probe/policy-fields.ts";
import type { ModelFindings } from "../../../src/cli/probe/probe-model.ts";
import { PROBE_TITLES, type Outcome } from "../../../src/cli/probe/outcome.ts";
import { probedModels } from "../../../src/cli/probe/probed-models.ts";
import { policyOf } from "./models.ts";

const yes: Outcome = { result: "yes" };
const no: Outcome = { result: "no" };
const refused: Outcome = { result: "refused", status: 400, message: "" };
const unclear: Outcome = { result: "unclear", detail: "no answer in time" };

function fieldsOf(
	stages: readonly object[],
	shape: ModelFindings["shape"],
	outcomes: { readonly logprobs?: Outcome; readonly tools?: Outcome },
) {
	const notAsked = Object.fromEntries(Object.keys(PROBE_TITLES).map((name) => [name, { result: "not-asked" }]));
	const findings = probedModels(policyOf({ a: stages })).map(
		(model) => ({ model, url: null, shape, outcomes: { ...notAsked, ...outcomes } }) as ModelFindings,
	);
	return policyFields(findings);
}

const edge = { adapter: "workers-ai", model: "@cf/small" };
const gpu = { adapter: "openai", origin: "gpu", model: "large" };
const [first, last] = ["cascades.a.stages[0]", "cascades.a.stages[1]"];

describe("what to put into the policy", () => {
	it("is what was found of a Workers AI stage", () => {
		expect(fieldsOf([edge, edge], "native", { logprobs: no, tools: refused })).toEqual(
			[first, last].map((path) => ({ path, fields: { logprobs: false, tools: false, shape: "native" } })),
		);
	});

	it("leaves out what stands there, and what is unclear", () => {
		const declared = { ...edge, logprobs: true, tools: false, shape: "chat-completions" };
		expect(fieldsOf([declared, declared], "chat-completions", { logprobs: yes, tools: yes })).toEqual(
			[first, last].map((path) => ({ path, fields: { tools: true } })),
		);
		expect(fieldsOf([declared, declared], null, { logprobs: unclear, tools: unclear })).toEqual([]);
		expect(fieldsOf([edge, edge], "unknown", {})).toEqual([]);
	});

	it("takes an origin to speak OpenAI's API unless it was found not to", () => {
		expect(fieldsOf([gpu, gpu], "chat-completions", { logprobs: yes, tools: yes })).toEqual([]);
		expect(fieldsOf([gpu, { ...gpu, logprobs: false }], "chat-completions", { logprobs: no, tools: yes })).toEqual([
			{ path: first, fields: { logprobs: false } },
		]);
		expect(fieldsOf([gpu, { ...gpu, logprobs: false }], "chat-completions", { logprobs: yes, tools: yes })).toEqual([
			{ path: last, fields: { logprobs: true } },
		]);
	});

	it("says of a checker only whether it gives log-probabilities", () => {
		const confidence = { method: "verify", model: "@cf/checker" };
		const checked = fieldsOf([{ ...edge, confidence }, gpu], "native", { logprobs: no, tools: no });
		expect(checked.find(({ path }) => path.endsWith("confidence"))).toEqual({
			path: `${first}.confidence`,
			fields: { logprobs: false },
		});
	});
});
