import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import { chunk, event, HEAD } from "../upstream-streams.ts";
import { callDelta, eventsOf, finalOf, LAST, naming, OPENING, typesOf } from "./streams.ts";

describe("tool calls of a Responses stream", () => {
	const chunks =
		OPENING +
		naming(0, "f") +
		callDelta(0, { function: { arguments: '{"a"' } }) +
		callDelta(0, { function: { arguments: ":1}" } }) +
		chunk({}, "tool_calls") +
		LAST;

	it("are named, then given their arguments piece by piece", () => {
		const events = eventsOf(chunks);
		expect(typesOf(events).slice(2)).toEqual([
			"output_item.added",
			"function_call_arguments.delta",
			"function_call_arguments.delta",
			"function_call_arguments.done",
			"output_item.done",
			"completed",
		]);
		const item = {
			id: "fc_req_7_0",
			type: "function_call",
			status: "in_progress",
			arguments: "",
			call_id: "call_f",
			name: "f",
		};
		const at = { item_id: "fc_req_7_0", output_index: 0 };
		expect(events.slice(2, 7)).toMatchObject([
			{ output_index: 0, item },
			{ ...at, delta: '{"a"' },
			{ ...at, delta: ":1}" },
			{ ...at, name: "f", arguments: '{"a":1}' },
			{ output_index: 0, item: { ...item, status: "completed", arguments: '{"a":1}' } },
		]);
	});

	it("and text may take turns, in one message and each call's own item", () => {
		const events = eventsOf(
			naming(3, "f") +
				chunk({ content: "I " }) +
				naming(5, "g") +
				callDelta(3, { function: { arguments: "1" } }) +
				chunk({ content: "look." }) +
				callDelta(5, { function: { name: "g", arguments: "2" } }) +
				callDelta(3, { id: "other", function: { arguments: "0" } }) +
				chunk({}, "tool_calls") +
				LAST,
		);
		expect(finalOf(events)["output"]).toMatchObject([
			{ id: "fc_req_7_0", call_id: "call_f", name: "f", arguments: "10" },
			{ id: "msg_req_7", content: [{ text: "I look." }] },
			{ id: "fc_req_7_1", call_id: "call_g", name: "g", arguments: "2" },
		]);
		expect(events.filter(({ type }) => type === "response.output_item.done")).toMatchObject([
			{ output_index: 0 },
			{ output_index: 1 },
			{ output_index: 2 },
		]);
	});

	it("have an id of their own where the upstream gives none", () => {
		for (const id of [undefined, ""])
			expect(
				finalOf(eventsOf(callDelta(0, { id, function: { name: "f", arguments: "{}" } }) + LAST))["output"],
			).toMatchObject([{ call_id: "call_0", arguments: "{}" }]);
	});

	it("of a wrong shape are nothing that stops the stream", () => {
		const events = eventsOf(chunk({ tool_calls: [null, { index: 0 }, { index: 0, function: 5 }] }) + LAST);
		expect(finalOf(events)["output"]).toMatchObject([{ call_id: "call_0", name: "", arguments: "" }]);
	});
});

describe("what else a Responses stream may say", () => {
	it("is a refusal, in a part of its own", () => {
		const events = eventsOf(
			chunk({ content: "Well." }) + chunk({ refusal: "N" }) + chunk({ refusal: "o." }) + chunk({}, "stop") + LAST,
		);
		expect(typesOf(events).slice(5)).toEqual([
			"content_part.added",
			"refusal.delta",
			"refusal.delta",
			"output_text.done",
			"content_part.done",
			"refusal.done",
			"content_part.done",
			"output_item.done",
			"completed",
		]);
		expect(events[5]).toMatchObject({ content_index: 1, part: { type: "refusal", refusal: "" } });
		expect(events[10]).toMatchObject({ content_index: 1, refusal: "No." });
		expect(finalOf(events)["output"]).toMatchObject([
			{ content: [{ text: "Well." }, { type: "refusal", refusal: "No." }] },
		]);
	});

	it.each(["reasoning_content", "reasoning"])("is reasoning, which ends when the answer begins: %s", (field) => {
		const events = eventsOf(
			chunk({ [field]: "Hm" }) + chunk({ [field]: "m" }) + chunk({ content: "4" }) + chunk({}, "stop") + LAST,
		);
		expect(typesOf(events).slice(2, 10)).toEqual([
			"output_item.added",
			"content_part.added",
			"reasoning_text.delta",
			"reasoning_text.delta",
			"reasoning_text.done",
			"content_part.done",
			"output_item.done",
			"output_item.added",
		]);
		expect(events.slice(6, 8)).toMatchObject([
			{ item_id: "rs_req_7_0", output_index: 0, content_index: 0, text: "Hmm" },
			{ item_id: "rs_req_7_0", part: { type: "reasoning_text", text: "Hmm" } },
		]);
		expect(events[2]).toMatchObject({ item: { id: "rs_req_7_0", type: "reasoning", summary: [], content: [] } });
		expect(finalOf(events)["output"]).toMatchObject([
			{ status: "completed", content: [{ type: "reasoning_text", text: "Hmm" }] },
			{ type: "message" },
		]);
	});

	it("is reasoning again, after a call, in an item of its own", () => {
		const events = eventsOf(
			chunk({ reasoning_content: "a" }) + naming(0, "f") + chunk({ reasoning_content: "b" }) + chunk({}, "stop") + LAST,
		);
		expect(finalOf(events)["output"]).toMatchObject([
			{ id: "rs_req_7_0", content: [{ text: "a" }] },
			{ type: "function_call" },
			{ id: "rs_req_7_1", content: [{ text: "b" }] },
		]);
	});

	it("are log-probabilities with their text, where they were asked for", () => {
		const logprobs = { content: [{ token: "4", logprob: -0.1, bytes: [52], top_logprobs: [] }] };
		const chunks = event({ ...HEAD, choices: [{ index: 0, delta: { content: "4" }, logprobs }] }) + LAST;
		const deltaOf = (fields: JsonObject) =>
			eventsOf(chunks, fields).find(({ type }) => type === "response.output_text.delta");
		expect(deltaOf({})).toMatchObject({ logprobs: [] });
		expect(deltaOf({ include: ["message.output_text.logprobs"] })).toMatchObject({ logprobs: logprobs.content });
		expect(
			eventsOf(chunks, { top_logprobs: 1 }).find(({ type }) => type === "response.output_text.done"),
		).toMatchObject({ logprobs: logprobs.content });
	});

	it("are log-probabilities of tokens that are only part of a character, with the text that they belong to", () => {
		const piece = (content: string, token: string) => {
			const logprobs = { content: [{ token, logprob: -0.1, bytes: [0], top_logprobs: [] }] };
			return event({ ...HEAD, choices: [{ index: 0, delta: { content }, logprobs }] });
		};
		const events = eventsOf(piece("", "a") + piece("é", "b") + piece("", "c") + LAST, { top_logprobs: 1 });
		const deltas = events.filter(({ type }) => type === "response.output_text.delta");
		expect(deltas).toMatchObject([
			{ delta: "é", logprobs: [{ token: "a" }, { token: "b" }] },
			{ delta: "", logprobs: [{ token: "c" }] },
		]);
		expect(finalOf(events)["output"]).toMatchObject([
			{ content: [{ text: "é", logprobs: [{ token: "a" }, { token: "b" }, { token: "c" }] }] },
		]);
		const callTokens = eventsOf(piece("", "a") + naming(0, "f") + LAST, { top_logprobs: 1 });
		expect(finalOf(callTokens)["output"]).toMatchObject([{ type: "function_call" }]);
	});

	it("is no other choice than the first, no comment, and nothing that is not an object", () => {
		const other = event({ ...HEAD, choices: [{ index: 1, delta: { content: "x" }, finish_reason: "length" }, null] });
		const events = eventsOf(`: keep-alive\n\n${event(null)}${event({ ...HEAD })}${other}${LAST}`);
		expect(events.at(-1)).toMatchObject({
			type: "response.completed",
			response: { output: [{ content: [{ text: "" }] }] },
		});
	});
});
