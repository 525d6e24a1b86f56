import type { WorkersAiExchange } from "./fake-workers-ai.ts";
import { completionBody, FAKE_USAGE } from "./openai-answers.ts";
import { sendJson } from "./send.ts";
import { logprobsOf, sayTokens, type SaidToken } from "./workers-ai-tokens.ts";

/** Models that refuse, answer in another script, or say how sure they are. */
export const workersAiTextScenarios: Readonly<Record<string, (exchange: WorkersAiExchange) => void>> = {
	/** In the field that is there for it. */
	refuses: ({ model, inputs, response }) => {
		const said: readonly SaidToken[] = [["No", 0.99]];
		const changes = { message: { refusal: "I can't help with that." }, ...logprobsOf(said, inputs) };
		sendJson(response, completionBody(model, null, changes));
	},
	/** In words, surely. */
	"refuses-in-words": (exchange) => sayTokens(exchange, [["I'm sorry, but I can't help with that.", 0.99]]),
	"says-in-cyrillic": (exchange) => sayTokens(exchange, [["Это письмо не спам", 0.99]]),

	/** As it was asked to; 90 is sure, 20 is not. */
	"states-90": (exchange) => state(exchange, "spam", "90"),
	"states-20": (exchange) => state(exchange, "spam", "20"),
	"states-nothing": (exchange) => state(exchange, "spam", null),
	/** Not as it was asked to. */
	"states-in-words": (exchange) => state(exchange, "spam", "quite sure"),
	"states-more-than-all": (exchange) => state(exchange, "spam", "101"),
	/** Repeats what the user said before it states something, or nothing. */
	"echoes-and-states-20": (exchange) => state(exchange, lastUserText(exchange), "20"),
	"echoes-and-states-90": (exchange) => state(exchange, lastUserText(exchange), "90"),
	"echoes-and-states-nothing": (exchange) => state(exchange, lastUserText(exchange), null),
};

/** Ends the answer with the tag that some message asks for. */
function state({ inputs, response }: WorkersAiExchange, answer: string, stated: string | null): void {
	const instruction = messagesOf(inputs).findLast(({ role }) => role === "system")?.content ?? "";
	const tag = /<(confidence-[0-9a-f]+)>NN/u.exec(instruction)?.[1] ?? "nobody-asked";
	const statement = stated === null ? "" : `\n<${tag}>${stated}</${tag}>`;
	sendJson(response, { response: `${answer}${statement}`, usage: FAKE_USAGE });
}

function lastUserText({ inputs }: WorkersAiExchange): string {
	return messagesOf(inputs).findLast(({ role }) => role === "user")?.content ?? "";
}

function messagesOf(inputs: WorkersAiExchange["inputs"]) {
	return inputs["messages"] as readonly { readonly role: string; readonly content: string }[];
}
