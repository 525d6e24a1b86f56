import OpenAI, { APIError } from "openai";
import { describe, expect, it } from "vitest";
import { parseResponsesRequest } from "../../../src/openai/responses/parse-responses-request.ts";
import { exampleBody } from "../../core/examples.ts";
import { chunk, event, HEAD, USAGE } from "../upstream-streams.ts";
import { answerOf, facts, identity } from "./answers.ts";
import { connectedFetch, type Answer } from "./connected-fetch.ts";
import { tool } from "./requests.ts";

const ERROR = { message: "The stage 'origin' broke off.", type: "server_error", param: null, code: "broken_off" };

/** OpenAI's client, connected to our parser and encoder. */
function clientOf(answer: Answer) {
	const { fetch, bodies } = connectedFetch(answer);
	const options = { apiKey: "none", baseURL: "https://cascade.example/v1", maxRetries: 0 };
	return { client: new OpenAI({ ...options, fetch }), bodies };
}

const CHUNKS =
	chunk({ role: "assistant", content: "" }) +
	chunk({ reasoning_content: "Hm" }) +
	chunk({ content: "I " }) +
	chunk({ tool_calls: [{ index: 0, id: "call_a", type: "function", function: { name: "label", arguments: "" } }] }) +
	chunk({ content: "look." }) +
	chunk({ tool_calls: [{ index: 0, function: { arguments: '{"label":' } }] }) +
	chunk({ tool_calls: [{ index: 0, function: { arguments: '"spam"}' } }] }) +
	chunk({}, "tool_calls") +
	event({ ...HEAD, choices: [], usage: USAGE, cascade: facts }) +
	"data: [DONE]\n\n";

const REQUEST = { model: "mail", input: "Is this spam?", tools: [tool("label") as unknown as OpenAI.Responses.Tool] };

describe("OpenAI's own client", () => {
	it("reads a whole answer", async () => {
		const { client } = clientOf((encoder) => encoder.whole(answerOf(exampleBody()), identity, facts));
		const response = await client.responses.create({ model: "mail", input: "2 + 2?" });
		expect(response).toMatchObject({ status: "completed", output_text: "4", cascade: facts });
		expect(response.usage?.total_tokens).toBe(12);
	});

	it("reads a stream to its final Response", async () => {
		const { client } = clientOf((encoder) => encoder.stream(identity).feed(CHUNKS));
		const stream = client.responses.stream(REQUEST);
		const deltas: string[] = [];
		const argumentsSoFar: string[] = [];
		stream.on("response.output_text.delta", ({ delta }) => deltas.push(delta));
		stream.on("response.function_call_arguments.delta", ({ snapshot }) => argumentsSoFar.push(snapshot));
		const final = await stream.finalResponse();
		expect(deltas).toEqual(["I ", "look."]);
		expect(argumentsSoFar).toEqual(['{"label":', '{"label":"spam"}']);
		expect(final).toMatchObject({
			id: "resp_req_7",
			status: "completed",
			output_text: "I look.",
			output: [
				{ type: "reasoning", content: [{ text: "Hm" }] },
				{ type: "message" },
				{ type: "function_call", call_id: "call_a", name: "label", arguments: '{"label":"spam"}' },
			],
			usage: { input_tokens: 10 },
			cascade: facts,
		});
	});

	it("may send what it got back to us, and the conversation goes on", async () => {
		const { client, bodies } = clientOf((encoder) => encoder.stream(identity).feed(CHUNKS));
		const first = await client.responses.stream(REQUEST).finalResponse();
		const input = [
			{ role: "user" as const, content: "Is this spam?" },
			...first.output,
			{ type: "function_call_output" as const, call_id: "call_a", output: "filed" },
		] as OpenAI.Responses.ResponseInput;
		await client.responses.stream({ ...REQUEST, input }).finalResponse();
		const second = parseResponsesRequest(bodies[1]);
		expect(second.ok && second.value.chat.messages).toMatchObject([
			{ role: "user", content: "Is this spam?" },
			{ role: "assistant", content: "I look.", tool_calls: [{ id: "call_a", function: { name: "label" } }] },
			{ role: "tool", tool_call_id: "call_a", content: "filed" },
		]);
	});

	it("reads refusals and answers that were cut off", async () => {
		const body = exampleBody({ content: "Well.", refusal: "No." }, { finish_reason: "length" });
		const { client } = clientOf((encoder) => encoder.wholeAsStream(answerOf(body), identity, facts));
		expect(await client.responses.stream({ model: "mail", input: "x" }).finalResponse()).toMatchObject({
			status: "incomplete",
			incomplete_details: { reason: "max_output_tokens" },
			output: [{ content: [{ text: "Well." }, { type: "refusal", refusal: "No." }] }],
		});
	});

	it("parses structured output", async () => {
		const { client } = clientOf((encoder) =>
			encoder.whole(answerOf(exampleBody({ content: '{"label":"spam"}' })), identity, facts),
		);
		const format = { type: "json_schema" as const, name: "label", schema: { type: "object" }, strict: true };
		const parsed = await client.responses.parse({ model: "mail", input: "x", text: { format } });
		expect(parsed.output_parsed).toEqual({ label: "spam" });
	});

	it.each([
		["before it begins", ""],
		["in the middle", CHUNKS.slice(0, CHUNKS.indexOf("data: [DONE]") - 400).replace(/\n\n[^\n]*$/u, "\n\n")],
	])("throws our error where a stream fails %s", async (_when, chunks) => {
		const failing = () =>
			clientOf((encoder) => {
				const stream = encoder.stream(identity);
				return stream.feed(chunks) + stream.fail(ERROR);
			}).client;
		const thrown = async (run: Promise<unknown>) =>
			run.then(
				() => null,
				(error: unknown) => error,
			);
		const helper = await thrown(failing().responses.stream(REQUEST).finalResponse());
		const raw = await thrown(
			(async () => {
				// oxlint-disable-next-line no-empty -- only its failure is of interest
				for await (const _event of await failing().responses.create({ ...REQUEST, stream: true })) {
				}
			})(),
		);
		for (const error of [helper, raw]) {
			expect(error).toBeInstanceOf(APIError);
			expect(error).toMatchObject({ code: "broken_off", message: ERROR.message });
		}
	});
});
