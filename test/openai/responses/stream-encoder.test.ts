import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exampleBody } from "../../core/examples.ts";
import { chunk, DONE, PLAIN, relayed } from "../upstream-streams.ts";
import { facts, readResponseEvents, wholeResponse } from "./answers.ts";
import { responsesRequest } from "./requests.ts";
import { encoder, eventsOf, finalOf, LAST, naming, OPENING, typesOf } from "./streams.ts";

describe("a relayed stream as a Responses stream", () => {
	it("opens, says its text piece by piece, and ends", () => {
		const events = readResponseEvents(encoder().feed(relayed(PLAIN, { includeUsage: true }).output));
		expect(typesOf(events)).toEqual([
			"created",
			"in_progress",
			"output_item.added",
			"content_part.added",
			"output_text.delta",
			"output_text.delta",
			"output_text.delta",
			"output_text.done",
			"content_part.done",
			"output_item.done",
			"completed",
		]);
		expect(events.map(({ sequence_number: number }) => number)).toEqual([...events.keys()]);
		const part = { type: "output_text", text: "", annotations: [], logprobs: [] };
		const item = { id: "msg_req_7", type: "message", status: "in_progress", role: "assistant", content: [] };
		const at = { item_id: "msg_req_7", output_index: 0, content_index: 0 };
		expect(events.slice(2, 5)).toMatchObject([
			{ output_index: 0, item },
			{ ...at, part },
			{ ...at, delta: "Hello", logprobs: [] },
		]);
		const saidPart = { ...part, text: "Hello big world" };
		const saidItem = { ...item, status: "completed", content: [saidPart] };
		expect(events.slice(7, 10)).toMatchObject([
			{ ...at, text: "Hello big world", logprobs: [] },
			{ ...at, part: saidPart },
			{ output_index: 0, item: saidItem },
		]);
		expect(finalOf(events)).toMatchObject({ status: "completed", output: [saidItem] });
	});

	it("begins with a Response in which nothing has happened yet", () => {
		const {
			usage: _usage,
			cascade: _cascade,
			...whole
		} = wholeResponse(exampleBody(), responsesRequest({ stream: true }));
		const [created, inProgress] = eventsOf(OPENING);
		const response = { ...whole, status: "in_progress", output: [] };
		expect(created).toEqual({ type: "response.created", sequence_number: 0, response });
		expect(inProgress).toEqual({ type: "response.in_progress", sequence_number: 1, response });
	});

	it("sends each piece at once", () => {
		const stream = encoder();
		expect(typesOf(readResponseEvents(stream.feed(OPENING)))).toEqual(["created", "in_progress"]);
		expect(readResponseEvents(stream.feed(chunk({ content: "Hel" }))).at(-1)).toMatchObject({ delta: "Hel" });
		expect(readResponseEvents(stream.feed(chunk({ content: "lo" })))).toMatchObject([{ delta: "lo" }]);
		expect(stream.feed(chunk({}, "stop"))).toBe("");
		expect(stream.feed("")).toBe("");
		expect(typesOf(readResponseEvents(stream.feed(LAST))).at(-1)).toBe("completed");
	});

	it("ends with its last event, and once", () => {
		const stream = encoder();
		const text = stream.feed(PLAIN);
		expect(text).not.toContain("[DONE]");
		expect(stream.feed(PLAIN)).toBe("");
		expect(stream.fail({ message: "x", type: "server_error", param: null, code: "x" })).toBe("");
	});

	it("tells usage and facts at its end", () => {
		const final = finalOf(eventsOf(OPENING + chunk({ content: "4" }, "stop") + LAST));
		expect(final).toMatchObject({ usage: { input_tokens: 10, total_tokens: 12 }, cascade: facts });
		expect(finalOf(eventsOf(chunk({ content: "4" }, "stop") + DONE))).not.toHaveProperty("usage");
	});

	it.each([
		["length", "max_output_tokens"],
		["content_filter", "content_filter"],
	])("is incomplete where it was cut off: %s", (finish, reason) => {
		const events = eventsOf(OPENING + chunk({ content: "4" }) + naming(0, "f") + chunk({}, finish) + LAST);
		expect(events.at(-1)).toMatchObject({
			type: "response.incomplete",
			response: {
				status: "incomplete",
				incomplete_details: { reason },
				output: [
					{ type: "message", status: "completed" },
					{ type: "function_call", status: "incomplete" },
				],
			},
		});
		expect(events.at(-2)).toMatchObject({ type: "response.output_item.done", item: { status: "incomplete" } });
	});

	it("says nothing in a message, where nothing is said", () => {
		const events = eventsOf(OPENING + chunk({}, "stop") + LAST);
		expect(typesOf(events).slice(2)).toEqual([
			"output_item.added",
			"content_part.added",
			"output_text.done",
			"content_part.done",
			"output_item.done",
			"completed",
		]);
		expect(finalOf(events)["output"]).toMatchObject([{ content: [{ text: "" }] }]);
	});
});

describe("a stream that comes in other pieces", () => {
	it("is the same to the client", () => {
		const text = relayed(PLAIN, { includeUsage: true }).output;
		const whole = encoder().feed(text);
		fc.assert(
			fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (places) => {
				const cuts = [0, ...places.toSorted((left, right) => left - right), text.length];
				const stream = encoder();
				expect(
					cuts
						.slice(1)
						.map((end, index) => stream.feed(text.slice(cuts[index], end)))
						.join(""),
				).toBe(whole);
			}),
			{ seed: 21, numRuns: 200 },
		);
	});
});
