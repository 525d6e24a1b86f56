import { describe, expect, it } from "vitest";
import { parseModerationRequest } from "../../../src/openai/moderations/parse-moderation-request.ts";
import { HAS_OPENAI_SCHEMAS, schemaProblems } from "../../support/openai-schemas.ts";

const IMAGE = { type: "image_url", image_url: { url: "https://images.example/a.png" } };
const TEXT = { type: "text", text: "look" };

const parsed = (body: object) => {
	const result = parseModerationRequest(body);
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
};
const paramsOf = (body: unknown) => {
	const result = parseModerationRequest(body);
	return result.ok ? [] : result.error.map(({ param }) => param);
};

describe("a request for verdicts", () => {
	it.each([
		["a text", { input: "a" }, ["a"], false],
		["several texts", { input: ["a", "b"], model: "guard" }, ["a", "b"], true],
		["several parts, which are one input", { input: [TEXT, IMAGE, TEXT] }, ["look\nlook"], false],
	])("may hold %s", (_what, body, texts, isList) => {
		expect(parsed(body).inputs.map(({ text }) => text)).toEqual(texts);
		expect(parsed(body).isList).toBe(isList);
		if (HAS_OPENAI_SCHEMAS) expect(schemaProblems("moderations.request", body)).toEqual([]);
	});

	it("leaves the model to the policy where it names none", () => {
		expect(parsed({ input: "a" }).model).toBeUndefined();
		expect(parsed({ input: "a", model: null }).model).toBeUndefined();
		expect(parsed({ input: "a", model: "guard" }).model).toBe("guard");
	});

	it("says where its first image is, and keeps nothing of a part but what is known of it", () => {
		const [input] = parsed({ input: [TEXT, { ...IMAGE, detail: "high" }] }).inputs;
		expect(input?.firstImage).toBe("input[1]");
		expect(input?.wire).toEqual([TEXT, IMAGE]);
		expect(parsed({ input: [TEXT] }).inputs[0]?.firstImage).toBeUndefined();
	});

	it("may hold an image alone", () => {
		expect(parsed({ input: [IMAGE] }).inputs).toMatchObject([{ text: "", firstImage: "input[0]" }]);
	});

	it.each([
		[{}, ["input"]],
		[{ input: null }, ["input"]],
		[{ input: "" }, ["input"]],
		[{ input: [] }, ["input"]],
		[{ input: ["a", 5] }, ["input[1]"]],
		[{ input: [TEXT, "a"] }, ["input[1]"]],
		[{ input: [TEXT, { type: "audio" }] }, ["input[1].type"]],
		[{ input: [{ type: "text" }] }, ["input[0].text"]],
		[{ input: [{ type: "text", text: " " }] }, ["input"]],
		[{ input: [{ type: "image_url", image_url: "https://images.example" }] }, ["input[0].image_url.url"]],
		[{ input: [{ type: "image_url", image_url: { url: "" } }] }, ["input[0].image_url.url"]],
		[{ input: Array.from({ length: 33 }, () => "a") }, ["input"]],
		[{ input: Array.from({ length: 65 }, () => TEXT) }, ["input"]],
		[{ input: "a", model: "" }, ["model"]],
		[{ input: "a", user: "ann" }, ["user"]],
		[[], [null]],
	])("is told what is wrong by the field's name: %o", (body, params) => {
		expect(paramsOf(body)).toEqual(params);
	});
});
