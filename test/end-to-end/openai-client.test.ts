import { APIUserAbortError } from "openai";
import { describe, expect, inject, it } from "vitest";
import { callerLeft } from "../support/far-side.ts";
import { client, factsOf, openaiClient, ORIGIN } from "./client.ts";
import { SURE_MAIL, UNSURE_MAIL } from "./mails.ts";
import { STACK_KEYS } from "../support/stack-policy.ts";

const ASKED = "Is this spam?";
const toFake = (model: string) => ({ model, messages: [{ role: "user" as const, content: ASKED }] });
const LABEL_TOOL = {
	type: "function" as const,
	function: {
		name: "label_mail",
		parameters: {
			type: "object",
			properties: { label: { type: "string", enum: ["spam", "ham"] } },
			required: ["label"],
		},
	},
};

describe.each([
	["accepted at the edge", SURE_MAIL, SURE_MAIL.small.label, "edge"],
	["escalated to the origin", UNSURE_MAIL, UNSURE_MAIL.large.label, "origin"],
])("a mail that is %s", (_what, { messages }, label, stage) => {
	const request = { model: "cascade", temperature: 0, messages };

	it("is answered in one piece", async () => {
		const answer = await client.chat.completions.create(request);
		expect(answer.choices[0]).toMatchObject({
			message: { role: "assistant", content: label, refusal: null },
			finish_reason: "stop",
		});
		expect(answer.usage?.total_tokens).toBeGreaterThan(0);
		expect(answer._request_id).toMatch(/^req_/u);
		expect(factsOf(answer).stage).toBe(stage);
	});

	it("is answered as a stream", async () => {
		const stream = await client.chat.completions.create({ ...request, stream: true });
		let content = "";
		const facts = [];
		for await (const chunk of stream) {
			content += chunk.choices[0]?.delta.content ?? "";
			expect(chunk.usage ?? null).toBeNull();
			if ("cascade" in chunk) facts.push(factsOf(chunk));
		}
		expect(content).toBe(label);
		expect(facts).toMatchObject([{ stage }]);
	});

	it("is answered as a stream with its usage at the end", async () => {
		const stream = await client.chat.completions.create({
			...request,
			stream: true,
			stream_options: { include_usage: true },
		});
		const chunks = [];
		for await (const chunk of stream) chunks.push(chunk);
		expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 1 } });
		expect(factsOf(chunks.at(-1)).stage).toBe(stage);
	});

	it("is answered to the client's stream helper", async () => {
		const answer = await client.chat.completions
			.stream({ ...request, stream_options: { include_usage: true } })
			.finalChatCompletion();
		expect(answer.choices[0]).toMatchObject({ message: { role: "assistant", content: label }, finish_reason: "stop" });
		expect(answer.usage?.completion_tokens).toBe(1);
	});

	it("is answered in JSON by the client's wish", async () => {
		const schema = {
			type: "object",
			properties: { label: { enum: ["spam", "ham"] } },
			required: ["label"],
			additionalProperties: false,
		};
		const formats = [
			{ type: "json_object" },
			{ type: "json_schema", json_schema: { name: "label", strict: true, schema } },
		] as const;
		for (const response_format of formats) {
			const answer = await client.chat.completions.create({ ...request, response_format });
			expect(JSON.parse(answer.choices[0]?.message.content ?? "")).toEqual({ label });
			expect(factsOf(answer).stage).toBe(stage);
		}
	});
});

describe("a request with tools", () => {
	const request = { model: "cascade", temperature: 0, messages: SURE_MAIL.messages, tools: [LABEL_TOOL] };
	const call = {
		type: "function",
		function: { name: "label_mail", arguments: JSON.stringify({ label: SURE_MAIL.large.label }) },
	};

	it("is answered by the edge where that is sure of its call", async () => {
		const answer = await client.chat.completions.create(request);
		expect(answer.choices[0]).toMatchObject({
			finish_reason: "tool_calls",
			message: { content: null, tool_calls: [call] },
		});
		expect(factsOf(answer)).toMatchObject({
			stage: "edge",
			reason: "accepted",
		});
	});

	it("is answered to the client's stream helper", async () => {
		const answer = await client.chat.completions.stream(request).finalChatCompletion();
		expect(answer.choices[0]).toMatchObject({ finish_reason: "tool_calls", message: { tool_calls: [call] } });
	});

	it.each(["tool-calls", "arguments-as-objects"])("is answered to it by an origin that sends %s", async (model) => {
		const answer = await client.chat.completions
			.stream({ ...toFake(model), tools: [LABEL_TOOL] }, ORIGIN)
			.finalChatCompletion();
		expect(answer.choices[0]?.message.tool_calls).toMatchObject([
			{ type: "function", function: { arguments: '{"label":"spam"}' } },
		]);
	});
});

describe("the client's stream helper", () => {
	it.each([
		["plain", `origin: ${ASKED}`],
		["drip", "naïve 日本語 👍🏽 answer"],
		["crlf", "answer"],
		["no-role", "answer"],
		["no-done", "answer"],
	])("takes a stream of an origin that is %s", async (model, content) => {
		const answer = await client.chat.completions.stream(toFake(model), ORIGIN).finalChatCompletion();
		expect(answer.choices[0]).toMatchObject({ message: { role: "assistant", content }, finish_reason: "stop" });
	});
});

describe("the client's abort", () => {
	it("in the middle of a stream ends the call to the origin", async () => {
		const controller = new AbortController();
		const stream = await client.chat.completions.create(
			{ ...toFake("endless"), stream: true },
			{ ...ORIGIN, signal: controller.signal },
		);
		let words = "";
		for await (const chunk of stream) {
			words += chunk.choices[0]?.delta.content ?? "";
			if (words !== "") controller.abort();
		}
		expect(words).not.toBe("");
		expect(await callerLeft(inject("fakeOriginUrl"), "endless", 1_000)).toBe(true);
	});

	it("before an answer throws at once, and the deadline ends the call to the origin", async () => {
		const asking = client.chat.completions.create(toFake("hang"), { ...ORIGIN, signal: AbortSignal.timeout(100) });
		await expect(asking).rejects.toBeInstanceOf(APIUserAbortError);
		expect(await callerLeft(inject("fakeOriginUrl"), "hang", 1_500)).toBe(true);
	});
});

describe("the models", () => {
	it("are the tenant's cascades", async () => {
		const ids = (await client.models.list()).data.map(({ id }) => id);
		expect(ids).toEqual(expect.arrayContaining(["cascade", "three-stages", "verified", "prose"]));
		expect(await client.models.retrieve("three-stages")).toMatchObject({
			id: "three-stages",
			object: "model",
			owned_by: "demo",
		});
	});

	it("are those of the key's own tenant", async () => {
		const other = openaiClient(STACK_KEYS.otherTenant);
		expect((await other.models.list()).data).toMatchObject([{ id: "mine", owned_by: "other" }]);
		const answer = await other.chat.completions.create({ model: "mine", temperature: 0, messages: SURE_MAIL.messages });
		expect(answer).toMatchObject({ model: "mine", choices: [{ message: { content: SURE_MAIL.small.label } }] });
	});
});
