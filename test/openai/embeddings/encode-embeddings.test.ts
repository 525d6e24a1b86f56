import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { embeddingsAnswer, readOriginEmbeddings } from "../../../src/openai/embeddings/encode-embeddings.ts";
import { BASE64_FLOATS } from "../../../src/web/base64-floats.ts";
import { HAS_OPENAI_SCHEMAS, schemaProblems } from "../../support/openai-schemas.ts";

const read = (answer: unknown, count = 1, encoding: "float" | "base64" = "float") =>
	readOriginEmbeddings(answer, { count, encoding }, BASE64_FLOATS);
const dataOf = (result: ReturnType<typeof read>) => (result.ok ? result.value.body["data"] : result.error);

describe("vectors of a model that speaks another form", () => {
	it("are in OpenAI's shape, with no tokens counted", () => {
		const { body, promptTokens } = embeddingsAnswer([[1, 2], [3]], "float", BASE64_FLOATS);
		expect(body).toEqual({
			object: "list",
			data: [
				{ object: "embedding", index: 0, embedding: [1, 2] },
				{ object: "embedding", index: 1, embedding: [3] },
			],
			usage: { prompt_tokens: 0, total_tokens: 0 },
		});
		expect(promptTokens).toBeNull();
		if (HAS_OPENAI_SCHEMAS) expect(schemaProblems("embeddings.response", { ...body, model: "vectors" })).toEqual([]);
	});
});

describe("vectors in base64", () => {
	it("are what OpenAI's own client asks for, and reads as numbers", async () => {
		let asked: unknown;
		const client = new OpenAI({
			apiKey: "none",
			baseURL: "https://edge.example/v1",
			async fetch(_url, init) {
				asked = JSON.parse(String(init?.body));
				return Response.json(embeddingsAnswer([[0.25, -1.5]], "base64", BASE64_FLOATS).body);
			},
		});
		const { data } = await client.embeddings.create({ model: "vectors", input: "a" });
		expect(asked).toMatchObject({ encoding_format: "base64" });
		expect(data[0]?.embedding).toEqual([0.25, -1.5]);
	});
});

describe("an origin's answer", () => {
	it("is put in the inputs' order, and keeps what we do not know", () => {
		const answer = {
			id: "embd-1",
			data: [
				{ index: 1, embedding: [2], extra: true },
				{ index: 0, embedding: [1] },
			],
			usage: { prompt_tokens: 3, total_tokens: 4, cached: 1 },
		};
		const result = read(answer, 2);
		expect(result.ok && result.value).toEqual({
			body: {
				id: "embd-1",
				object: "list",
				data: [
					{ object: "embedding", index: 0, embedding: [1] },
					{ object: "embedding", index: 1, embedding: [2], extra: true },
				],
				usage: { prompt_tokens: 3, total_tokens: 4, cached: 1 },
			},
			promptTokens: 3,
		});
	});

	it("without indexes is in the order that it is in", () => {
		const data = dataOf(read({ data: [{ embedding: [1] }, { embedding: [2] }] }, 2));
		expect(data).toMatchObject([
			{ index: 0, embedding: [1] },
			{ index: 1, embedding: [2] },
		]);
	});

	it("without a usage counts 0 and knows nothing", () => {
		const result = read({ data: [{ embedding: [1] }] });
		expect(result).toMatchObject({ ok: true, value: { promptTokens: null, body: { usage: { prompt_tokens: 0 } } } });
	});

	it("without a total counts the prompt", () => {
		const result = read({ data: [{ embedding: [1] }], usage: { prompt_tokens: 5 } });
		expect(result).toMatchObject({ value: { body: { usage: { prompt_tokens: 5, total_tokens: 5 } } } });
	});

	it("is written as the client asked, whichever way it came", () => {
		const text = BASE64_FLOATS.encode([1, -2]);
		expect(dataOf(read({ data: [{ embedding: [1, -2] }] }, 1, "base64"))).toMatchObject([{ embedding: text }]);
		expect(dataOf(read({ data: [{ embedding: text }] }, 1, "base64"))).toMatchObject([{ embedding: text }]);
		expect(dataOf(read({ data: [{ embedding: text }] }))).toMatchObject([{ embedding: [1, -2] }]);
	});

	it.each([
		["no object", [], 1],
		["no list", { data: {} }, 1],
		["too few", { data: [] }, 1],
		["too many", { data: [{ embedding: [1] }, { embedding: [1] }] }, 1],
		["no entry", { data: [null] }, 1],
		["no vector", { data: [{}] }, 1],
		["an empty vector", { data: [{ embedding: [] }] }, 1],
		["a vector of text", { data: [{ embedding: ["1"] }] }, 1],
		["a vector with a hole", { data: [{ embedding: [1, null] }] }, 1],
		["no base64", { data: [{ embedding: "?" }] }, 1],
		["half a float", { data: [{ embedding: btoa("abc") }] }, 1],
		[
			"one index twice",
			{
				data: [
					{ index: 0, embedding: [1] },
					{ index: 0, embedding: [1] },
				],
			},
			2,
		],
		["an index beyond the inputs", { data: [{ index: 1, embedding: [1] }] }, 1],
		["an index that is none", { data: [{ index: "0", embedding: [1] }] }, 1],
	])("is refused with %s", (_what, answer, count) => {
		expect(read(answer, count)).toMatchObject({ ok: false, error: expect.any(String) });
	});

	it.each(["?", "", "AAA", "AAAA\n", "A=AA"])("is refused as base64 with %o", (embedding) => {
		expect(read({ data: [{ embedding }] }, 1, "base64").ok).toBe(false);
	});
});
