import { isJsonObject, parseJson, type JsonObject } from "../../core/json.ts";
import type { Reply } from "./ask-model.ts";
import { found, outcomeWithoutAnswer, unclear, type Outcome, type ProbeName } from "./outcome.ts";
import { readStream, readWrittenAnswer, type WrittenAnswer } from "./read-answer.ts";
import { LABELS, REQUESTS, SCHEMA_PROPERTY, TOOL_NAME } from "./requests.ts";

/** What a probe of a text model works with. */
interface ProbeContext {
	/** Asks with the model's room for an answer, unless the inputs set their own. */
	readonly ask: (inputs: JsonObject) => Promise<Reply>;
	/** The plain answer, at temperature 0. */
	readonly plain: WrittenAnswer;
	/** What the probes before found. */
	readonly outcomes: Outcomes;
}

type Outcomes = Readonly<Partial<Record<ProbeName, Outcome>>>;

/** One probe: a few requests, and what follows from them under one or two names. */
export interface Probe {
	readonly names: readonly ProbeName[];
	readonly run: (context: ProbeContext) => Promise<Outcomes>;
}

/** The probes of a model that writes text, in the order in which they are run. */
export const TEXT_PROBES: readonly Probe[] = [
	{ names: ["logprobs"], run: async ({ ask }) => ({ logprobs: await probeLogprobs(ask) }) },
	{ names: ["tools", "toolChoice"], run: ({ ask }) => probeTools(ask) },
	{
		names: ["jsonObject"],
		run: async ({ ask }) => ({ jsonObject: jsonOutcome(await ask(REQUESTS.jsonObject), () => true) }),
	},
	{ names: ["jsonSchema"], run: async ({ ask, plain }) => ({ jsonSchema: await probeSchema(ask, plain.shape) }) },
	{ names: ["stream", "streamUsage"], run: async ({ ask }) => probeStream(await ask(REQUESTS.stream)) },
	{ names: ["choices"], run: async ({ ask }) => ({ choices: await probeChoices(ask) }) },
	{ names: ["stop"], run: async ({ ask, plain }) => ({ stop: await probeStop(ask, plain.text) }) },
	{ names: ["seed"], run: async ({ ask }) => ({ seed: await probeSeed(ask) }) },
	{ names: ["maxTokens"], run: async (context) => ({ maxTokens: await probeMaxTokens(context) }) },
];

type Ask = ProbeContext["ask"];

/** The written answer of a reply, or the outcome that stands in its place. */
function written(reply: Reply): { readonly answer: WrittenAnswer } | { readonly outcome: Outcome } {
	const answer = reply.kind === "answer" ? readWrittenAnswer(reply.body) : undefined;
	return answer === undefined ? { outcome: outcomeWithoutAnswer(reply) } : { answer };
}

/** Usable numbers are finite and not above 0, one for each token of the text. */
async function probeLogprobs(ask: Ask): Promise<Outcome> {
	const most = await ask(REQUESTS.logprobs);
	const reply = most.kind === "refused" ? await ask(REQUESTS.fewerLogprobs) : most;
	const read = written(reply);
	if ("outcome" in read) return read.outcome;
	const { tokens, text } = read.answer;
	if (tokens === null) return found(false);
	const known = tokens
		.filter(isJsonObject)
		.filter(({ token, logprob }) => typeof token === "string" && isLogprob(logprob));
	if (known.length < tokens.length)
		return found(false, `${tokens.length - known.length} of ${tokens.length} tokens without a usable number`);
	if (tokens.length === 0) return found(false, "for no token");
	if (
		known
			.map(({ token }) => token)
			.join("")
			.trim() !== text.trim()
	)
		return unclear("the tokens are not those of the text");
	const alternatives = known.map(({ top_logprobs: top }) => (Array.isArray(top) ? top.length : 0));
	const limit = most.kind === "refused" ? ", 20 are refused" : "";
	return found(true, `${Math.min(...alternatives)} alternatives a token${limit}`);
}

function isLogprob(value: unknown): boolean {
	return typeof value === "number" && Number.isFinite(value) && value <= 0;
}

/**
 * A forced call first; where none is made that fits, one that is left to the model. Then whether a call can be forbidden,
 * where it can be forced.
 */
async function probeTools(ask: Ask): Promise<Outcomes> {
	const forcedReply = await ask(REQUESTS.forcedTool);
	const forced = callOutcome(forcedReply);
	const tools = forced.result === "yes" ? forced : callOutcome(await ask(REQUESTS.offeredTool));
	const best = tools.result === "yes" ? tools : forced;
	if (!callsTool(forcedReply)) return { tools: best, toolChoice: forced };
	const read = written(await ask(REQUESTS.forbiddenTool));
	if ("outcome" in read) return { tools: best, toolChoice: read.outcome };
	const isHonoured = read.answer.toolCalls.length === 0;
	return { tools: best, toolChoice: isHonoured ? found(true) : found(false, "calls a tool where none is allowed") };
}

/** Whether the tool is called, whatever with. */
function callsTool(reply: Reply): boolean {
	const read = written(reply);
	return "answer" in read && read.answer.toolCalls[0]?.name === TOOL_NAME;
}

function callOutcome(reply: Reply): Outcome {
	const read = written(reply);
	if ("outcome" in read) return read.outcome;
	const [call] = read.answer.toolCalls;
	if (call === undefined) return found(false, "answers in text");
	if (call.name !== TOOL_NAME) return found(false, "calls another tool");
	const isText = typeof call.arguments === "string";
	const values = isText ? parseJson(String(call.arguments)) : call.arguments;
	const isValid = isJsonObject(values) && isLabel(values["label"]);
	return isValid
		? found(true, `arguments are ${isText ? "text" : "an object"}`)
		: found(false, "arguments break the schema");
}

async function probeSchema(ask: Ask, shape: WrittenAnswer["shape"]): Promise<Outcome> {
	const inputs = shape === "native" ? REQUESTS.nativeJsonSchema : REQUESTS.jsonSchema;
	return jsonOutcome(await ask(inputs), (value) => isLabel(value[SCHEMA_PROPERTY]) && Object.keys(value).length === 1);
}

function jsonOutcome(reply: Reply, isValid: (value: JsonObject) => boolean): Outcome {
	const read = written(reply);
	if ("outcome" in read) return read.outcome;
	const value = parseJson(read.answer.text);
	if (!isJsonObject(value)) return found(false, "answers in text");
	return isValid(value) ? found(true) : found(false, "the object breaks the schema");
}

function isLabel(value: unknown): boolean {
	return typeof value === "string" && LABELS.includes(value);
}

function probeStream(reply: Reply): Outcomes {
	if (reply.kind !== "events") {
		const outcome = reply.kind === "answer" ? found(false, "answers without streaming") : outcomeWithoutAnswer(reply);
		return { stream: outcome, streamUsage: outcome };
	}
	const read = readStream(reply.text);
	if (read === undefined) return { stream: found(false, "no events of JSON"), streamUsage: found(false) };
	return { stream: read.text === "" ? found(false, "no text") : found(true), streamUsage: found(read.hasUsage) };
}

async function probeChoices(ask: Ask): Promise<Outcome> {
	const read = written(await ask(REQUESTS.choices));
	return "outcome" in read ? read.outcome : found(read.answer.choices === 2);
}

/** Stops at a letter of the plain answer, and so must end before its first place. */
async function probeStop(ask: Ask, plain: string): Promise<Outcome> {
	const stop = Array.from(plain).find(
		(letter, index) => index > 0 && /\p{L}/u.test(letter) && plain.indexOf(letter) > 0,
	);
	if (stop === undefined) return unclear("the plain answer is too short to stop in");
	const read = written(await ask({ ...REQUESTS.stop, stop: [stop] }));
	if ("outcome" in read) return read.outcome;
	const { text } = read.answer;
	if (text === plain.slice(0, plain.indexOf(stop))) return found(true);
	if (text.includes(stop)) return found(false);
	return unclear("another answer came back");
}

/** The same twice with one seed proves something only where another seed gives something else. */
async function probeSeed(ask: Ask): Promise<Outcome> {
	const texts: string[] = [];
	for (const inputs of [REQUESTS.seed, REQUESTS.seed, REQUESTS.otherSeed]) {
		const read = written(await ask(inputs));
		if ("outcome" in read) return read.outcome;
		texts.push(read.answer.text);
	}
	const [first, second, other] = texts;
	if (first !== second) return found(false);
	return first === other ? unclear("another seed gives the same answer") : found(true);
}

/** Two tokens are too few for a sentence; a model that answers in one word is asked for JSON, if it can. */
async function probeMaxTokens({ ask, outcomes }: ProbeContext): Promise<Outcome> {
	const sentence = cutOutcome(await ask(REQUESTS.short));
	if (sentence.result !== "unclear" || outcomes.jsonObject?.result !== "yes") return sentence;
	return cutOutcome(await ask(REQUESTS.shortJson));
}

function cutOutcome(reply: Reply): Outcome {
	const read = written(reply);
	if ("outcome" in read) return read.outcome;
	const { finishReason, outputTokens } = read.answer;
	if (finishReason === "length") return found(true);
	const limit = REQUESTS.short.max_tokens;
	if (outputTokens !== null && outputTokens > limit)
		return found(false, `wrote ${outputTokens} tokens where ${limit} were allowed`);
	if (finishReason === null) return found(false, "gives no finish reason");
	return outputTokens === limit
		? found(false, `finish reason ${finishReason}`)
		: unclear("the answer was short enough");
}
