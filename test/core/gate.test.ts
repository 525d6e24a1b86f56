import { describe, expect, it } from "vitest";
import type { ChatRequest } from "../../src/core/completion.ts";
import { decideGate, estimatedTokens, type Gate, type GateScore } from "../../src/core/gate.ts";
import { exampleRequest } from "./examples.ts";

const plain = exampleRequest();
const decide = (gate: Partial<Gate> | undefined, request: ChatRequest = plain) =>
	decideGate(gate === undefined ? undefined : { skipWhen: [], ...gate }, request, 100);
const withContent = (...parts: readonly unknown[]) => exampleRequest({ messages: [{ role: "user", content: parts }] });
const tools = [{ type: "function", function: { name: "f" } }];

describe("a request is let through", () => {
	it("without a gate, and by a gate without rules", () => {
		expect(decide(undefined)).toEqual({ skip: false, score: null });
		expect(decide({})).toEqual({ skip: false, score: null });
	});

	it("by rules that are about other requests", () => {
		expect(decide({ skipWhen: ["tools", "images", "response-format", "several-choices"] })).toEqual({
			skip: false,
			score: null,
		});
	});
});

describe("a request is gated", () => {
	it.each([
		["tools", exampleRequest({ body: { tools } })],
		["tools", exampleRequest({ body: { functions: [{ name: "f" }] } })],
		["images", withContent({ type: "text", text: "a" }, { type: "image_url", image_url: { url: "data:" } })],
		["images", withContent({ type: "input_audio", input_audio: {} })],
		["images", withContent({ type: "file", file: {} })],
		["response-format", exampleRequest({ body: { response_format: { type: "json_object" } } })],
		["response-format", exampleRequest({ body: { response_format: { type: "json_schema" } } })],
		["several-choices", exampleRequest({ choices: 2 })],
	] as const)("by the rule %s, and by no other", (rule, request) => {
		const rules = ["tools", "images", "response-format", "several-choices"] as const;
		for (const candidate of rules) {
			const decision = decide({ skipWhen: [candidate] }, request);
			expect(decision).toEqual(
				candidate === rule ? { skip: true, detail: rule, score: null } : { skip: false, score: null },
			);
		}
		expect(decide(undefined, request).skip).toBe(false);
	});

	it("by no rule for asking for nothing", () => {
		const request = exampleRequest({ body: { tools: [], response_format: { type: "text" } } });
		expect(decide({ skipWhen: ["tools", "response-format"] }, request).skip).toBe(false);
		expect(decide({ skipWhen: ["images"] }, withContent({ type: "refusal", refusal: "No." })).skip).toBe(false);
	});

	it("by the first of the policy's rules that applies", () => {
		const request = exampleRequest({ choices: 2, body: { tools } });
		expect(decide({ skipWhen: ["images", "several-choices", "tools"] }, request)).toMatchObject({
			detail: "several-choices",
		});
	});

	it("for its length, where that is more than the policy says", () => {
		const tokens = estimatedTokens(plain);
		expect(decide({ maxPromptTokens: tokens })).toEqual({ skip: false, score: null });
		expect(decide({ maxPromptTokens: tokens - 1 })).toEqual({ skip: true, detail: "prompt-tokens", score: null });
	});

	it("by a rule before its length, and by its length before its score", () => {
		const score: GateScore = { features: 1, bias: -10, weights: {}, threshold: 0.5 };
		const request = exampleRequest({ choices: 2 });
		expect(decide({ skipWhen: ["several-choices"], maxPromptTokens: 1, score }, request)).toMatchObject({
			detail: "several-choices",
		});
		expect(decide({ maxPromptTokens: 1, score })).toEqual({ skip: true, detail: "prompt-tokens", score: null });
	});
});

describe("a gate's score", () => {
	const scored = (differences: Partial<GateScore>, request = plain) =>
		decide({ score: { features: 1, bias: 0, weights: {}, threshold: 0.5, ...differences } }, request);

	it("is the logistic function of bias and weighted features", () => {
		expect(scored({ bias: 0 }).score).toBe(0.5);
		expect(scored({ bias: 1 }).score).toBeCloseTo(1 / (1 + Math.exp(-1)), 15);
		expect(scored({ bias: 0.5, weights: { messageCount: -2, temperature: 1 } }).score).toBeCloseTo(
			1 / (1 + Math.exp(0.5)),
			15,
		);
		expect(scored({ weights: { logMaxOutputTokens: 1 } }).score).toBeCloseTo(101 / 102, 12);
	});

	it("lets a tie through, and gates below it", () => {
		expect(scored({ threshold: 0.5 })).toEqual({ skip: false, score: 0.5 });
		expect(scored({ threshold: 0.5, bias: -1e-9 })).toMatchObject({ skip: true, detail: "score" });
		expect(scored({ threshold: 0, bias: -1e6 })).toEqual({ skip: false, score: 0 });
		expect(scored({ threshold: 1, bias: 1e6 })).toEqual({ skip: false, score: 1 });
	});

	it("gates where it is no number: the last stage is the safe side", () => {
		expect(scored({ bias: Number.NaN, threshold: 0 })).toEqual({ skip: true, detail: "score", score: Number.NaN });
		expect(scored({ threshold: Number.NaN }).skip).toBe(true);
		expect(scored({ bias: Number.NEGATIVE_INFINITY, weights: { messageCount: Number.POSITIVE_INFINITY } }).skip).toBe(
			true,
		);
	});
});

describe("the estimated tokens of a prompt", () => {
	const tokensOf = (content: unknown, body = {}) =>
		estimatedTokens(exampleRequest({ messages: [{ role: "user", content }], body }));

	it("are a quarter of its bytes, rounded up, and four a message", () => {
		expect(["", "a", "abcd", "abcde"].map((text) => tokensOf(text))).toEqual([4, 5, 5, 6]);
		const messages = [
			{ role: "system", content: "abc" },
			{ role: "user", content: "abcde" },
		];
		expect(estimatedTokens(exampleRequest({ messages }))).toBe(5 + 6);
	});

	it("count the bytes of UTF-8, not characters", () => {
		for (const text of ["é".repeat(10), "я".repeat(7), "汉字".repeat(6), "😀".repeat(5), "aé汉😀"])
			expect(tokensOf(text), text).toBe(4 + Math.ceil(new TextEncoder().encode(text).length / 4));
	});

	it("count the text of parts, and nothing for a picture", () => {
		expect(tokensOf([{ type: "text", text: "abcd" }, { type: "image_url" }])).toBe(5);
	});

	it("count what models are shown beside the messages", () => {
		const quarter = (value: unknown) => Math.ceil(JSON.stringify(value).length / 4);
		const format = { type: "json_object" };
		expect(tokensOf("", { tools })).toBe(4 + quarter(tools));
		expect(tokensOf("", { response_format: format })).toBe(4 + quarter(format));
		const calls = [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }];
		const messages = [{ role: "assistant", content: null, tool_calls: calls }];
		expect(estimatedTokens(exampleRequest({ messages }))).toBe(4 + quarter(calls));
	});
});
