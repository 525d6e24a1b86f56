import { describe, expect, inject, it } from "vitest";
import { callsTo } from "../support/far-side.ts";
import { ask, edgeEntry, MESSAGES, type Reply } from "./ask.ts";

/** Typed without log-probabilities, and with them; see `workers-ai-capabilities.ts`. */
const WITHOUT = "@cf/meta/llama-3.2-3b-instruct";
const WITH = "@cf/zai-org/glm-4.7-flash";
const VERIFIED = {
	model: "@fake/native",
	logprobs: false,
	confidence: { method: "verify", model: "@fake/yes" },
	threshold: 0.5,
};

async function inputsOf(reply: Reply): Promise<Record<string, unknown>[]> {
	return (await reply.tenant.workersAiCalls()).map(({ body }) => body as Record<string, unknown>);
}

async function lastInputsTo(model: string): Promise<Record<string, unknown>> {
	return (await callsTo(inject("workersAiUrl"), model)).at(-1)?.body as Record<string, unknown>;
}

describe("log-probabilities", () => {
	it("are never asked of a model that does not give them: the origin is asked instead", async () => {
		const reply = await ask({ edge: { model: WITHOUT, logprobs: undefined } });
		expect(edgeEntry(reply)).toMatchObject({
			outcome: "skipped",
			reason: "confidence-unavailable",
			detail: "no-logprobs",
		});
		expect(reply.body.cascade.stage).toBe("origin");
		expect(await callsTo(inject("workersAiUrl"), WITHOUT)).toEqual([]);
	});

	it.each([
		[{ method: "mean-logprob" }, 0],
		[{ method: "token-margin" }, 2],
		[{ method: "label-margin", labels: ["spam", "ham"] }, 20],
	])("are asked of a model that gives them, with the alternatives that %o needs", async (confidence, alternatives) => {
		const reply = await ask({ edge: { model: WITH, logprobs: undefined, confidence, threshold: 0.5 } });
		expect(reply.body.cascade.stage).toBe("edge");
		expect(await lastInputsTo(WITH)).toMatchObject({ logprobs: true, top_logprobs: alternatives });
	});

	it("are asked of an unlisted model whose policy says that it gives them", async () => {
		const [inputs] = await inputsOf(await ask({ edge: { model: "@fake/choices", logprobs: true } }));
		expect(inputs).toMatchObject({ logprobs: true, top_logprobs: 0 });
	});

	it("are not asked of a listed model whose policy says that it does not", async () => {
		const reply = await ask({ edge: { model: "@cf/openai/gpt-oss-20b", logprobs: false } });
		expect(edgeEntry(reply)?.detail).toBe("no-logprobs");
		expect(await callsTo(inject("workersAiUrl"), "@cf/openai/gpt-oss-20b")).toEqual([]);
	});

	it("that the client asked for lead past a model without them", async () => {
		const reply = await ask({ edge: VERIFIED }, { logprobs: true });
		expect(edgeEntry(reply)).toMatchObject({ outcome: "skipped", reason: "unsupported-by-edge", detail: "logprobs" });
	});
});

describe("the most tokens to generate", () => {
	it.each([
		["the policy's limit where the client names none", {}, 4_096],
		["the client's max_tokens", { max_tokens: 7 }, 7],
		["the client's max_completion_tokens", { max_completion_tokens: 9 }, 9],
		["the newer of the two names where it sends both", { max_tokens: 7, max_completion_tokens: 9 }, 9],
	])("are always sent: %s", async (_which, fields, expected) => {
		const [inputs] = await inputsOf(await ask({}, fields));
		expect(inputs?.["max_tokens"]).toBe(expected);
		expect(inputs).not.toHaveProperty("max_completion_tokens");
	});

	it("are sent with samples too, and a checker gets one", async () => {
		const agreement = { ...VERIFIED, confidence: { method: "agreement", samples: 2 }, threshold: 1 };
		expect((await inputsOf(await ask({ edge: agreement }))).map((inputs) => inputs["max_tokens"])).toEqual([
			4_096, 4_096,
		]);
		expect((await inputsOf(await ask({ edge: VERIFIED }))).map((inputs) => inputs["max_tokens"])).toEqual([4_096, 1]);
	});
});

describe("what the client sent", () => {
	it("reaches the model in the roles and texts that its template knows", async () => {
		const messages = [
			{ role: "developer", content: "Say one word." },
			{
				role: "user",
				content: [
					{ type: "text", text: "Is this" },
					{ type: "text", text: "spam?" },
				],
			},
		];
		const [inputs] = await inputsOf(await ask({}, { messages }));
		expect(inputs?.["messages"]).toEqual([
			{ role: "system", content: "Say one word." },
			{ role: "user", content: "Is this\nspam?" },
		]);
	});

	it("shapes the answer and no more than the answer", async () => {
		const shaping = { temperature: 0.3, top_p: 0.9, seed: 5, frequency_penalty: 1, presence_penalty: 1 };
		const [answer, verdict] = await inputsOf(await ask({ edge: VERIFIED }, shaping));
		expect(answer).toMatchObject({ ...shaping, messages: MESSAGES });
		expect(verdict).toMatchObject({ temperature: 0, max_tokens: 1 });
		for (const name of ["top_p", "frequency_penalty", "presence_penalty"]) expect(verdict).not.toHaveProperty(name);
	});

	it("seeds each sample differently, and the same way when it is repeated", async () => {
		const edge = { ...VERIFIED, confidence: { method: "agreement", samples: 3 }, threshold: 1 };
		const seeds = async () =>
			(await inputsOf(await ask({ edge }, { seed: 5 }))).map((inputs) => inputs["seed"] as number).toSorted();
		expect(await seeds()).toEqual([5, 6, 7]);
		expect(await seeds()).toEqual([5, 6, 7]);
	});

	it.each([
		["several choices", { n: 2 }, "n"],
		[
			"an image",
			{
				messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }] }],
			},
			"messages[0].content",
		],
		["a parameter that we do not know", { top_k: 40 }, "top_k"],
	])("goes past the edge and unchanged to the origin where it holds %s", async (_what, fields, detail) => {
		const reply = await ask({}, fields);
		expect(edgeEntry(reply)).toMatchObject({ outcome: "skipped", reason: "unsupported-by-edge", detail });
		expect(await reply.tenant.workersAiCalls()).toEqual([]);
		const [call] = await reply.tenant.originCalls();
		expect(call?.body).toMatchObject(fields);
	});

	it.each([
		["goes past a native model", VERIFIED, "origin"],
		["reaches a model that speaks OpenAI's dialect", {}, "edge"],
	])("%s where it holds stop sequences", async (_what, edge, stage) => {
		const reply = await ask({ edge }, { stop: ["\n"] });
		expect(reply.body.cascade.stage).toBe(stage);
		if (stage === "edge") expect((await inputsOf(reply))[0]).toMatchObject({ stop: ["\n"] });
	});

	it("is refused where it insists on an edge that cannot serve it", async () => {
		const reply = await ask({}, { top_k: 40 }, { "x-cascade-route": "edge" });
		expect(reply.status).toBe(400);
		expect(reply.body.error).toMatchObject({
			param: "top_k",
			code: "unsupported_parameter",
			type: "invalid_request_error",
		});
	});
});
