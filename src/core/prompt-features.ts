import { asksForJson } from "./checks/response-format.ts";
import { messageText, type ChatRequest } from "./completion.ts";

/** The features of a prompt, all known before any model is asked. `promptFeatures` has their formulas. */
export const PROMPT_FEATURES = [
	"logPromptCharacters",
	"messageCount",
	"logLastMessageCharacters",
	"hasSystemMessage",
	"digitShare",
	"nonAsciiShare",
	"questionMarks",
	"codeMarks",
	"lineCount",
	"hasTools",
	"hasResponseFormat",
	"logMaxOutputTokens",
	"temperature",
] as const;

/** Name of one feature of a prompt. */
export type PromptFeature = (typeof PROMPT_FEATURES)[number];

/** What OpenAI's API takes where the client sets no temperature. */
const DEFAULT_TEMPERATURE = 1;

/**
 * The feature vector of a request, version 1. A change of a formula needs a new version, since fitted weights belong
 * to one. Text is that of all messages, text parts only; a character is a UTF-16 unit; `log` is ln(1 + x).
 *
 * - `logPromptCharacters`: log of the characters of all messages
 * - `messageCount`: messages, of every role
 * - `logLastMessageCharacters`: log of the characters of the last message
 * - `hasSystemMessage`: 1 where a message is of the role `system` or `developer`, else 0
 * - `digitShare`: `0` to `9` ÷ characters, in [0, 1]; 0 without text
 * - `nonAsciiShare`: characters above U+007F ÷ characters, in [0, 1]; 0 without text
 * - `questionMarks`: occurrences of `?`, `？` and `؟`
 * - `codeMarks`: occurrences of `` ` ``, `{`, `}`, `;`, `=`, `<` and `>`
 * - `lineCount`: lines of all messages; a message without text has none
 * - `hasTools`: 1 where the request has tools (or the older functions), else 0
 * - `hasResponseFormat`: 1 where JSON is asked for, else 0
 * - `logMaxOutputTokens`: log of `maxOutputTokens`, the most that the answer may have
 * - `temperature`: the request's, 1 where it sets none
 */
export function promptFeatures(request: ChatRequest, maxOutputTokens: number): Record<PromptFeature, number> {
	const { messages, body } = request;
	const counts: MarkCounts = { characters: 0, digits: 0, nonAscii: 0, questionMarks: 0, codeMarks: 0, lines: 0 };
	let lastCharacters = 0;
	let hasSystemMessage = 0;
	for (const message of messages) {
		const text = messageText(message);
		lastCharacters = text.length;
		if (message.role === "system" || message.role === "developer") hasSystemMessage = 1;
		countMarks(text, counts);
	}
	const characters = Math.max(1, counts.characters);
	const { temperature } = body;
	return {
		logPromptCharacters: Math.log1p(counts.characters),
		messageCount: messages.length,
		logLastMessageCharacters: Math.log1p(lastCharacters),
		hasSystemMessage,
		digitShare: counts.digits / characters,
		nonAsciiShare: counts.nonAscii / characters,
		questionMarks: counts.questionMarks,
		codeMarks: counts.codeMarks,
		lineCount: counts.lines,
		hasTools: hasTools(request) ? 1 : 0,
		hasResponseFormat: asksForJson(body["response_format"]) ? 1 : 0,
		logMaxOutputTokens: Math.log1p(maxOutputTokens),
		temperature: typeof temperature === "number" ? temperature : DEFAULT_TEMPERATURE,
	};
}

/** Whether the request offers anything to call, in the present form or the older one. */
export function hasTools({ body: { tools, functions } }: ChatRequest): boolean {
	return [tools, functions].some((list) => Array.isArray(list) && list.length > 0);
}

interface MarkCounts {
	characters: number;
	digits: number;
	nonAscii: number;
	questionMarks: number;
	codeMarks: number;
	lines: number;
}

const LINE_FEED = 0x0a;
const QUESTION_MARKS: ReadonlySet<number> = new Set([..."?？؟"].map((mark) => mark.charCodeAt(0)));
const CODE_MARKS: ReadonlySet<number> = new Set([..."`{};=<>"].map((mark) => mark.charCodeAt(0)));

/** One pass, since it runs before every request of a scored gate. */
function countMarks(text: string, counts: MarkCounts): void {
	if (text === "") return;
	counts.characters += text.length;
	counts.lines += 1;
	for (let index = 0; index < text.length; index++) {
		const unit = text.charCodeAt(index);
		if (unit === LINE_FEED) counts.lines += 1;
		else if (unit >= 0x30 && unit <= 0x39) counts.digits += 1;
		else if (unit > 0x7f) counts.nonAscii += 1;
		if (QUESTION_MARKS.has(unit)) counts.questionMarks += 1;
		else if (CODE_MARKS.has(unit)) counts.codeMarks += 1;
	}
}
