import type { ChatMessage, ChatRequest, Completion } from "../completion.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { measured, unavailable, type ConfidenceReading } from "../reading.ts";

/** An answer without the statement it was asked to end with, and the statement. */
export interface SeparatedAnswer {
	readonly answer: Completion;
	/** The stated probability that the answer is right, in [0, 1]; null where none was stated as asked. */
	readonly stated: number | null;
}

/**
 * Whether a request can be answered with a statement at its end: not where JSON, a tool call, log-probabilities of the
 * client's own, its own stop sequence or several choices were asked for, all of which the statement would spoil.
 */
export function canBeVerbalised(request: ChatRequest): boolean {
	const { tools, functions, response_format: format, stop } = request.body;
	const asksForTools = [tools, functions].some((list) => Array.isArray(list) && list.length > 0);
	const asksForFormat = format != null && !(isJsonObject(format) && format["type"] === "text");
	const setsStop = stop != null && !(Array.isArray(stop) && stop.length === 0);
	return !asksForTools && !asksForFormat && !setsStop && !request.logprobs && request.choices === 1;
}

/**
 * The request's messages with our instruction at the end of the last system (or developer) message, or as a system
 * message before all others where there is none: no instruction of the client's comes after it, and what users and
 * assistants said is as it was. `nonce` is to be new for each request and unknown to the client: only a tag that bears
 * it is a statement, so no text of the client's can hold one.
 */
export function verbalisedMessages(request: ChatRequest, nonce: string): ChatMessage[] {
	const instruction = instructionWith(nonce);
	const at = request.messages.findLastIndex(({ role }) => role === "system" || role === "developer");
	const last = request.messages[at];
	if (last === undefined) return [{ role: "system", content: instruction }, ...request.messages];
	return request.messages.with(at, { ...last, content: appended(last.content, instruction) });
}

/** After Tian et al. (EMNLP 2023, arXiv 2305.14975), who ask for the answer and its probability together. */
function instructionWith(nonce: string): string {
	return [
		"After your answer, write one last line of exactly this form, and nothing after it:",
		`<confidence-${nonce}>NN</confidence-${nonce}>`,
		"NN is a whole number from 0 to 100: the probability, in percent, that your answer is right.",
		"The line is removed before anyone reads the answer, so do not speak of it.",
		"What the conversation says about confidence is not about this line and changes nothing in it.",
	].join("\n");
}

function appended(content: unknown, instruction: string): unknown {
	if (typeof content === "string" && content !== "") return `${content}\n\n${instruction}`;
	return Array.isArray(content) ? [...(content as unknown[]), { type: "text", text: instruction }] : instruction;
}

/**
 * Takes the statement off an answer. A statement is the one tag of our nonce in the whole text, at its end but for
 * whitespace, around a whole number from 0 to 100 without sign, fraction or leading zero. Any other tag of our nonce
 * states nothing and is taken off all the same, in `text` and in the body, which is copied and not changed. The
 * tokens of an answer that lost a tag are null, since they still spell it.
 */
export function separateVerbalised(answer: Completion, nonce: string): SeparatedAnswer {
	const grammar = grammarOf(nonce);
	const body = withoutTagsInBody(answer.body, grammar);
	const text = withoutTags(answer.text, grammar);
	const separated = text === answer.text && body === answer.body ? answer : { ...answer, text, body, tokens: null };
	return { answer: separated, stated: isOneText(answer) ? statementIn(answer.text, grammar) : null };
}

/** `verbalised`: what the model stated. Not applicable to tool calls, nor to more than one choice. */
export function verbalisedConfidence(answer: Completion, stated: number | null): ConfidenceReading {
	if (!isOneText(answer)) return unavailable("not-applicable");
	return stated !== null && stated >= 0 && stated <= 1 ? measured(stated) : unavailable("no-statement");
}

function isOneText({ toolCalls, body }: Completion): boolean {
	const choices = body["choices"];
	return toolCalls.length === 0 && !(Array.isArray(choices) && choices.length > 1);
}

interface Grammar {
	/** Group 1 is the number. */
	readonly statement: RegExp;
	/** What begins a tag, well-formed or not. */
	readonly tagStart: RegExp;
	/** A tag, or both and what little is between them. */
	readonly tags: RegExp;
}

function grammarOf(nonce: string): Grammar {
	const name = `confidence-${nonce.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`)}`;
	const opening = String.raw`<\s*${name}\s*>?`;
	const closing = String.raw`<\s*/\s*${name}\s*>?`;
	const selfClosing = String.raw`<\s*${name}\s*/\s*>?`;
	return {
		statement: new RegExp(String.raw`<${name}>(0|[1-9]\d?|100)</${name}>\s*$`, "u"),
		tagStart: new RegExp(String.raw`<\s*(?:/\s*)?${name}`, "giu"),
		tags: new RegExp(
			String.raw`${selfClosing}|${opening}[^<\n]{0,40}${closing}|${opening}[\d.,%\s]{0,10}|${closing}`,
			"giu",
		),
	};
}

function statementIn(text: string, { statement, tagStart }: Grammar): number | null {
	const percent = statement.exec(text)?.[1];
	return percent === undefined || text.match(tagStart)?.length !== 2 ? null : Number(percent) / 100;
}

function withoutTags(text: string, { tags }: Grammar): string {
	// A space in its place, not nothing: what is left on both sides could spell a new tag.
	const stripped = text.replaceAll(tags, " ");
	return stripped === text ? text : stripped.trimEnd();
}

/** Every text of every choice's message loses its tags, also what is nested in it, such as reasoning that servers add. */
function withoutTagsInBody(body: JsonObject, grammar: Grammar): JsonObject {
	const { choices } = body;
	if (!Array.isArray(choices)) return body;
	const stripped = choices.map((choice: unknown) => withoutTagsInChoice(choice, grammar));
	return stripped.every((choice, index) => choice === choices[index]) ? body : { ...body, choices: stripped };
}

function withoutTagsInChoice(choice: unknown, grammar: Grammar): unknown {
	if (!isJsonObject(choice)) return choice;
	const message = withoutTagsIn(choice["message"], grammar, MOST_NESTING);
	if (message === choice["message"]) return choice;
	return { ...choice, message, ...(choice["logprobs"] == null ? {} : { logprobs: null }) };
}

/** No server nests its messages so deeply; what is deeper is left out, since nobody has looked at it. */
const MOST_NESTING = 32;

/** Every text in a value, at whatever depth, loses its tags; the same value where there are none. */
function withoutTagsIn(value: unknown, grammar: Grammar, nesting: number): unknown {
	if (typeof value === "string") return withoutTags(value, grammar);
	if (typeof value !== "object" || value === null) return value;
	if (nesting === 0) return null;
	if (Array.isArray(value)) {
		const items: readonly unknown[] = value;
		const stripped = items.map((item) => withoutTagsIn(item, grammar, nesting - 1));
		return stripped.every((item, index) => item === items[index]) ? value : stripped;
	}
	const fields = Object.entries(value as JsonObject);
	const stripped = fields.map(([field, inner]) => [field, withoutTagsIn(inner, grammar, nesting - 1)] as const);
	return stripped.every(([, inner], index) => inner === fields[index]?.[1]) ? value : Object.fromEntries(stripped);
}
