/** What a whole answer must be like, and who breaks otherwise: one test for each rule. Streams have a file of their own. */
import { describe, expect, it } from "vitest";
import { ANSWERED_MAILS } from "./answering-stages.ts";
import { factsOf, post } from "./client.ts";
import { CLIENTS, QUESTION } from "./three-clients.ts";

const ORIGIN = { "x-cascade-route": "origin" };
const ASKED = { messages: [{ role: "user", content: QUESTION }] };
const LABEL_TOOL = {
	type: "function",
	function: { name: "label_mail", parameters: { type: "object", properties: { label: { enum: ["spam", "ham"] } } } },
};

/** As far as the rules look at it. */
interface Body {
	readonly id?: unknown;
	readonly created?: unknown;
	readonly choices: readonly {
		readonly message: { readonly tool_calls?: unknown };
		readonly finish_reason?: unknown;
	}[];
}

async function bodyOf(fields: Readonly<Record<string, unknown>>, headers = {}): Promise<Body> {
	const response = await post(fields, headers);
	expect(response.status).toBe(200);
	return (await response.json()) as Body;
}

const [EDGE_MAIL, ORIGIN_MAIL] = ANSWERED_MAILS.map(({ mail }) => ({
	model: "cascade",
	temperature: 0,
	messages: mail.messages,
}));

describe("a whole answer", () => {
	it.each([
		["the edge", { ...EDGE_MAIL }, {}],
		["a native model at the edge", { ...EDGE_MAIL, model: "verified" }, { "x-cascade-route": "edge" }],
		["the origin", { ...ORIGIN_MAIL }, {}],
		["an origin that sends only what it thinks necessary", { model: "bare", ...ASKED }, ORIGIN],
	])("has every field that OpenAI's schema requires, from %s", async (_which, fields: object, headers) => {
		const body = await bodyOf({ ...fields }, headers);
		expect(body).toMatchObject({
			id: expect.stringMatching(/^chatcmpl-/u),
			object: "chat.completion",
			created: expect.any(Number),
			model: (fields as { model: string }).model,
			choices: [
				{
					index: 0,
					message: { role: "assistant", content: expect.any(String), refusal: null },
					logprobs: null,
					finish_reason: "stop",
				},
			],
		});
		expect(Number.isInteger(body.created)).toBe(true);
	});

	it.each([
		["text", "tool-calls", 1],
		["objects, without an id", "arguments-as-objects", 1],
		["text, for two calls", "two-tool-calls", 2],
	])(
		"has the arguments of tool calls as JSON text, and an id for each, where the origin sends %s",
		async (_how, model, count) => {
			const [choice] = (await bodyOf({ model, ...ASKED, tools: [LABEL_TOOL] }, ORIGIN)).choices;
			const calls = choice?.message.tool_calls as { id: string; type: string; function: { arguments: string } }[];
			expect(calls).toHaveLength(count);
			expect(new Set(calls.map(({ id }) => id)).size).toBe(count);
			for (const call of calls) {
				expect(call).toMatchObject({ id: expect.stringMatching(/^call_/u), type: "function" });
				expect(JSON.parse(call.function.arguments)).toEqual({ label: expect.stringMatching(/^(?:spam|ham)$/u) });
			}
			const expected = ["spam", "ham"].slice(0, count).map((label) => ({ name: "label_mail", input: { label } }));
			for (const client of CLIENTS) {
				expect([client.name, await client.plain(model)]).toMatchObject([
					client.name,
					{ text: "", finishReason: "tool_calls", toolCalls: expected },
				]);
			}
		},
	);

	it.each([
		["auto", "auto", ["tool_calls"]],
		["required", "required", ["tool_calls"]],
		["a named tool", { type: "function", function: { name: "label_mail" } }, ["tool_calls", "stop"]],
	])("has one finish reason, which says that a tool was called: %s", async (_which, tool_choice, reasons) => {
		for (const fields of [EDGE_MAIL, ORIGIN_MAIL]) {
			const { choices } = await bodyOf({ ...fields, tools: [LABEL_TOOL], tool_choice });
			expect(choices).toHaveLength(1);
			expect(choices[0]?.message.tool_calls).toHaveLength(1);
			expect(reasons).toContain(choices[0]?.finish_reason);
		}
	});

	it("has one finish reason for each choice", async () => {
		const { choices } = await bodyOf({ ...ORIGIN_MAIL, n: 3 });
		expect(choices).toMatchObject([0, 1, 2].map((index) => ({ index, finish_reason: "stop" })));
	});

	it("says what became of it in a field that no client minds", async () => {
		expect(factsOf(await bodyOf({ model: "plain", ...ASKED }, ORIGIN))).toMatchObject({ stage: "origin" });
		for (const client of CLIENTS) {
			expect([client.name, await client.plain("plain")]).toMatchObject([
				client.name,
				{ text: `origin: ${QUESTION}`, finishReason: "stop", outputTokens: 2 },
			]);
		}
	});

	it.each([
		["none were asked for", {}, undefined],
		["they were asked for without alternatives", { logprobs: true }, 0],
		["they were asked for with two alternatives", { logprobs: true, top_logprobs: 2 }, 2],
	])(
		"shows no more of the small model's log-probabilities than the client asked for: %s",
		async (_what, asked, count) => {
			const { choices } = await bodyOf({ ...EDGE_MAIL, ...asked });
			const { logprobs } = choices[0] as unknown as { logprobs: { content: { top_logprobs: unknown[] }[] } | null };
			if (count === undefined) expect(logprobs).toBeNull();
			else expect(logprobs?.content.map((token) => token.top_logprobs.length)).toEqual([count]);
		},
	);
});
