import { messageText, type ChatMessage } from "../core/completion.ts";
import { isJsonObject, parseJson, type JsonObject } from "../core/json.ts";
import type { WorkersAiCapabilities } from "./workers-ai-capabilities.ts";

/**
 * Messages as a small model's template knows them: `system` for `developer`, and text in place of parts. What tools said
 * keeps OpenAI's form where the model speaks that. The native dialect has no field for a call and none for its id, so a
 * call is written as JSON text and its result bears the tool's name, as Cloudflare's own `@cloudflare/ai-utils` has it
 * (`runWithTools`).
 */
export function workersAiMessages(
	messages: readonly ChatMessage[],
	{ shape }: WorkersAiCapabilities,
): readonly JsonObject[] {
	const toolNames = new Map<unknown, unknown>();
	return messages.map((message) => {
		const calls = Array.isArray(message["tool_calls"]) ? (message["tool_calls"] as unknown[]) : [];
		for (const call of calls.filter(isJsonObject)) toolNames.set(call["id"], nativeCall(call)["name"]);
		return shape === "chat-completions"
			? openaiMessage(message, calls)
			: nativeMessage(message, calls, toolNames.get(message["tool_call_id"]));
	});
}

function openaiMessage(message: ChatMessage, calls: readonly unknown[]): JsonObject {
	const plain = plainMessage(message);
	if (calls.length > 0) return { ...plain, tool_calls: calls };
	return message.role === "tool" ? { ...plain, tool_call_id: message["tool_call_id"] } : named(plain, message["name"]);
}

function nativeMessage(message: ChatMessage, calls: readonly unknown[], toolName: unknown): JsonObject {
	const plain = plainMessage(message);
	if (calls.length === 0) return named(plain, message["name"] ?? toolName);
	const text = JSON.stringify(calls.map(nativeCall));
	return { ...plain, content: plain.content === "" ? text : `${plain.content}\n${text}` };
}

function plainMessage(message: ChatMessage) {
	return { role: message.role === "developer" ? "system" : message.role, content: messageText(message) };
}

function named(plain: JsonObject, name: unknown): JsonObject {
	return typeof name === "string" ? { ...plain, name } : plain;
}

/** Arguments as the value that native models give them as; text that is no JSON stays text. */
function nativeCall(call: unknown): JsonObject {
	const called = isJsonObject(call) && isJsonObject(call["function"]) ? call["function"] : {};
	const given = called["arguments"];
	return { name: called["name"], arguments: (typeof given === "string" ? parseJson(given) : undefined) ?? given };
}
