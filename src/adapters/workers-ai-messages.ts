import { messageText, type ChatMessage } from "../core/completion.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { WorkersAiCapabilities } from "./workers-ai-capabilities.ts";

/**
 * A message as a small model's template knows it: `system` for `developer`, and text in place of parts. What tools said
 * keeps OpenAI's form where the model speaks that; the native dialect has no field for a call, so calls are written as
 * JSON text, as Cloudflare's own `@cloudflare/ai-utils` does (`runWithTools`).
 */
export function workersAiMessage(message: ChatMessage, { shape }: WorkersAiCapabilities): JsonObject {
	const role = message.role === "developer" ? "system" : message.role;
	const plain: JsonObject = { role, content: messageText(message) };
	const calls = message["tool_calls"];
	if (Array.isArray(calls) && calls.length > 0) {
		if (shape === "chat-completions") return { ...plain, tool_calls: calls };
		const text = JSON.stringify((calls as unknown[]).map(nativeCall));
		return { role, content: plain["content"] === "" ? text : `${String(plain["content"])}\n${text}` };
	}
	if (role === "tool" && shape === "chat-completions") return { ...plain, tool_call_id: message["tool_call_id"] };
	return typeof message["name"] === "string" ? { ...plain, name: message["name"] } : plain;
}

function nativeCall(call: unknown): JsonObject {
	const called = isJsonObject(call) && isJsonObject(call["function"]) ? call["function"] : {};
	return { name: called["name"], arguments: called["arguments"] };
}
