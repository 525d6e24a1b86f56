import { zodFunction, zodResponseFormat } from "openai/helpers/zod";
import { describe, expect, it } from "vitest";
import { ANSWERED_MAILS, LABEL_SCHEMA, reasonOf } from "./answering-stages.ts";
import { client, factsOf } from "./client.ts";

const RESPONSE_FORMAT = zodResponseFormat(LABEL_SCHEMA, "label");
const LABEL_TOOL = zodFunction({ name: "label_mail", parameters: LABEL_SCHEMA });

/** A tool that the client's runner calls by itself, and what it was called with. */
function runnableTool() {
	const calls: unknown[] = [];
	const tool = zodFunction({
		name: "label_mail",
		parameters: LABEL_SCHEMA,
		function(label) {
			calls.push(label);
			return "noted";
		},
	});
	return { tool, calls };
}

describe.each(ANSWERED_MAILS)(
	"OpenAI's client, answered by the stage $stage",
	({ stage, label, mail, ...answered }) => {
		const request = { model: "cascade", temperature: 0, messages: mail.messages };

		it("gets an answer, its headers and its cascade object", async () => {
			const { data, response } = await client.chat.completions.create(request).withResponse();
			expect(data.choices).toMatchObject([{ index: 0, finish_reason: "stop", message: { content: label } }]);
			expect(data.usage).toMatchObject({ completion_tokens: 1, prompt_tokens: expect.any(Number) });
			expect(response.headers.get("x-cascade-stage")).toBe(stage);
			expect(factsOf(data)).toMatchObject({ stage, reason: reasonOf(stage) });
		});

		it("gets a stream as events, each piece of text once", async () => {
			const stream = client.chat.completions.stream({ ...request, stream_options: { include_usage: true } });
			const deltas: string[] = [];
			const snapshots: string[] = [];
			const done: string[] = [];
			stream.on("content.delta", ({ delta, snapshot }) => {
				deltas.push(delta);
				snapshots.push(snapshot);
			});
			stream.on("content.done", ({ content }) => done.push(content));
			const answer = await stream.finalChatCompletion();
			expect(deltas.join("")).toBe(label);
			expect(snapshots.at(-1)).toBe(label);
			expect(done).toEqual([label]);
			expect(answer.choices).toMatchObject([{ finish_reason: "stop", message: { content: label, role: "assistant" } }]);
			expect(await stream.totalUsage()).toMatchObject({ completion_tokens: 1 });
			expect(factsOf(answer)).toMatchObject({ stage });
		});

		it("parses an answer by a schema", async () => {
			const answer = await client.chat.completions.parse({ ...request, response_format: RESPONSE_FORMAT });
			expect(answer.choices[0]?.message.parsed).toEqual({ label });
			expect(answer.choices[0]).toMatchObject({ finish_reason: "stop", message: { refusal: null } });
			expect(factsOf(answer)).toMatchObject({ stage, reason: reasonOf(stage) });
		});

		it("parses a stream by a schema", async () => {
			const stream = client.chat.completions.stream({ ...request, response_format: RESPONSE_FORMAT });
			const parsed: unknown[] = [];
			stream.on("content.done", (event) => parsed.push(event.parsed));
			const answer = await stream.finalChatCompletion();
			expect(parsed).toEqual([{ label }]);
			expect(answer.choices[0]?.message.parsed).toEqual({ label });
			expect(factsOf(answer)).toMatchObject({ stage });
		});

		it("parses a tool call by a schema", async () => {
			const answer = await client.chat.completions.parse({ ...request, tools: [LABEL_TOOL] });
			const expected = answered.with("tools");
			expect(answer.choices[0]).toMatchObject({
				finish_reason: "tool_calls",
				message: {
					content: null,
					tool_calls: [
						{
							id: expect.stringMatching(/./u),
							type: "function",
							function: { name: "label_mail", parsed_arguments: { label: expected.label } },
						},
					],
				},
			});
			expect(answer.choices[0]?.message.tool_calls).toHaveLength(1);
			expect(answer.usage?.completion_tokens).toBeGreaterThan(0);
			expect(factsOf(answer)).toMatchObject({ stage: expected.stage, reason: reasonOf(expected.stage, "tools") });
		});

		it("parses a streamed tool call by a schema", async () => {
			const stream = client.chat.completions.stream({ ...request, tools: [LABEL_TOOL] });
			const deltas: string[] = [];
			const done: unknown[] = [];
			stream.on("tool_calls.function.arguments.delta", (event) => deltas.push(event.arguments_delta));
			stream.on("tool_calls.function.arguments.done", (event) => done.push(event.parsed_arguments));
			const answer = await stream.finalChatCompletion();
			const expected = answered.with("tools");
			expect(JSON.parse(deltas.join(""))).toEqual({ label: expected.label });
			expect(done).toEqual([{ label: expected.label }]);
			expect(answer.choices[0]).toMatchObject({
				finish_reason: "tool_calls",
				message: { tool_calls: [{ function: { name: "label_mail" } }] },
			});
			expect(factsOf(answer)).toMatchObject({ stage: expected.stage });
		});

		it("calls the tool that it is told to call", async () => {
			const tool_choice = { type: "function" as const, function: { name: "label_mail" } };
			const answer = await client.chat.completions.create({ ...request, tools: [LABEL_TOOL], tool_choice });
			const expected = answered.with("toolChoice");
			const [call] = answer.choices[0]?.message.tool_calls ?? [];
			expect(call?.type === "function" ? JSON.parse(call.function.arguments) : call).toEqual({ label: expected.label });
			// OpenAI says `stop` where the tool was the client's choice; either is read by every client.
			expect(["tool_calls", "stop"]).toContain(answer.choices[0]?.finish_reason);
			expect(factsOf(answer)).toMatchObject({ stage: expected.stage });
		});

		it.each([false, true])("runs tools and passes their results on (stream: %s)", async (stream) => {
			const { tool, calls } = runnableTool();
			// The runner of a plain request is read in the same way.
			const body = { ...request, stream: stream as true, tools: [tool] };
			const runner = client.chat.completions.runTools(body, { maxChatCompletions: 2 });
			await runner.done();
			const { label } = answered.with("tools");
			expect(calls[0]).toEqual({ label });
			expect(runner.messages.slice(mail.messages.length, mail.messages.length + 2)).toMatchObject([
				{ role: "assistant", tool_calls: [{ function: { name: "label_mail", arguments: JSON.stringify({ label }) } }] },
				{ role: "tool", content: "noted" },
			]);
			// The second request carried the tool's result, and it was answered.
			const completions = runner.allChatCompletions();
			expect(completions).toHaveLength(2);
			expect(factsOf(completions[0])).toMatchObject({ stage: answered.with("tools").stage });
		});
	},
);
