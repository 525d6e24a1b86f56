import type { JsonObject } from "../../core/json.ts";
import { callItem, messageItem, reasoningItem, refusalPart, textPart, type ResponseStatus } from "./response-object.ts";

/** Sends one event; `fields` are those beside its type and number. */
export type Send = (type: string, fields: JsonObject) => void;

/** An output item that is being streamed. */
export interface StreamedItem {
	/** Sends the events that end it; without effect on one that has ended. */
	readonly end: (status: ResponseStatus) => void;
	/** The item as it stands; one that has not ended has the given status. */
	readonly soFar: (status: ResponseStatus) => JsonObject;
}

/** Where an item stands: its id and its position in `output`. */
export interface ItemPlace {
	readonly id: string;
	readonly index: number;
}

/** What the events of one item have in common. */
function streamedItem(
	send: Send,
	{ index }: ItemPlace,
	render: (status: ResponseStatus) => JsonObject,
	sendLast: () => void,
): StreamedItem {
	let ended: ResponseStatus | null = null;
	send("response.output_item.added", { output_index: index, item: render("in_progress") });
	return {
		end(status) {
			if (ended !== null) return;
			ended = status;
			sendLast();
			send("response.output_item.done", { output_index: index, item: render(status) });
		},
		soFar: (status) => render(ended ?? status),
	};
}

/** The model's reasoning. */
export function streamReasoning(
	send: Send,
	place: ItemPlace,
): StreamedItem & { readonly add: (words: string) => void } {
	const at = { item_id: place.id, output_index: place.index, content_index: 0 };
	let words: string | null = null;
	const item = streamedItem(
		send,
		place,
		(status) => reasoningItem(place.id, words, status),
		() => {
			send("response.reasoning_text.done", { ...at, text: words ?? "" });
			send("response.content_part.done", { ...at, part: { type: "reasoning_text", text: words ?? "" } });
		},
	);
	words = "";
	send("response.content_part.added", { ...at, part: { type: "reasoning_text", text: "" } });
	return {
		...item,
		add(more) {
			words += more;
			send("response.reasoning_text.delta", { ...at, delta: more });
		},
	};
}

interface Part {
	readonly type: "text" | "refusal";
	words: string;
	readonly logprobs: JsonObject[];
}

const rendered = ({ type, words, logprobs }: Part) =>
	type === "text" ? textPart(words, logprobs) : refusalPart(words);

/** What the assistant says: text and refusal, each one part, in the order in which they began. */
export function streamMessage(
	send: Send,
	place: ItemPlace,
): StreamedItem & {
	readonly addText: (words: string, logprobs: readonly JsonObject[]) => void;
	readonly addRefusal: (words: string) => void;
} {
	const parts: Part[] = [];
	const at = (part: Part) => ({
		item_id: place.id,
		output_index: place.index,
		content_index: parts.indexOf(part),
	});
	const item = streamedItem(
		send,
		place,
		(status) => messageItem(place.id, parts.map(rendered), status),
		() => {
			for (const part of parts) {
				if (part.type === "text") {
					send("response.output_text.done", { ...at(part), text: part.words, logprobs: part.logprobs });
				} else send("response.refusal.done", { ...at(part), refusal: part.words });
				send("response.content_part.done", { ...at(part), part: rendered(part) });
			}
		},
	);
	function partFor(type: Part["type"]): Part {
		const begun = parts.find((part) => part.type === type);
		if (begun !== undefined) return begun;
		const part: Part = { type, words: "", logprobs: [] };
		parts.push(part);
		send("response.content_part.added", { ...at(part), part: rendered({ ...part, logprobs: [] }) });
		return part;
	}
	return {
		...item,
		addText(words, logprobs) {
			const part = partFor("text");
			if (words === "" && logprobs.length === 0) return;
			part.words += words;
			part.logprobs.push(...logprobs);
			send("response.output_text.delta", { ...at(part), delta: words, logprobs });
		},
		addRefusal(words) {
			const part = partFor("refusal");
			part.words += words;
			send("response.refusal.delta", { ...at(part), delta: words });
		},
	};
}

/** A tool call; its name and id are known when it begins. */
export function streamCall(
	send: Send,
	place: ItemPlace,
	call: { readonly callId: string; readonly name: string },
): StreamedItem & { readonly addArguments: (more: string) => void } {
	const at = { item_id: place.id, output_index: place.index };
	let callArguments = "";
	const item = streamedItem(
		send,
		place,
		(status) => callItem(place.id, { ...call, arguments: callArguments }, status),
		() => send("response.function_call_arguments.done", { ...at, name: call.name, arguments: callArguments }),
	);
	return {
		...item,
		addArguments(more) {
			if (more === "") return;
			callArguments += more;
			send("response.function_call_arguments.delta", { ...at, delta: more });
		},
	};
}
