import type { ChatMessage } from "../../core/completion.ts";
import type { JsonObject } from "../../core/json.ts";
import { partsOf, simplest, type ChatContent } from "./input-content.ts";

/**
 * Builds chat messages from items. A response lists what the assistant said and each of its calls as items of their
 * own; in chat they are one message, and the outputs must follow the message that has the calls.
 */
export interface Conversation {
	readonly addMessage: (role: string, content: ChatContent) => void;
	readonly addCall: (id: string, name: string, callArguments: string) => void;
	/** False where no earlier call has this id: the output cannot be placed. */
	readonly addOutput: (callId: string, content: ChatContent) => boolean;
	readonly messages: () => readonly ChatMessage[];
}

interface AssistantMessage extends JsonObject {
	readonly role: "assistant";
	content: ChatContent | null;
	tool_calls?: JsonObject[];
}

/** A conversation in which nothing has been said. */
export function createConversation(): Conversation {
	const messages: ChatMessage[] = [];
	const calls = new Set<string>();
	/** The last message, where the assistant's turn is not over. */
	let turn: AssistantMessage | null = null;
	/** What that turn says beside its calls. Gathered, since joining at each item would take quadratic time. */
	let words: JsonObject[] = [];

	function endTurn(): void {
		if (turn !== null && words.length > 0) turn.content = simplest(words);
		turn = null;
		words = [];
	}

	function beginTurn(content: ChatContent | null): AssistantMessage {
		endTurn();
		turn = { role: "assistant", content };
		words = content === null ? [] : [...partsOf(content)];
		messages.push(turn);
		return turn;
	}

	return {
		addMessage(role, content) {
			if (role !== "assistant") {
				endTurn();
				messages.push({ role, content });
			} else if (turn?.tool_calls === undefined) beginTurn(content);
			// The model's items may come in any order: text after a call still belongs to the call's message.
			else {
				turn.content ??= content;
				for (const part of partsOf(content)) words.push(part);
			}
		},
		addCall(id, name, callArguments) {
			calls.add(id);
			const message = turn ?? beginTurn(null);
			message.tool_calls ??= [];
			message.tool_calls.push({ id, type: "function", function: { name, arguments: callArguments } });
		},
		addOutput(callId, content) {
			endTurn();
			messages.push({ role: "tool", tool_call_id: callId, content });
			return calls.has(callId);
		},
		messages() {
			endTurn();
			return messages;
		},
	};
}
