import { describe, expect, it } from "vitest";
import { failedToolCheck } from "../../../src/core/checks/tool-calls.ts";
import type { JsonObject } from "../../../src/core/json.ts";

const parameters = {
	type: "object",
	properties: { city: { type: "string" }, days: { type: "integer", minimum: 1 } },
	required: ["city"],
	additionalProperties: false,
};
const tools = [
	{ type: "function", function: { name: "weather", parameters } },
	{ type: "function", function: { name: "now" } },
	{ type: "custom", custom: { name: "shell" }, function: { name: "sh" } },
];
const weather = { name: "weather", arguments: '{"city":"Rome"}' };
const now = { name: "now", arguments: "{}" };
const check = (calls: readonly { name: string; arguments: string }[], body: JsonObject = {}) =>
	failedToolCheck({ tools, ...body }, calls);
const named = (name: string) => ({ type: "function", function: { name } });

describe("a tool call", () => {
	it("passes where a tool of the request takes it", () => {
		expect(check([weather])).toBeNull();
		expect(check([weather, now, weather])).toBeNull();
		expect(check([])).toBeNull();
	});

	it("fails where no function of the request has its name, letter for letter", () => {
		for (const name of ["forecast", "Weather", "", "shell", "sh", "constructor"])
			expect(check([{ name, arguments: '{"city":"Rome"}' }]), name).toBe("unknown-tool");
	});

	it("fails where its arguments are no JSON object", () => {
		for (const text of ["", "{", "null", "[]", '"{}"', "Rome", '{"city":"Rome"} '.repeat(2)]) {
			expect(check([{ name: "weather", arguments: text }]), text).toBe("invalid-tool-arguments");
			expect(check([{ name: "now", arguments: text }]), text).toBe("invalid-tool-arguments");
		}
	});

	it("fails where its arguments are not valid against the tool's parameters", () => {
		for (const text of ["{}", '{"city":5}', '{"city":"Rome","days":0}', '{"city":"Rome","x":1}'])
			expect(check([{ name: "weather", arguments: text }]), text).toBe("invalid-tool-arguments");
	});

	it("may hold anything where the tool has no parameters", () => {
		expect(check([{ name: "now", arguments: '{"zone":"UTC"}' }])).toBeNull();
	});

	it("fails for its arguments wherever in the list it is", () => {
		expect(check([weather, { name: "weather", arguments: "{}" }])).toBe("invalid-tool-arguments");
		expect(check([weather, { name: "other", arguments: "{}" }])).toBe("unknown-tool");
	});

	it("must be valid for each of two tools of one name, since nobody knows which is meant", () => {
		const strict = { type: "function", function: { name: "now", parameters } };
		expect(failedToolCheck({ tools: [...tools, strict] }, [now])).toBe("invalid-tool-arguments");
	});

	it("is unwanted where the request has no tools", () => {
		for (const none of [undefined, null, []]) {
			expect(failedToolCheck({ tools: none }, [now])).toBe("unwanted-tool-call");
			expect(failedToolCheck({ tools: none, tool_choice: "required" }, [])).toBeNull();
		}
	});
});

describe("tool_choice", () => {
	it("`auto` leaves it to the model, as does none at all", () => {
		for (const tool_choice of ["auto", undefined, null])
			expect([check([], { tool_choice }), check([now], { tool_choice })]).toEqual([null, null]);
	});

	it("`none` wants no call", () => {
		expect(check([], { tool_choice: "none" })).toBeNull();
		expect(check([now], { tool_choice: "none" })).toBe("unwanted-tool-call");
	});

	it("`required` wants one at least", () => {
		expect(check([], { tool_choice: "required" })).toBe("tool-missing");
		expect(check([now, weather], { tool_choice: "required" })).toBeNull();
	});

	it("naming a function wants that one and no other", () => {
		const tool_choice = named("weather");
		expect(check([weather], { tool_choice })).toBeNull();
		expect(check([], { tool_choice })).toBe("tool-missing");
		expect(check([now], { tool_choice })).toBe("unwanted-tool-call");
		expect(check([weather, now], { tool_choice })).toBe("unwanted-tool-call");
	});

	it("with allowed tools wants none but those, and one at least where a call is required", () => {
		const allowing = (mode: string) => ({ type: "allowed_tools", allowed_tools: { mode, tools: [named("now")] } });
		expect(check([now], { tool_choice: allowing("auto") })).toBeNull();
		expect(check([], { tool_choice: allowing("auto") })).toBeNull();
		expect(check([weather], { tool_choice: allowing("auto") })).toBe("unwanted-tool-call");
		expect(check([], { tool_choice: allowing("required") })).toBe("tool-missing");
		expect(check([now], { tool_choice: allowing("required") })).toBeNull();
	});
});

describe("parallel_tool_calls", () => {
	it("set to false wants one call at most", () => {
		expect(check([now], { parallel_tool_calls: false })).toBeNull();
		expect(check([now, now], { parallel_tool_calls: false })).toBe("too-many-tool-calls");
		for (const parallel_tool_calls of [true, null, undefined])
			expect(check([now, now], { parallel_tool_calls })).toBeNull();
	});
});
