/** What a stream must be like, and who breaks otherwise: one test for each rule. */
import { describe, expect, it } from "vitest";
import { readEvents, type Chunk } from "../support/read-events.ts";
import { ANSWERED_MAILS, EDGE_IS_ASKED } from "./answering-stages.ts";
import { post } from "./client.ts";
import { langchainModel } from "./langchain-model.ts";
import { CLIENTS, QUESTION } from "./three-clients.ts";

const EDGE = { "x-cascade-route": "edge" };
const ORIGIN = { "x-cascade-route": "origin" };
const INCLUDE_USAGE = { stream_options: { include_usage: true } };
const LABEL_TOOL = {
	type: "function",
	function: { name: "label_mail", parameters: { type: "object", properties: { label: { enum: ["spam", "ham"] } } } },
};

/** Streams of every kind: held and live ones of the edge, the local origin's, and origins that spell things their own way. */
const mails = ANSWERED_MAILS.map(
	({ stage, mail }) => [stage, { model: "cascade", temperature: 0, messages: mail.messages }, {}] as const,
);
const faked = (model: string) => [model, { model, messages: [{ role: "user", content: QUESTION }] }, ORIGIN] as const;
const STREAMS = [
	...mails,
	[
		"the edge, live",
		{ model: "prose", messages: [{ role: "user", content: QUESTION }], max_tokens: 12 },
		EDGE,
	] as const,
	["a native model of the edge", { ...mails[0]?.[1], model: "verified" }, EDGE] as const,
	...["plain", "no-role", "bare", "second-role", "two-finish-reasons", "usage-with-content"].map(faked),
];

const streamOf = async (fields: object, headers = {}) => readEvents(await post({ ...fields, stream: true }, headers));

/** Every client's own reading of a scenario's stream. */
async function expectClients(model: string, expected: object): Promise<void> {
	for (const client of CLIENTS) {
		expect([client.name, await client.stream(model)]).toMatchObject([client.name, expected]);
	}
}

describe("every stream", () => {
	it.each(STREAMS)("begins its choice with the assistant's role: %s", async (_which, fields, headers) => {
		const { chunks } = await streamOf(fields, headers);
		expect(chunks.find(({ choices }) => choices.length > 0)?.choices[0]?.delta.role).toBe("assistant");
	});

	it.each(STREAMS)("has one finish reason: %s", async (_which, fields, headers) => {
		const { finishReasons } = await streamOf(fields, headers);
		expect(finishReasons).toEqual([expect.stringMatching(/^(?:stop|length)$/u)]);
	});

	it.each(STREAMS)("ends with [DONE]: %s", async (_which, fields, headers) => {
		expect((await streamOf(fields, headers)).done).toBe(true);
	});

	it.each(STREAMS)("has no usage where none was asked for: %s", async (_which, fields, headers) => {
		const { chunks } = await streamOf(fields, headers);
		expect(chunks.every((chunk) => chunk.usage == null && chunk.choices.length > 0)).toBe(true);
	});

	it.each(STREAMS)(
		"has usage only in its last chunk, without choices, where it was asked for: %s",
		async (_which, fields, headers) => {
			const { chunks } = await streamOf({ ...fields, ...INCLUDE_USAGE }, headers);
			expect(chunks.at(-1)).toMatchObject({ choices: [], usage: expect.toSatisfy((usage) => usage !== undefined) });
			expect(chunks.slice(0, -1).every((chunk) => chunk.usage == null && chunk.choices.length > 0)).toBe(true);
		},
	);

	it.each(STREAMS)("is of one answer, with its facts once, on the last chunk: %s", async (_which, fields, headers) => {
		const { chunks } = await streamOf(fields, headers);
		expect(new Set(chunks.map(({ id, model, created }) => `${id} ${model} ${created}`)).size).toBe(1);
		expect(chunks.map((chunk) => "cascade" in chunk)).toEqual(chunks.map((_, at) => at === chunks.length - 1));
	});

	it("never holds the text of two models, even where the first was not believed", async () => {
		const [, unsure] = ANSWERED_MAILS;
		const reply = await streamOf({ model: "cascade", temperature: 0, messages: unsure?.mail.messages });
		expect(reply.facts?.calls.map(({ stage }) => stage)).toEqual(["edge", "origin"]);
		expect(reply.content).toBe(unsure?.label);
	});
});

describe("clients that ask for usage", () => {
	it("get it from every stream that has one", () => expectClients("plain", { outputTokens: 2 }));

	it("include LangChain, without being told to", async () => {
		const bodies: unknown[] = [];
		const { chat } = langchainModel(
			"plain",
			{},
			{
				headers: ORIGIN,
				fetch(input, init) {
					bodies.push(JSON.parse(String(init?.body)));
					return fetch(input, init);
				},
			},
		);
		for await (const chunk of await chat.stream(QUESTION)) expect(chunk).toBeDefined();
		expect(bodies).toMatchObject([{ stream: true, ...INCLUDE_USAGE }]);
	});
});

describe("a streamed tool call", () => {
	const called = {
		text: "",
		finishReason: "tool_calls",
		toolCalls: [{ name: "label_mail", input: { label: "spam" } }],
	};

	it.each([
		...mails,
		["the edge, live", mails[0]?.[1] ?? {}, EDGE] as const,
		faked("tool-calls"),
		faked("arguments-as-objects"),
	])("is named and numbered in its first delta and never again: %s", async (_which, fields, headers) => {
		const { chunks, finishReasons } = await streamOf({ ...fields, tools: [LABEL_TOOL] }, headers);
		const [first, ...later] = toolDeltas(chunks);
		expect(first).toMatchObject({
			index: 0,
			id: expect.stringMatching(/./u),
			type: "function",
			function: { name: "label_mail", arguments: expect.any(String) },
		});
		for (const delta of later) {
			expect(Object.keys(delta).toSorted()).toEqual(["function", "index"]);
			expect(Object.keys(delta.function ?? {})).toEqual(["arguments"]);
		}
		expect(finishReasons).toEqual(["tool_calls"]);
	});

	it.each(["tool-calls", "arguments-as-objects"])("is read by every client: %s", (model) =>
		expectClients(model, called),
	);

	it("is read by every client where there are two", async () => {
		const inputs = ["spam", "ham"].map((label) => ({ name: "label_mail", input: { label } }));
		await expectClients("two-tool-calls", { ...called, toolCalls: inputs });
	});

	it("comes from the edge where the small model may call tools", async () => {
		const { headers } = await streamOf({ ...mails[0]?.[1], tools: [LABEL_TOOL] });
		expect(headers.get("x-cascade-stage")).toBe(EDGE_IS_ASKED.tools ? "edge" : "origin");
	});
});

describe("a way of writing streams that origins have", () => {
	it.each([
		"crlf",
		"no-space",
		"byte-order-mark",
		"filter-results-first",
		"second-role",
		"usage-with-content",
		"two-finish-reasons",
		"reasoning",
		"no-role",
		"no-done",
		"named-events",
		"with-comments",
		"bare",
	])("is read by every client: %s", (model) => expectClients(model, { text: "answer", finishReason: "stop" }));

	// Names of events, which official clients take for errors or do not know, are not passed on: readEvents refuses them.
	it.each(["named-events", "with-comments", "crlf", "no-space", "byte-order-mark"])(
		"leaves us as plain data lines: %s",
		async (model) => {
			const [, fields, headers] = faked(model);
			expect(await streamOf(fields, headers)).toMatchObject({ content: "answer", comments: 0, done: true });
		},
	);
});

interface ToolDelta {
	readonly id?: string;
	readonly function?: object;
}

function toolDeltas(chunks: readonly Chunk[]): ToolDelta[] {
	return chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => (delta.tool_calls ?? []) as ToolDelta[]));
}
