import { describe, expect, it } from "vitest";
import { parseClassificationRequest } from "../../../src/openai/classifications/parse-classification-request.ts";

const plain = { model: "mail", input: "hello", labels: ["spam", "ham"] };

const parsed = (fields: object = {}) => {
	const result = parseClassificationRequest({ ...plain, ...fields });
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
};
const paramsOf = (body: unknown) => {
	const result = parseClassificationRequest(body);
	return result.ok ? [] : result.error.map(({ param }) => param);
};
const problemWith = (fields: object) => paramsOf({ ...plain, ...fields });
const labelsTo = (count: number) => Array.from({ length: count }, (_, index) => `label ${index}`);

describe("a request for labels", () => {
	it("asks for one label of one text", () => {
		expect(parsed()).toEqual({
			model: "mail",
			texts: ["hello"],
			isList: false,
			labels: [{ name: "spam" }, { name: "ham" }],
			instructions: undefined,
		});
	});

	it("may ask for several texts, describe labels and give instructions", () => {
		const labels = ["spam", { label: "ham", description: "wanted" }, { label: "C++" }];
		expect(parsed({ input: ["a", "b"], labels, instructions: "Be strict." })).toEqual({
			model: "mail",
			texts: ["a", "b"],
			isList: true,
			labels: [{ name: "spam" }, { name: "ham", description: "wanted" }, { name: "C++", description: undefined }],
			instructions: "Be strict.",
		});
	});

	it("takes 2 to 20 labels, 1 to 32 texts and labels of 1 to 100 characters", () => {
		expect(parsed({ labels: labelsTo(20) }).labels).toHaveLength(20);
		expect(problemWith({ labels: labelsTo(21) })).toEqual(["labels"]);
		expect(problemWith({ labels: labelsTo(1) })).toEqual(["labels"]);
		expect(parsed({ input: labelsTo(32) }).texts).toHaveLength(32);
		expect(problemWith({ input: labelsTo(33) })).toEqual(["input"]);
		expect(problemWith({ input: [] })).toEqual(["input"]);
		expect(parsed({ labels: ["x".repeat(100), "b"] }).labels).toHaveLength(2);
		expect(problemWith({ labels: ["x".repeat(101), "b"] })).toEqual(["labels[0]"]);
	});
});

describe("what is wrong with a request for labels", () => {
	it.each([
		[{ model: undefined }, ["model"]],
		[{ model: "" }, ["model"]],
		[{ input: undefined }, ["input"]],
		[{ input: 5 }, ["input"]],
		[{ input: " " }, ["input"]],
		[{ input: ["a", 5, ""] }, ["input[1]", "input[2]"]],
		[{ labels: undefined }, ["labels"]],
		[{ labels: "spam" }, ["labels"]],
		[{ labels: ["spam", ""] }, ["labels[1]"]],
		[{ labels: ["spam", 5] }, ["labels[1]"]],
		[{ labels: ["spam", " ham"] }, ["labels[1]"]],
		[{ labels: ["spam", "two\nlines"] }, ["labels[1]"]],
		[{ labels: ["spam", { description: "wanted" }] }, ["labels[1].label"]],
		[{ labels: ["spam", { label: "ham", description: 5 }] }, ["labels[1].description"]],
		[{ labels: ["spam", { label: "ham", weight: 2 }] }, ["labels[1].weight"]],
		[{ labels: ["spam", "ham", "SPAM", { label: "Ham" }] }, ["labels[2]", "labels[3]"]],
		[{ instructions: "" }, ["instructions"]],
		[{ temperature: 0 }, ["temperature"]],
	])("is told by the field's name: %o", (fields, params) => {
		expect(problemWith(fields)).toEqual(params);
	});

	it("is told all at once", () => {
		expect(paramsOf({ input: "", labels: ["a"], top_k: 1 })).toEqual(["model", "labels", "top_k", "input"]);
	});

	it.each([[null], [[]], ["text"], [5]])("may be that the body is no object: %o", (body) => {
		expect(paramsOf(body)).toEqual([null]);
	});
});
