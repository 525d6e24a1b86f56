import { describe, expect, it } from "vitest";
import { unsupportedByWorkersAi } from "../../../src/openai/embeddings/edge-support.ts";
import { parseEmbeddingsRequest } from "../../../src/openai/embeddings/parse-embeddings-request.ts";
import { HAS_OPENAI_SCHEMAS, schemaProblems } from "../../support/openai-schemas.ts";

const parsed = (fields: object) => {
	const result = parseEmbeddingsRequest({ model: "vectors", ...fields });
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
};
const paramsOf = (body: unknown) => {
	const result = parseEmbeddingsRequest(body);
	return result.ok ? [] : result.error.map(({ param }) => param);
};

describe("a request for embeddings", () => {
	it.each([
		["a text", "a", ["a"], 1],
		["texts", ["a", "b"], ["a", "b"], 2],
		["tokens of one text", [1, 2, 3], undefined, 1],
		["tokens of several", [[1], [2, 3]], undefined, 2],
		["as many texts as OpenAI takes", Array.from({ length: 2_048 }, () => "a"), expect.any(Array), 2_048],
	])("may hold %s", (_what, input, texts, count) => {
		expect(parsed({ input })).toMatchObject({ texts, count });
		if (HAS_OPENAI_SCHEMAS) expect(schemaProblems("embeddings.request", { model: "vectors", input })).toEqual([]);
	});

	it("wants numbers unless it says base64", () => {
		expect(parsed({ input: "a" }).encoding).toBe("float");
		expect(parsed({ input: "a", encoding_format: "float" }).encoding).toBe("float");
		expect(parsed({ input: "a", encoding_format: "base64" }).encoding).toBe("base64");
	});

	it("keeps every field, known or not, for an origin", () => {
		const fields = { input: "a", dimensions: 256, user: "ann", truncate: "END" };
		expect(parsed(fields).body).toEqual({ model: "vectors", ...fields });
	});

	it.each([
		[{ input: "a" }, ["model"]],
		[{ model: 5, input: "a" }, ["model"]],
		[{ model: "m" }, ["input"]],
		[{ model: "m", input: "" }, ["input"]],
		[{ model: "m", input: 5 }, ["input"]],
		[{ model: "m", input: [] }, ["input"]],
		[{ model: "m", input: ["a", ""] }, ["input[1]"]],
		[{ model: "m", input: ["a", 1] }, ["input[1]"]],
		[{ model: "m", input: [1, "a"] }, ["input[1]"]],
		[{ model: "m", input: [1, -1] }, ["input[1]"]],
		[{ model: "m", input: [1, 1.5] }, ["input[1]"]],
		[{ model: "m", input: [[1], []] }, ["input[1]"]],
		[{ model: "m", input: [[1], ["a"]] }, ["input[1]"]],
		[{ model: "m", input: [{}] }, ["input[0]"]],
		[{ model: "m", input: Array.from({ length: 2_049 }, () => "a") }, ["input"]],
		[{ model: "m", input: "a", encoding_format: "hex" }, ["encoding_format"]],
		[{ model: "m", input: "a", dimensions: 1.5 }, ["dimensions"]],
		[{ model: "m", input: "a", dimensions: 0 }, ["dimensions"]],
		[{ model: "m", input: "a", user: 5 }, ["user"]],
		[{ encoding_format: "hex", dimensions: -1 }, ["model", "encoding_format", "dimensions", "input"]],
		[[], [null]],
		[null, [null]],
	])("is told what is wrong by the field's name: %o", (body, params) => {
		expect(paramsOf(body)).toEqual(params);
	});
});

describe("what a model on Workers AI cannot serve", () => {
	it.each([
		[{ input: "a", encoding_format: "base64", user: "ann", dimensions: null }, null],
		[{ input: [1, 2] }, "input"],
		[{ input: "a", dimensions: 256 }, "dimensions"],
		[{ input: "a", truncate: "END" }, "truncate"],
	])("is named: %o", (fields, named) => {
		expect(unsupportedByWorkersAi(parsed(fields))).toBe(named);
	});
});
