import { describe, expect, it } from "vitest";
import { createConversation } from "../../../src/openai/responses/conversation.ts";

/** How many elements of lists are stepped over while this runs, in loops and in spreads. */
function elementsRead(work: () => void): number {
	const original = Array.prototype[Symbol.iterator];
	let count = 0;
	const counting = function (this: unknown[]) {
		const elements = original.call(this);
		const step = elements.next.bind(elements);
		elements.next = () => {
			count += 1;
			return step();
		};
		return elements;
	};
	Reflect.set(Array.prototype, Symbol.iterator, counting);
	try {
		work();
	} finally {
		Reflect.set(Array.prototype, Symbol.iterator, original);
	}
	return count;
}

describe("a conversation", () => {
	it("joins what one turn says around its calls, in order, as text where that is all", () => {
		const conversation = createConversation();
		conversation.addMessage("user", "hello");
		conversation.addCall("1", "f", "{}");
		conversation.addMessage("assistant", "one");
		conversation.addMessage("assistant", [{ type: "text", text: "two" }]);
		conversation.addCall("2", "g", "{}");
		expect(conversation.addOutput("1", "done")).toBe(true);
		expect(conversation.addOutput("3", "lost")).toBe(false);
		conversation.addMessage("assistant", "three");
		expect(conversation.messages()).toMatchObject([
			{ role: "user", content: "hello" },
			{
				role: "assistant",
				content: [
					{ type: "text", text: "one" },
					{ type: "text", text: "two" },
				],
				tool_calls: [{ id: "1" }, { id: "2" }],
			},
			{ role: "tool", tool_call_id: "1", content: "done" },
			{ role: "tool", tool_call_id: "3", content: "lost" },
			{ role: "assistant", content: "three" },
		]);
	});

	it("leaves a turn that calls and says nothing without content, and one that says one thing as text", () => {
		const conversation = createConversation();
		conversation.addCall("1", "f", "{}");
		conversation.addOutput("1", "x");
		conversation.addCall("2", "f", "{}");
		conversation.addMessage("assistant", "");
		conversation.addMessage("assistant", "one");
		expect(conversation.messages().map(({ content }) => content)).toEqual([null, "x", "one"]);
	});

	it("may be read more than once", () => {
		const conversation = createConversation();
		conversation.addCall("1", "f", "{}");
		for (const text of ["one", "two"]) conversation.addMessage("assistant", text);
		const first = JSON.stringify(conversation.messages());
		expect(JSON.stringify(conversation.messages())).toBe(first);
	});

	it("handles each piece of a long turn a fixed number of times, however long the turn", () => {
		const readsOf = (pieces: number) =>
			elementsRead(() => {
				const conversation = createConversation();
				conversation.addCall("1", "f", "{}");
				for (let piece = 0; piece < pieces; piece++) conversation.addMessage("assistant", "word");
				expect(conversation.messages()[0]?.content).toHaveLength(pieces);
			});
		const [short, long] = [readsOf(100), readsOf(1_000)];
		expect(long).toBeLessThanOrEqual(10 * short + 100);
		expect(long).toBeLessThan(10_000);
	});
});
