import { describe, expect, it } from "vitest";
import { chunk, DONE, relayed } from "./upstream-streams.ts";

const opening = chunk({ role: "assistant", content: "" });
const call = (fields: Record<string, unknown>) => chunk({ tool_calls: [{ index: 0, ...fields }] });

describe("tool calls", () => {
	it("get their arguments as text", () => {
		const { toolDeltas } = relayed(
			opening +
				call({ id: "c1", type: "function", function: { name: "f", arguments: { a: 1 } } }) +
				chunk({}, "tool_calls") +
				DONE,
		);
		expect(toolDeltas).toEqual([
			{ index: 0, id: "c1", type: "function", function: { name: "f", arguments: '{"a":1}' } },
		]);
	});

	it("get the index, id and type that the first delta needs", () => {
		const text =
			opening +
			chunk({ tool_calls: [{ function: { name: "f", arguments: "" } }, { function: { name: "g", arguments: "" } }] }) +
			chunk({}, "tool_calls") +
			DONE;
		expect(relayed(text).toolDeltas).toMatchObject([
			{ index: 0, id: "call_0", type: "function" },
			{ index: 1, id: "call_1", type: "function" },
		]);
	});

	it("keep later deltas as they are: arguments and no identity", () => {
		const text =
			opening +
			call({ id: "c1", type: "function", function: { name: "f", arguments: "" } }) +
			call({ function: { arguments: '{"a":' } }) +
			call({ function: { arguments: "1}" } }) +
			chunk({}, "tool_calls") +
			DONE;
		const { toolDeltas } = relayed(text);
		expect(toolDeltas.slice(1)).toEqual([
			{ index: 0, function: { arguments: '{"a":' } },
			{ index: 0, function: { arguments: "1}" } },
		]);
	});

	it("do not change their identity where later deltas repeat it as null, as SGLang's do", () => {
		const later = { id: null, type: "function", function: { name: null, arguments: "{}" } };
		const text =
			opening +
			call({ id: "c1", type: "function", function: { name: "f", arguments: "" } }) +
			call(later) +
			chunk({}, "tool_calls") +
			DONE;
		expect(relayed(text).toolDeltas[1]?.["id"] ?? "c1").toBe("c1");
	});

	it("do not begin with an empty object where the first delta's arguments are null", () => {
		const text =
			opening +
			call({ id: "c1", type: "function", function: { name: "f", arguments: null } }) +
			call({ function: { arguments: '{"a":1}' } }) +
			chunk({}, "tool_calls") +
			DONE;
		const argumentsText = relayed(text)
			.toolDeltas.map((delta) => (delta["function"] as { arguments?: string | null }).arguments ?? "")
			.join("");
		expect(argumentsText).toBe('{"a":1}');
	});
});
