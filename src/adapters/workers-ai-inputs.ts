import type { StageCall } from "../cascade/ports.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { WorkersAiCapabilities } from "./workers-ai-capabilities.ts";
import { workersAiMessages } from "./workers-ai-messages.ts";

/** Sampling parameters that both dialects share with OpenAI under the same name. */
const SHARED_PARAMETERS = ["top_p", "frequency_penalty", "presence_penalty", "response_format"] as const;
const TOOL_PARAMETERS = ["tool_choice", "parallel_tool_calls"] as const;
const OPENAI_PARAMETERS = ["stop", "logit_bias"] as const;

/**
 * A call as inputs of `env.AI.run()`. `max_tokens` is always set, since Workers AI otherwise stops at 256 tokens
 * and says so in no field of the native answer.
 */
export function workersAiInputs(call: StageCall, capabilities: WorkersAiCapabilities, stream: boolean): JsonObject {
	const { body } = call.request;
	const inputs: JsonObject = {
		messages: workersAiMessages(call.messages ?? call.request.messages, capabilities),
		max_tokens: call.maxOutputTokens,
	};
	const temperature = call.temperature ?? body["temperature"];
	if (temperature != null) inputs["temperature"] = temperature;
	const seed = seedOf(body["seed"], call.seedOffset);
	if (seed !== undefined) inputs["seed"] = seed;
	// A checker's call has other messages, so what shaped the answer must not shape its verdict.
	const names =
		call.purpose === "verdict"
			? []
			: capabilities.openaiParameters
				? [...SHARED_PARAMETERS, ...OPENAI_PARAMETERS]
				: SHARED_PARAMETERS;
	for (const name of names) if (body[name] != null) inputs[name] = body[name];
	if (inputs["response_format"] !== undefined && capabilities.shape === "native")
		inputs["response_format"] = nativeFormat(inputs["response_format"]);
	if (call.purpose === "answer" && wantsTools(body)) {
		inputs["tools"] = body["tools"];
		for (const name of TOOL_PARAMETERS) if (capabilities.toolChoice && body[name] != null) inputs[name] = body[name];
	}
	if (capabilities.logprobs && (call.topLogprobs !== undefined || call.request.logprobs)) {
		inputs["logprobs"] = true;
		inputs["top_logprobs"] = call.topLogprobs ?? call.request.topLogprobs;
	}
	if (stream) {
		inputs["stream"] = true;
		if (capabilities.shape === "chat-completions") inputs["stream_options"] = { include_usage: true };
	}
	return inputs;
}

/**
 * Native models take the schema itself where OpenAI has it beside a name: `{type: "json_schema", json_schema: {type:
 * "object", …}}` (developers.cloudflare.com/workers-ai/features/json-mode).
 */
function nativeFormat(format: unknown): unknown {
	const schema = isJsonObject(format) && isJsonObject(format["json_schema"]) ? format["json_schema"]["schema"] : null;
	return isJsonObject(schema) ? { type: "json_schema", json_schema: schema } : format;
}

/** Samples of one request need different seeds, yet the same ones when the request is repeated. */
function seedOf(seed: unknown, offset: number | undefined): number | undefined {
	if (typeof seed !== "number") return undefined;
	return seed + (offset ?? 0);
}

/** With `tool_choice: "none"` the tools are background that small models would call all the same. */
function wantsTools(body: JsonObject): boolean {
	return Array.isArray(body["tools"]) && body["tools"].length > 0 && body["tool_choice"] !== "none";
}
