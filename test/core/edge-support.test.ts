import { describe, expect, it } from "vitest";
import type { ChatMessage, ChatRequest } from "../../src/core/completion.ts";
import { unsupportedByEdge, type StageCapabilities } from "../../src/core/edge-support.ts";
import { exampleRequest, FULL_MODEL, PLAIN_MODEL } from "./examples.ts";

const plainModel = PLAIN_MODEL;
const fullModel = FULL_MODEL;

const supportOf = (differences: Partial<ChatRequest>, capabilities = plainModel) =>
	unsupportedByEdge(exampleRequest(differences), capabilities);
const ofMessages = (...messages: readonly ChatMessage[]) => supportOf({ messages });

describe("a request that every small model serves", () => {
	it("is a plain one", () => {
		expect(supportOf({})).toBeNull();
	});

	it.each([
		["stream", true],
		["stream_options", { include_usage: true }],
		["temperature", 0.2],
		["top_p", 0.9],
		["max_tokens", 5],
		["max_completion_tokens", 5],
		["seed", 1],
		["frequency_penalty", 0.5],
		["presence_penalty", 0.5],
		["n", 1],
		["response_format", { type: "json_object" }],
		["parallel_tool_calls", true],
		["tool_choice", "auto"],
		["user", "u-1"],
		["metadata", { a: "b" }],
		["safety_identifier", "s"],
		["prompt_cache_key", "k"],
		["service_tier", "auto"],
	])("may set `%s`", (field, value) => {
		expect(supportOf({ body: { [field]: value } })).toBeNull();
	});

	it("may say null or an empty list of a field it could not serve: nothing is asked for", () => {
		for (const value of [null, undefined, []]) {
			expect(supportOf({ body: { tools: value, store: value, logit_bias: value, made_up: value } })).toBeNull();
		}
	});

	it.each(["store", "logprobs", "stream", "parallel_tool_calls", "tools"])(
		"may say false of `%s`, which asks for nothing",
		(field) => {
			expect(supportOf({ body: { [field]: false } })).toBeNull();
		},
	);

	it("may hold every role that speaks, and text in parts", () => {
		expect(
			ofMessages(
				{ role: "system", content: "a" },
				{ role: "developer", content: "b" },
				{ role: "assistant", content: "c" },
				{ role: "user", content: [{ type: "text", text: "d" }] },
			),
		).toBeNull();
	});

	it("may repeat an assistant's message with the nulls that OpenAI's own client writes", () => {
		expect(
			ofMessages(
				{ role: "user", content: "a" },
				{ role: "assistant", content: "b", refusal: null, audio: null, function_call: null, tool_calls: null },
				{ role: "user", content: "c" },
			),
		).toBeNull();
	});
});

describe("a request that a small model cannot serve is named by its field:", () => {
	it("`n`, several choices", () => {
		expect(supportOf({ choices: 2 })).toBe("n");
	});

	it("`tools`, where the model cannot call any", () => {
		expect(supportOf({ body: { tools: [{ type: "function", function: { name: "f" } }] } })).toBe("tools");
	});

	it("`logprobs`, where the model has none", () => {
		expect(supportOf({ logprobs: true })).toBe("logprobs");
		expect(
			supportOf({ logprobs: true, topLogprobs: 5, body: { logprobs: true, top_logprobs: 5 } }, fullModel),
		).toBeNull();
	});

	it.each(["tool", "function"])("the role of a `%s` message, where the model calls no tools", (role) => {
		expect(ofMessages({ role: "user", content: "a" }, { role, content: "b" })).toBe("messages[1].role");
	});

	it("a message in which the assistant refused, since its words are in a field that no small model reads", () => {
		const refused = { role: "assistant", content: null, refusal: "I cannot help with that." };
		expect(ofMessages({ role: "user", content: "a" }, refused, { role: "user", content: "b" })).toBe("messages[1]");
		expect(ofMessages({ ...refused, refusal: "" })).toBe("messages[0]");
		expect(supportOf({ messages: [refused] }, fullModel)).toBe("messages[0]");
	});

	it("a message that called tools or spoke", () => {
		expect(ofMessages({ role: "assistant", content: null, tool_calls: [{ id: "1" }] })).toBe("messages[0]");
		expect(ofMessages({ role: "assistant", content: null, audio: { id: "1" } })).toBe("messages[0]");
		expect(ofMessages({ role: "assistant", content: null, function_call: { name: "f" } })).toBe("messages[0]");
	});

	it.each(["image_url", "input_audio", "file", "refusal"])(
		"the content of a message with a part of type %s",
		(type) => {
			const content = [{ type: "text", text: "a" }, { type }];
			expect(ofMessages({ role: "user", content: "a" }, { role: "user", content })).toBe("messages[1].content");
		},
	);

	it.each([
		["stop", ["\n"]],
		["logit_bias", { "5": 1 }],
	])("`%s`, where the model does not know it", (field, value) => {
		expect(supportOf({ body: { [field]: value } })).toBe(field);
		expect(supportOf({ body: { [field]: value } }, fullModel)).toBeNull();
	});

	it.each([
		["functions", [{ name: "f" }]],
		["function_call", "auto"],
		["modalities", ["text", "audio"]],
		["audio", { voice: "x" }],
		["reasoning_effort", "high"],
		["store", true],
		["prediction", { type: "content", content: "x" }],
		["web_search_options", {}],
		["verbosity", "low"],
		["guided_regex", "[0-9]+"],
		["made_up", 0],
		["made_up", false],
		["enable_thinking", false],
		["skip_special_tokens", false],
		["functions", false],
		["made_up", ""],
	])("`%s`, which no small model knows", (field, value) => {
		expect(supportOf({ body: { [field]: value } }, fullModel)).toBe(field);
	});
});

describe("a request with tools", () => {
	const tool = { type: "function", function: { name: "f", strict: true, parameters: { type: "object" } } };
	const calling: StageCapabilities = { ...plainModel, tools: true };
	const choosing: StageCapabilities = { ...calling, toolChoice: true };
	const named = { type: "function", function: { name: "f" } };
	const allowed = { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [named] } };

	it("is served by a model that calls them", () => {
		expect(supportOf({ body: { tools: [tool] } }, calling)).toBeNull();
	});

	it("is served with what was called before, and what came of it", () => {
		const messages = [
			{ role: "user", content: "a" },
			{ role: "assistant", content: null, tool_calls: [{ id: "1", type: "function", function: { name: "f" } }] },
			{ role: "tool", tool_call_id: "1", content: [{ type: "text", text: "b" }] },
		];
		expect(supportOf({ messages, body: { tools: [tool] } }, calling)).toBeNull();
		expect(supportOf({ messages }, calling)).toBeNull();
		expect(supportOf({ messages }, plainModel)).toBe("messages[1]");
	});

	it.each([undefined, null, "auto", "none"])(
		"is served with the choice %j by every model that calls tools",
		(choice) => {
			expect(supportOf({ body: { tools: [tool], tool_choice: choice } }, calling)).toBeNull();
		},
	);

	it.each(["required", named, allowed])("is served with the choice %j where the model can be told", (choice) => {
		expect(supportOf({ body: { tools: [tool], tool_choice: choice } }, calling)).toBe("tool_choice");
		expect(supportOf({ body: { tools: [tool], tool_choice: choice } }, choosing)).toBeNull();
	});

	it("is not served with a choice that nobody here knows", () => {
		for (const choice of ["any", 5, {}, { type: "custom", custom: { name: "f" } }, { type: "mcp" }])
			expect(supportOf({ body: { tools: [tool], tool_choice: choice } }, choosing)).toBe("tool_choice");
	});

	it("is served with one call at most where the model can be told", () => {
		const body = { tools: [tool], parallel_tool_calls: false };
		expect(supportOf({ body }, calling)).toBe("parallel_tool_calls");
		expect(supportOf({ body }, choosing)).toBeNull();
		expect(supportOf({ body: { ...body, parallel_tool_calls: true } }, calling)).toBeNull();
	});

	it("is not served where one of them is no function, and that one is named", () => {
		for (const foreign of [{ type: "custom", custom: { name: "g" } }, { type: "web_search" }, {}, null])
			expect(supportOf({ body: { tools: [tool, foreign] } }, fullModel)).toBe("tools[1].type");
	});

	it("is not served with calls of other kinds before, or in the older form", () => {
		const after = (message: object) =>
			supportOf({ messages: [{ role: "assistant", content: null, ...message }] }, fullModel);
		expect(after({ tool_calls: [{ id: "1", type: "custom", custom: { name: "g" } }] })).toBe("messages[0]");
		expect(after({ tool_calls: "f" })).toBe("messages[0]");
		expect(after({ function_call: { name: "f" } })).toBe("messages[0]");
		expect(after({ role: "function", content: "x" })).toBe("messages[0].role");
	});

	it("is served with calls before that do not say their type", () => {
		const messages = [{ role: "assistant", content: null, tool_calls: [{ id: "1", function: { name: "f" } }] }];
		expect(supportOf({ messages }, fullModel)).toBeNull();
	});

	it("asks for nothing by an empty list, whatever it says about choosing", () => {
		const body = { tools: [], tool_choice: "required", parallel_tool_calls: false };
		expect(supportOf({ body }, plainModel)).toBeNull();
	});

	it("may still not ask for what else the model cannot do", () => {
		expect(supportOf({ body: { tools: [tool], stop: ["x"] } }, choosing)).toBe("stop");
		expect(supportOf({ choices: 2, body: { tools: [tool] } }, choosing)).toBe("n");
	});
});

describe("a classifier", () => {
	const classification = { kind: "classification", text: "a", labels: ["x", "y"] } as const;
	const moderation = { kind: "moderation", text: "a" } as const;
	const classifier = (answers: "classification" | "moderation"): StageCapabilities => ({ ...plainModel, answers });

	it("serves requests with a task of its own kind", () => {
		expect(supportOf({ task: classification }, classifier("classification"))).toBeNull();
		expect(supportOf({ task: moderation }, classifier("moderation"))).toBeNull();
	});

	it("is passed over where the client says what its labels are for, which it is not shown", () => {
		const served = classifier("classification");
		const told = (differences: object) => supportOf({ task: { ...classification, ...differences } }, served);
		expect(told({ instructions: "Newsletters are x." })).toBe("instructions");
		expect(told({ descriptions: [undefined, "mail that somebody wants"] })).toBe("labels[1].description");
		expect(told({ descriptions: ["a", "b"] })).toBe("labels[0].description");
		expect(told({ instructions: undefined, descriptions: [undefined, undefined] })).toBeNull();
		// A model that chats reads them in its messages.
		for (const model of [plainModel, fullModel]) {
			const task = { ...classification, instructions: "Newsletters are x.", descriptions: ["a", "b"] };
			expect(supportOf({ task }, model)).toBeNull();
		}
	});

	it("serves no others, least of all free text", () => {
		expect(supportOf({ task: moderation }, classifier("classification"))).toBe("task");
		expect(supportOf({ task: classification }, classifier("moderation"))).toBe("task");
		for (const answers of ["classification", "moderation"] as const)
			expect(supportOf({}, classifier(answers))).toBe("task");
	});

	it("is not needed: a model that chats serves tasks too", () => {
		expect(supportOf({ task: classification })).toBeNull();
		expect(supportOf({ task: moderation })).toBeNull();
	});
});
