import { existsSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { embedText } from "../../src/local/models/hash-embedding.ts";
import { loadCatalogueFromDisk } from "../../src/local/models/load-from-disk.ts";
import { mailPrompt } from "../../src/local/models/mail-prompt.ts";
import { serveLocalOrigin } from "../../src/local/origin/routes.ts";
import { labelModel, readMails } from "./read-fixtures.ts";

const find = await loadCatalogueFromDisk();
const mails = await readMails();
const messages = mailPrompt({ subject: "Lunch on Friday?", body: "Are you free at noon?" });
const RUN = "/client/v4/accounts/local/ai/run/";

async function post(path: string, body: unknown, authorization = "Bearer k") {
	const request = new Request(`http://origin.local${path}`, {
		method: "POST",
		headers: { authorization },
		body: typeof body === "string" ? body : JSON.stringify(body),
	});
	const response = await serveLocalOrigin(find, request, { LOCAL_ORIGIN_KEY: "k" });
	const text = await response.text();
	return { status: response.status, text, json: text.startsWith("{") ? (JSON.parse(text) as never) : undefined };
}

/** OpenAI's own schemas are kept beside the repository, so they may be absent. */
const SCHEMAS = new URL("../../../shared/openai-schemas/", import.meta.url);
function expectToFit(name: string, value: unknown): void {
	if (!existsSync(SCHEMAS)) return;
	const ajv = new Ajv2020({ strict: false });
	ajv.addFormat("float", true);
	const validate = ajv.compile(JSON.parse(readFileSync(new URL(`${name}.schema.json`, SCHEMAS), "utf8")) as object);
	expect(validate(value) ? [] : validate.errors).toEqual([]);
}

describe("embeddings of the local origin", () => {
	it("are given for a text and for several, in OpenAI's shape", async () => {
		const one = await post("/v1/embeddings", { model: "hash-embedding", input: "hello there" });
		expect(one.json).toEqual({
			object: "list",
			data: [{ object: "embedding", index: 0, embedding: embedText("hello there", 256) }],
			model: "hash-embedding",
			usage: { prompt_tokens: 2, total_tokens: 2 },
		});
		expectToFit("embeddings.response", one.json);
		const several = await post("/v1/embeddings", { model: "hash-embedding", input: ["a", "b"], dimensions: 8 });
		expect(several.json).toMatchObject({
			data: [
				{ index: 0, embedding: embedText("a", 8) },
				{ index: 1, embedding: embedText("b", 8) },
			],
		});
	});

	it("are 32-bit floats where base64 is asked for", async () => {
		const body = { model: "hash-embedding", input: "hello", encoding_format: "base64" };
		const { data } = (await post("/v1/embeddings", body)).json as unknown as { data: { embedding: string }[] };
		const bytes = Buffer.from(data[0]?.embedding ?? "", "base64");
		const floats = Array.from({ length: 256 }, (_, index) => bytes.readFloatLE(index * 4));
		expect(bytes).toHaveLength(1_024);
		expect(floats).toEqual(embedText("hello", 256).map(Math.fround));
	});

	it.each([
		["an empty text", { input: "" }, "input"],
		["one empty text of several", { input: ["a", "  "] }, "input"],
		["no texts", { input: [] }, "input"],
		["token numbers", { input: [1, 2] }, "input"],
		["nothing", {}, "input"],
		["more texts than OpenAI takes", { input: Array(2_049).fill("a") }, "input"],
		["more dimensions than there are", { input: "a", dimensions: 257 }, "dimensions"],
		["no dimensions", { input: "a", dimensions: 0 }, "dimensions"],
		["another encoding", { input: "a", encoding_format: "hex" }, "encoding_format"],
	])("refuse %s", async (_case, body, param) => {
		expect(await post("/v1/embeddings", { model: "hash-embedding", ...body })).toMatchObject({
			status: 400,
			json: { error: { param, type: "invalid_request_error" } },
		});
	});

	it.each(["mail-large", "@local/hash-embedding", "nothing"])("are not made by %s", async (model) => {
		expect(await post("/v1/embeddings", { model, input: "a" })).toMatchObject({
			status: 404,
			json: { error: { code: "model_not_found" } },
		});
	});
});

describe("moderation by the local origin", () => {
	interface Moderation {
		readonly model: string;
		readonly results: {
			flagged: boolean;
			categories: Record<string, boolean>;
			category_scores: Record<string, number>;
			category_applied_input_types: Record<string, string[]>;
		}[];
	}
	const moderate = async (body: object) => (await post("/v1/moderations", body)).json as unknown as Moderation;

	it("flags what the large model takes for spam as illicit, and nothing as anything else", async () => {
		const input = mails.map((mail) => `Subject: ${mail.subject}\n\n${mail.body}`);
		const answer = await moderate({ input });
		expectToFit("moderations.response", answer);
		expect(answer.model).toBe("mail-moderation");
		expect(answer.results).toHaveLength(mails.length);
		for (const [index, result] of answer.results.entries()) {
			const distribution = labelModel("mail-large").distribution(mails[index] ?? mails[0]!);
			const isSpam = distribution[0].label === "spam";
			expect(result.flagged).toBe(isSpam);
			expect(Object.keys(result.categories)).toHaveLength(13);
			expect(Object.entries(result.categories).filter(([, flagged]) => flagged)).toEqual(
				isSpam ? [["illicit", true]] : [],
			);
			const { illicit, ...others } = result.category_scores;
			expect(illicit).toBe(Math.exp(distribution.find(({ label }) => label === "spam")?.logprob ?? 0));
			expect(new Set(Object.values(others))).toEqual(new Set([0]));
		}
	});

	it("takes parts for one text", async () => {
		const parts = ["Subject: FREE money, click here\n", "\nGuaranteed!"].map((text) => ({ type: "text", text }));
		const { results } = await moderate({ model: "mail-moderation", input: parts });
		expect(results).toHaveLength(1);
	});

	it.each([
		["an image", { input: [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }] }, 400],
		["no texts", { input: [] }, 400],
		["nothing", {}, 400],
		["another model", { model: "mail-large", input: "a" }, 404],
	])("refuses %s", async (_case, body, status) => {
		expect((await post("/v1/moderations", body)).status).toBe(status);
	});
});

describe("the local origin", () => {
	it("lists its models and those alone", async () => {
		const get = (path: string) =>
			serveLocalOrigin(find, new Request(`http://origin.local${path}`, { headers: { authorization: "Bearer k" } }), {
				LOCAL_ORIGIN_KEY: "k",
			});
		const list = (await (await get("/v1/models")).json()) as { data: { id: string }[] };
		expect(list.data.map(({ id }) => id)).toEqual(["mail-large", "prose-large", "mail-moderation", "hash-embedding"]);
		expect((await get("/v1/models/hash-embedding")).status).toBe(200);
		expect((await get("/v1/models/@local/mail-small")).status).toBe(404);
		expect((await get("/v1/embeddings")).headers.get("allow")).toBe("POST");
	});

	it.each(["hash-embedding", "mail-moderation", "@local/mail-small"])("holds no chat with %s", async (model) => {
		expect((await post("/v1/chat/completions", { model, messages })).status).toBe(404);
	});

	it("answers in OpenAI's terms where the key or the body is wrong", async () => {
		const body = { model: "hash-embedding", input: "a" };
		expect(await post("/v1/embeddings", body, "Bearer wrong")).toMatchObject({
			status: 401,
			json: { error: { code: "invalid_api_key" } },
		});
		expect((await post("/v1/moderations", "{")).status).toBe(400);
	});
});

describe("Cloudflare's REST API on the local origin", () => {
	it("answers in its envelope, with @ as it is or encoded", async () => {
		for (const name of ["@local/mail-small-native", "%40local/mail-small-native"]) {
			expect((await post(`${RUN}${name}`, { messages, temperature: 0 })).json).toMatchObject({
				result: { response: "ham", usage: { completion_tokens: 1 } },
				success: true,
				errors: [],
				messages: [],
			});
		}
		expect((await post(`${RUN}@local/mail-small`, { messages })).json).toMatchObject({
			result: { object: "chat.completion", model: "@local/mail-small" },
		});
	});

	it("streams events without an envelope", async () => {
		const { text } = await post(`${RUN}@local/prose-small-native`, { prompt: "Call me", max_tokens: 3, stream: true });
		expect(text).toMatch(/^data: \{"response":/u);
		expect(text).toMatch(/data: \[DONE\]\n\n$/u);
	});

	it.each([
		["an unknown model", `${RUN}@local/nothing`, {}, "Bearer k", 400, 5007],
		["the origin's own models", `${RUN}mail-large`, { messages }, "Bearer k", 400, 5007],
		["inputs that the model does not take", `${RUN}@local/mail-classifier`, { messages }, "Bearer k", 400, 5006],
		["what is not JSON", `${RUN}@local/mail-small`, "{", "Bearer k", 400, 5004],
		["another key", `${RUN}@local/mail-small`, { messages }, "Bearer wrong", 401, 10_000],
		["another account", "/client/v4/accounts/other/ai/run/@local/mail-small", {}, "Bearer k", 404, 7000],
		["no model", RUN, {}, "Bearer k", 404, 7000],
		["a broken encoding", `${RUN}%4`, {}, "Bearer k", 404, 7000],
	])("refuses %s in its envelope", async (_case, path, body, authorization, status, code) => {
		expect(await post(path, body, authorization)).toMatchObject({
			status,
			json: { success: false, result: null, errors: [{ code }] },
		});
	});
});
