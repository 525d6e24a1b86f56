import { zodResponsesFunction, zodTextFormat } from "openai/helpers/zod";
import { APIError, AuthenticationError, BadRequestError, NotFoundError, RateLimitError } from "openai";
import type { ResponseInputItem, ResponseStreamEvent } from "openai/resources/responses/responses";
import { describe, expect, it } from "vitest";
import { STACK_KEYS } from "../support/stack-policy.ts";
import { ANSWERED_MAILS, LABEL_SCHEMA, reasonOf } from "./answering-stages.ts";
import { client, factsOf, openaiClient, ORIGIN } from "./client.ts";

const TEXT = { format: zodTextFormat(LABEL_SCHEMA, "label") };
const LABEL_TOOL = zodResponsesFunction({ name: "label_mail", parameters: LABEL_SCHEMA });

describe.each(ANSWERED_MAILS)(
	"OpenAI's Responses, answered by the stage $stage",
	({ stage, label, mail, ...answered }) => {
		const [system, user] = mail.messages;
		const request = {
			model: "cascade",
			temperature: 0,
			instructions: system?.content ?? "",
			input: user?.content ?? "",
		};

		it("are created", async () => {
			const { data, response } = await client.responses.create(request).withResponse();
			expect(data).toMatchObject({
				id: expect.stringMatching(/^resp_/u),
				object: "response",
				status: "completed",
				model: "cascade",
				output_text: label,
				error: null,
				incomplete_details: null,
				output: [{ type: "message", role: "assistant", status: "completed" }],
				usage: { output_tokens: 1, input_tokens: expect.any(Number) },
			});
			expect(response.headers.get("x-cascade-stage")).toBe(stage);
			expect(factsOf(data)).toMatchObject({ stage, reason: reasonOf(stage) });
		});

		it("are created from messages", async () => {
			const { instructions: _instructions, ...rest } = request;
			const response = await client.responses.create({ ...rest, input: [...mail.messages] });
			expect(response.output_text).toBe(label);
			expect(factsOf(response).stage).toBe(stage);
		});

		it("are streamed as events, each piece of text once", async () => {
			const events: ResponseStreamEvent[] = [];
			for await (const event of await client.responses.create({ ...request, stream: true })) events.push(event);
			expect(events[0]?.type).toBe("response.created");
			expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, number) => number));
			expect(textOf(events)).toBe(label);
			const last = events.at(-1);
			expect(last).toMatchObject({
				type: "response.completed",
				response: { status: "completed", usage: { output_tokens: 1 } },
			});
			expect(last?.type === "response.completed" && factsOf(last.response)).toMatchObject({ stage });
		});

		it("are streamed to the client's helper", async () => {
			const response = await client.responses.stream(request).finalResponse();
			expect(response).toMatchObject({ status: "completed", output_text: label, usage: { output_tokens: 1 } });
		});

		it("are parsed by a schema, plain and streamed", async () => {
			const response = await client.responses.parse({ ...request, text: TEXT });
			expect(response.output_parsed).toEqual({ label });
			expect(factsOf(response).stage).toBe(stage);
			const streamed = await client.responses.stream({ ...request, text: TEXT }).finalResponse();
			expect(streamed.output_parsed).toEqual({ label });
		});

		it("call tools, plain and streamed", async () => {
			const expected = answered.with("tools");
			const call = {
				type: "function_call",
				name: "label_mail",
				call_id: expect.stringMatching(/./u),
				arguments: JSON.stringify({ label: expected.label }),
				parsed_arguments: { label: expected.label },
			};
			const response = await client.responses.parse({ ...request, tools: [LABEL_TOOL] });
			expect(response.output).toMatchObject([call]);
			expect(response.output_text).toBe("");
			expect(factsOf(response)).toMatchObject({ stage: expected.stage });

			const stream = client.responses.stream({ ...request, tools: [LABEL_TOOL] });
			const deltas: string[] = [];
			stream.on("response.function_call_arguments.delta", ({ delta }) => deltas.push(delta));
			expect((await stream.finalResponse()).output).toMatchObject([call]);
			expect(deltas.join("")).toBe(JSON.stringify({ label: expected.label }));
		});

		it("call the tool that they are told to call", async () => {
			const tool_choice = { type: "function" as const, name: "label_mail" };
			const response = await client.responses.parse({ ...request, tools: [LABEL_TOOL], tool_choice });
			const expected = answered.with("toolChoice");
			expect(response.output).toMatchObject([{ type: "function_call", parsed_arguments: { label: expected.label } }]);
			expect(factsOf(response).stage).toBe(expected.stage);
		});

		it("take a tool's result with everything before it", async () => {
			const first = await client.responses.create({ ...request, tools: [LABEL_TOOL] });
			const results = first.output.flatMap((item): ResponseInputItem[] =>
				item.type === "function_call" ? [{ type: "function_call_output", call_id: item.call_id, output: "noted" }] : [],
			);
			expect(results).toHaveLength(1);
			// What came out may go in again, which the client's types do not say of every kind of item.
			const earlier = first.output as ResponseInputItem[];
			const input = [{ role: "user" as const, content: request.input }, ...earlier, ...results];
			const next = await client.responses.create({ ...request, input, tools: [LABEL_TOOL] });
			expect(next.status).toBe("completed");
		});
	},
);

describe("OpenAI's Responses that fail", () => {
	const toFake = (model: string, stream: boolean) => ({ model, input: "Is this spam?", stream });

	it.each([false, true])("are the client's own exceptions (stream: %s)", async (stream) => {
		const unknown = openaiClient(STACK_KEYS.unknown);
		expect(await errorOf(unknown.responses.create(toFake("cascade", stream)))).toBeInstanceOf(AuthenticationError);
		const missing = await errorOf(client.responses.create(toFake("gpt-4o", stream)));
		expect(missing).toBeInstanceOf(NotFoundError);
		expect(missing).toMatchObject({ code: "model_not_found", param: "model" });
		const wrong = await errorOf(client.responses.create({ ...toFake("cascade", stream), temperature: 9 }));
		expect(wrong).toBeInstanceOf(BadRequestError);
		expect(wrong).toMatchObject({ param: "temperature", requestID: expect.stringMatching(/^req_/u) });
		const limited = await errorOf(client.responses.create(toFake("status-429-7", stream), ORIGIN));
		expect(limited).toBeInstanceOf(RateLimitError);
		expect(limited.headers?.get("retry-after")).toBe("7");
	});

	it("refuse what refers to something stored, by its name", async () => {
		const request = { model: "cascade", input: "again", previous_response_id: "resp_1" };
		expect(await errorOf(client.responses.create(request))).toMatchObject({
			status: 400,
			param: "previous_response_id",
		});
	});

	it("throw where the origin fails in the middle, after the text so far, with our own words", async () => {
		const events: ResponseStreamEvent[] = [];
		const stream = await client.responses.create({ ...toFake("error-late", true), stream: true }, ORIGIN);
		const reading = (async () => {
			for await (const event of stream) events.push(event);
		})();
		const error = await errorOf(reading);
		expect(textOf(events)).toBe("half");
		expect(error).toMatchObject({ code: "upstream_error", message: expect.stringMatching(/CUDA out of memory/u) });
	});

	it("throw from the client's helper too", async () => {
		const asking = client.responses.stream({ model: "error-late", input: "Is this spam?" }, ORIGIN).finalResponse();
		await expect(asking).rejects.toThrow(/CUDA out of memory/u);
	});
});

function textOf(events: readonly ResponseStreamEvent[]): string {
	return events.map((event) => (event.type === "response.output_text.delta" ? event.delta : "")).join("");
}

/** What a promise rejects with, as the client's own error. */
async function errorOf(asking: PromiseLike<unknown>): Promise<APIError> {
	try {
		await asking;
	} catch (error) {
		if (error instanceof APIError) return error;
		throw error;
	}
	throw new Error("it was answered");
}
