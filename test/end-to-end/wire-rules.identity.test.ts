import { describe, expect, it } from "vitest";
import { readEvents } from "../support/read-events.ts";
import { ANSWERED_MAILS } from "./answering-stages.ts";
import { post } from "./client.ts";
import { CLIENTS, QUESTION, shownBy } from "./three-clients.ts";
import { langchainModel } from "./langchain-model.ts";
import { ContextOverflowError } from "@langchain/core/errors";

const ORIGIN = { "x-cascade-route": "origin" };
const streamOf = async (fields: object, headers = {}) => readEvents(await post({ ...fields, stream: true }, headers));
const asked = (model: string) => ({ model, messages: [{ role: "user", content: QUESTION }] });

describe("one answer, one identity", () => {
	it.each(ANSWERED_MAILS)("every chunk names the model as the client asked for it: $stage", async ({ mail }) => {
		const { chunks } = await streamOf({ model: "cascade", temperature: 0, messages: mail.messages });
		expect(new Set(chunks.map(({ model }) => model))).toEqual(new Set(["cascade"]));
	});

	it("a stream is of one answer where the origin changes its identity", async () => {
		const { chunks } = await streamOf(asked("changing-identity"), ORIGIN);
		expect(new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size).toBe(1);
	});

	it("a chunk has every field that OpenAI's schema requires, from an origin that sends only what it thinks necessary", async () => {
		const { chunks } = await streamOf(asked("bare"), ORIGIN);
		for (const chunk of chunks) {
			expect(chunk).toMatchObject({
				id: expect.stringMatching(/^chatcmpl-/u),
				object: "chat.completion.chunk",
				created: expect.any(Number),
				model: "bare",
			});
		}
	});

	describe.each(CLIENTS)("$name", (client) => {
		it.each(["null-tool-fields", "empty-tool-fields"])(
			"reads a streamed tool call whose later deltas repeat fields without values: %s",
			async (model) => {
				expect(await client.stream(model)).toMatchObject({
					finishReason: "tool_calls",
					toolCalls: [{ name: "label_mail", input: { label: "spam" } }],
				});
			},
		);

		it.each(["native-stream-late", "detail-late"])(
			"shows our own words where an event in the middle is no chunk: %s",
			async (model) => {
				expect(await shownBy(client, "stream", model)).toMatchObject({
					type: "server_error",
					code: expect.stringMatching(/^upstream_/u),
				});
			},
		);

		it("has a status where a stream's first event is no chunk", async () => {
			expect(await shownBy(client, "stream", "native-stream")).toMatchObject({ status: 502, code: "upstream_invalid" });
		});
	});

	it("LangChain knows too long a prompt by its code", async () => {
		const { chat } = langchainModel("context-length", {}, { headers: ORIGIN });
		const error = await chat.invoke(QUESTION).catch((thrown: unknown) => thrown);
		expect(ContextOverflowError.isInstance(error)).toBe(true);
	});
	it("vLLM's words for too long a prompt have OpenAI's code", async () => {
		const response = await post(asked("maximum-context"), ORIGIN);
		expect(await response.json()).toMatchObject({ error: { code: "context_length_exceeded" } });
	});
});
