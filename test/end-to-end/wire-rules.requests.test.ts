/** What a request may ask for, as official clients ask for it, and what becomes of it: one test for each rule. */
import { describe, expect, it } from "vitest";
import { ANSWERED_MAILS } from "./answering-stages.ts";
import { factsOf, post } from "./client.ts";

const EDGE = { "x-cascade-route": "edge" };
const ORIGIN = { "x-cascade-route": "origin" };
const PROSE = { model: "prose", messages: [{ role: "user", content: "Tell me about the white whale" }] };

interface Body {
	readonly choices: readonly { readonly finish_reason: string; readonly message: { readonly content: string } }[];
	readonly usage: { readonly completion_tokens: number };
}

async function bodyOf(fields: object, headers = {}): Promise<Body> {
	const response = await post({ ...fields }, headers);
	expect(response.status).toBe(200);
	return (await response.json()) as Body;
}

async function refusalOf(fields: object, headers = {}) {
	const response = await post({ ...fields }, headers);
	expect(response.status).toBe(400);
	return ((await response.json()) as { error: { param: string; message: string } }).error;
}

describe.each(ANSWERED_MAILS)("a request for what the stage $stage answers", ({ stage, label, mail }) => {
	const request = { model: "cascade", temperature: 0, messages: mail.messages };

	it("may name the system message as OpenAI's reasoning models have it, which is `developer`", async () => {
		const messages = mail.messages.map((message) =>
			message.role === "system" ? { ...message, role: "developer" } : message,
		);
		const body = await bodyOf({ ...request, messages });
		expect(body.choices[0]?.message.content).toBe(label);
		expect(factsOf(body).stage).toBe(stage);
	});

	it("may have its text in parts", async () => {
		const messages = mail.messages.map(({ role, content }) => ({ role, content: [{ type: "text", text: content }] }));
		const body = await bodyOf({ ...request, messages });
		expect(body.choices[0]?.message.content).toBe(label);
		expect(factsOf(body).stage).toBe(stage);
	});

	it.each([
		["LlamaIndex", { temperature: 0.1, top_p: 1, max_tokens: 64, n: 1 }],
		["the AI SDK", { temperature: 0, max_tokens: 64, frequency_penalty: 0, presence_penalty: 0, seed: 1 }],
		["LangChain", { temperature: 0, top_p: 1, stream: false, n: 1 }],
		[
			"OpenAI's client",
			{ max_completion_tokens: 64, store: false, user: "x", metadata: { a: "b" }, service_tier: "auto" },
		],
		["somebody who sends everything as null", { stop: null, tools: null, n: null, seed: null, logit_bias: null }],
	])("may hold what %s sends beside it", async (_who, fields) => {
		const body = await bodyOf({ ...request, ...fields });
		expect(["spam", "ham"]).toContain(body.choices[0]?.message.content);
		expect(factsOf(body).stage).toBe(stage);
	});
});

describe("a limit on the answer's tokens", () => {
	it.each([
		["max_tokens", EDGE],
		["max_tokens", ORIGIN],
		["max_completion_tokens", EDGE],
		["max_completion_tokens", ORIGIN],
	])("is kept, under either name: %s, %o", async (name, headers) => {
		const request = { ...PROSE, seed: 11 };
		expect((await bodyOf({ ...request, [name]: 30 }, headers)).usage.completion_tokens).toBeGreaterThan(5);
		const { choices, usage } = await bodyOf({ ...request, [name]: 5 }, headers);
		expect(choices[0]?.finish_reason).toBe("length");
		expect(usage.completion_tokens).toBe(5);
	});
});

describe("several choices", () => {
	it("are really served, by the last stage", async () => {
		const body = await bodyOf({ ...PROSE, n: 3, max_tokens: 5 });
		expect(body.choices).toHaveLength(3);
		expect(factsOf(body)).toMatchObject({ stage: "origin", reason: "unsupported-by-edge" });
	});

	it("are refused by name where only the small model may answer", async () => {
		expect(await refusalOf({ ...PROSE, n: 3 }, EDGE)).toMatchObject({ param: "n" });
	});
});

describe("a stop sequence", () => {
	it.each([EDGE, ORIGIN])("ends the answer before itself: %o", async (headers) => {
		const request = { ...PROSE, seed: 11, max_tokens: 30 };
		const whole = (await bodyOf(request, headers)).choices[0]?.message.content ?? "";
		const stop = ` ${whole.split(" ")[2] ?? ""}`;
		const { choices } = await bodyOf({ ...request, stop: [stop] }, headers);
		expect(choices[0]?.finish_reason).toBe("stop");
		expect(choices[0]?.message.content).toBe(whole.slice(0, whole.indexOf(stop)));
	});

	it("is not dropped where the small model does not know any", async () => {
		const messages = ANSWERED_MAILS[0]?.mail.messages;
		expect(factsOf(await bodyOf({ model: "verified", messages, stop: ["x"] }))).toMatchObject({
			stage: "origin",
			reason: "unsupported-by-edge",
			trail: [{ detail: "stop" }, {}],
		});
	});
});

describe("a seed", () => {
	it.each([EDGE, ORIGIN])("makes answers repeat: %o", async (headers) => {
		const ask = async (seed: number) =>
			(await bodyOf({ ...PROSE, seed, max_tokens: 30 }, headers)).choices[0]?.message.content;
		expect(await ask(7)).toBe(await ask(7));
		expect(await ask(7)).not.toBe(await ask(8));
	});
});

describe("a request that cannot be meant", () => {
	it.each([
		["top_logprobs", { top_logprobs: 2 }],
		["stream_options", { stream_options: { include_usage: true } }],
		["n", { n: 0 }],
		["temperature", { temperature: 3 }],
		["max_tokens", { max_tokens: 0 }],
		["stop", { stop: ["a", "b", "c", "d", "e"] }],
		["response_format.json_schema", { response_format: { type: "json_schema" } }],
		["messages[0].role", { messages: [{ role: "boss", content: "x" }] }],
	])("is refused by the name of what is wrong: %s", async (param, fields) => {
		const refusal = await refusalOf({ ...PROSE, ...fields });
		expect(refusal.param).toBe(param);
		expect(refusal.message).toContain(`'${param}'`);
	});
});
