/**
 * The one form in which a mail is put into a chat, and its inverse, which the
 * label models use to find the mail again.
 */

/** A mail as the label models see it. */
export interface Mail {
	readonly subject: string;
	readonly body: string;
}

/** A chat message whose content is plain text. */
export interface TextMessage {
	readonly role: "system" | "user";
	readonly content: string;
}

/** Longest body put into a prompt, in UTF-16 code units; the rest is cut. */
export const MAXIMUM_BODY_CHARACTERS = 4_000;

/** Longest first line that is taken for a subject when the text has no `Subject:` line. */
const MAXIMUM_SUBJECT_CHARACTERS = 200;

/** The chat that asks for a mail's label. */
export function mailPrompt(mail: Mail): [TextMessage, TextMessage] {
	return [
		{ role: "system", content: "You label e-mail. Answer with one word: spam or ham." },
		{ role: "user", content: `Subject: ${mail.subject}\n\n${mail.body.slice(0, MAXIMUM_BODY_CHARACTERS)}` },
	];
}

/**
 * Finds subject and body in the text of a user message. Text without a leading
 * `Subject:` line is read as a mail whose first line is its subject.
 */
export function mailFromText(text: string): Mail {
	const match = /^\s*Subject:[ \t]*([^\n]*)\n?/i.exec(text);
	if (match !== null) return { subject: (match[1] ?? "").trim(), body: text.slice(match[0].length).trim() };
	const trimmed = text.trim();
	const lineEnd = trimmed.indexOf("\n");
	const firstLine = lineEnd === -1 ? trimmed : trimmed.slice(0, lineEnd);
	return {
		subject: firstLine.slice(0, MAXIMUM_SUBJECT_CHARACTERS),
		body: trimmed.slice(firstLine.length).trim(),
	};
}

/**
 * The text of the last user message of a chat; empty when there is none. Content
 * may be a string or an array of parts, of which the text parts are joined.
 */
export function lastUserText(messages: readonly { readonly role: string; readonly content: unknown }[]): string {
	const last = messages.findLast((message) => message.role === "user");
	return last === undefined ? "" : contentText(last.content);
}

/** The text of a message's content, whether a string or an array of parts. */
export function contentText(content: unknown): string {
	if (typeof content === "string") return content;
	if (!Array.isArray(content)) return "";
	return content.map(partText).join("");
}

function partText(part: unknown): string {
	if (typeof part !== "object" || part === null || !("text" in part)) return "";
	return typeof part.text === "string" ? part.text : "";
}
