import type { ChatCompletion, ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import { lastUserText, mailPrompt } from "../../src/local/models/mail-prompt.ts";
import type { LabelledMail } from "../train/prepare-corpus.ts";

/** How a mail's label is asked for: as a word, perhaps with its log-probabilities, as JSON, by a tool, or as a class. */
export type MailForm = "word" | "word-with-logprobs" | "json" | "tool" | "classification";

/** As many alternatives as `learned` has the Worker ask for. */
const ALTERNATIVES = 5;

const LABEL_SCHEMA = {
	type: "object",
	properties: { label: { type: "string", enum: ["spam", "ham"] } },
	required: ["label"],
	additionalProperties: false,
};

/** The chat that asks for a mail's label in this form. */
export function mailChat(
	model: string,
	mail: LabelledMail,
	form: Exclude<MailForm, "classification">,
): ChatCompletionCreateParamsNonStreaming {
	const chat = { model, messages: [...mailPrompt(mail)], temperature: 0, seed: 1 };
	switch (form) {
		case "word":
			return chat;
		case "word-with-logprobs":
			return { ...chat, logprobs: true, top_logprobs: ALTERNATIVES };
		case "json":
			return {
				...chat,
				response_format: { type: "json_schema", json_schema: { name: "mail", strict: true, schema: LABEL_SCHEMA } },
			};
		case "tool":
			return {
				...chat,
				tools: [{ type: "function", function: { name: "file_mail", strict: true, parameters: LABEL_SCHEMA } }],
			};
	}
}

/** The body of `POST /v1/classifications` for a mail. */
export function mailClassification(model: string, mail: LabelledMail): Record<string, unknown> {
	return { model, input: lastUserText(mailPrompt(mail)), labels: LABEL_SCHEMA.properties.label.enum };
}

/** The label that an answer gives, whichever form it was asked for in; the text itself where it gives none. */
export function labelIn({ choices }: ChatCompletion): string {
	const message = choices[0]?.message;
	const call = message?.tool_calls?.[0];
	const text = (call?.type === "function" ? call.function.arguments : message?.content) ?? "";
	return text.startsWith("{") ? (JSON.parse(text) as { label: string }).label : text;
}
