import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import type { ChatMessage } from "../../src/core/completion.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { PROMPT_FEATURES, promptFeatures } from "../../src/core/prompt-features.ts";
import { exampleRequest } from "./examples.ts";

const featuresOf = (messages: readonly ChatMessage[], body: JsonObject = {}) =>
	promptFeatures(exampleRequest({ messages, body }), 100);
const user = (content: unknown): ChatMessage => ({ role: "user", content });

describe("the features of a prompt", () => {
	it("are those that a gate's weights can name, each a number", () => {
		expect(Object.keys(featuresOf([user("a")]))).toEqual([...PROMPT_FEATURES]);
	});

	it("count characters, lines and marks over all messages", () => {
		const features = featuresOf([
			{ role: "system", content: "Be brief.\nAnd kind." },
			user([
				{ type: "text", text: "Is `x = 1;` 42% of é?" },
				{ type: "image_url", image_url: {} },
			]),
		]);
		const characters = 19 + 21;
		expect(features).toEqual({
			logPromptCharacters: Math.log(1 + characters),
			messageCount: 2,
			logLastMessageCharacters: Math.log(1 + 21),
			hasSystemMessage: 1,
			digitShare: 3 / characters,
			nonAsciiShare: 1 / characters,
			questionMarks: 1,
			codeMarks: 4,
			lineCount: 3,
			hasTools: 0,
			hasResponseFormat: 0,
			logMaxOutputTokens: Math.log(101),
			temperature: 1,
		});
	});

	it("know question marks of other scripts, and each sign of code", () => {
		expect(featuresOf([user("? ？ ؟ ¿")]).questionMarks).toBe(3);
		expect(featuresOf([user("`{};=<> ()[]")]).codeMarks).toBe(7);
	});

	it("say whether there is a system message, by either of its names", () => {
		const withRole = (role: string) => featuresOf([{ role, content: "a" }, user("b")]).hasSystemMessage;
		expect(["system", "developer", "user", "assistant"].map(withRole)).toEqual([1, 1, 0, 0]);
	});

	it("say what the request sets", () => {
		const tool = { type: "function", function: { name: "f" } };
		const hasTools = (body: JsonObject) => featuresOf([user("a")], body).hasTools;
		const hasFormat = (type: string) => featuresOf([user("a")], { response_format: { type } }).hasResponseFormat;
		expect([hasTools({ tools: [tool] }), hasTools({ functions: [{}] }), hasTools({ tools: [] })]).toEqual([1, 1, 0]);
		expect([hasFormat("json_object"), hasFormat("json_schema"), hasFormat("text")]).toEqual([1, 1, 0]);
		expect(featuresOf([user("a")], { temperature: 0 }).temperature).toBe(0);
		expect(featuresOf([user("a")], { temperature: null }).temperature).toBe(1);
	});

	it("are numbers without any text as well", () => {
		const features = featuresOf([user(""), { role: "assistant", content: null }]);
		expect(features).toMatchObject({ logPromptCharacters: 0, digitShare: 0, nonAsciiShare: 0, lineCount: 0 });
	});

	it("are finite, and shares are shares, whatever is asked", () => {
		const message = fc.record({ role: fc.constantFrom("system", "user"), content: fc.string({ unit: "grapheme" }) });
		fc.assert(
			fc.property(fc.array(message, { minLength: 1, maxLength: 5 }), (messages) => {
				const features = featuresOf(messages);
				for (const feature of PROMPT_FEATURES) expect(Number.isFinite(features[feature])).toBe(true);
				expect(features.digitShare + features.nonAsciiShare).toBeLessThanOrEqual(1);
				const text = messages.map(({ content }) => content).join("");
				const share = [...text].reduce((total, mark) => total + (mark > "\u007f" ? mark.length : 0), 0);
				expect(features.nonAsciiShare).toBeCloseTo(share / Math.max(1, text.length));
			}),
			{ seed: 1 },
		);
	});
});
