import { LEAST_MS_FOR_A_CALL } from "./ports.ts";
import type { ChatRequest, TokenUsage } from "../core/completion.ts";
import { totalCost, type Price } from "../core/cost.ts";
import { compareAnswers } from "../core/evidence/compare-answers.ts";
import { cosineSimilarity } from "../core/evidence/cosine-similarity.ts";
import {
	answerInWords,
	judgeMessages,
	MOST_JUDGED_CHARACTERS,
	readPreference,
	type Preference,
} from "../core/evidence/judge-prompt.ts";
import type { Labeller, LabelVerdict } from "../core/evidence/labeller.ts";
import { estimatedTokens, tokensOf } from "../core/gate.ts";
import type { Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import { startDeadline, type Deadline } from "./deadline.ts";
import type { AnswerLabel, AnswerPair, LabelPorts } from "./label-ports.ts";
import { reserveUsage, UNLIMITED } from "./reserve-call.ts";
import {
	emptyRecord,
	recordAnswer,
	recordEstimatedCall,
	recordFailedCall,
	type CallTiming,
	type RunRecord,
} from "./run-record.ts";

type SimilarityLabeller = Extract<Labeller, { readonly kind: "similarity" }>;
type JudgeLabeller = Extract<Labeller, { readonly kind: "judge" }>;

/** One labelling under its deadline. */
interface Labelling {
	readonly ports: LabelPorts;
	readonly pair: AnswerPair;
	readonly words: { readonly edge: string; readonly reference: string };
	readonly deadline: Deadline;
	/** Milliseconds since the Unix epoch. */
	readonly endsAt: number;
	readonly record: RunRecord;
}

/**
 * Whether the edge's answer is right by this labeller, in at most `timeoutMs`. Never throws for what an upstream does:
 * whatever keeps a model from deciding, such as time, budget, a failure or an answer that is no verdict, is `failed`,
 * which counts as wrong. No model is asked where its verdict could not matter: the same answer to the letter is right,
 * an empty one wrong, and one of more than 16,000 characters `failed`, as no model is sure to read all of it.
 */
export async function labelAnswer(
	ports: LabelPorts,
	labeller: Labeller,
	pair: AnswerPair,
	{ timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<AnswerLabel> {
	const { request, edge, reference } = pair;
	if (labeller.kind !== "similarity" && labeller.kind !== "judge")
		return { verdict: compareAnswers(labeller, request, edge, reference), costUsd: 0 };
	const words = { edge: answerInWords(edge), reference: answerInWords(reference) };
	const known = verdictWithoutModel(labeller, pair, words);
	if (known !== null) return { verdict: known, costUsd: 0 };
	const record = emptyRecord();
	const endsAt = ports.clock.now() + timeoutMs;
	const deadline = startDeadline(ports.clock, timeoutMs, signal);
	const labelling = { ports, pair, words, deadline, endsAt, record };
	try {
		const verdict = await (labeller.kind === "judge" ? judge(labelling, labeller) : embed(labelling, labeller));
		return { verdict, costUsd: totalCost(record.calls) };
	} finally {
		deadline.abort();
	}
}

function verdictWithoutModel(
	{ kind }: SimilarityLabeller | JudgeLabeller,
	{ request, edge, reference }: AnswerPair,
	words: Labelling["words"],
): LabelVerdict | null {
	if (words.reference === "") return "failed";
	if (words.edge === "") return "wrong";
	if (compareAnswers({ kind: "exact" }, request, edge, reference) === "right") return "right";
	// Calls that differ in an amount alone are as similar as can be.
	if (kind === "similarity" && (edge.toolCalls.length > 0 || reference.toolCalls.length > 0))
		return compareAnswers({ kind: "tool-call" }, request, edge, reference);
	return Math.max(words.edge.length, words.reference.length) > MOST_JUDGED_CHARACTERS ? "failed" : null;
}

/** Right where the edge's answer is at least as good in both places; the second is not asked after the first has said no. */
async function judge(labelling: Labelling, labeller: JudgeLabeller): Promise<LabelVerdict> {
	const { words } = labelling;
	const first = await preference(labelling, labeller, words.edge, words.reference);
	if (first === null) return "failed";
	if (first === "B") return "wrong";
	const second = await preference(labelling, labeller, words.reference, words.edge);
	if (second === null) return "failed";
	return second === "A" ? "wrong" : "right";
}

/** What the judge says of these two; null where it gave no verdict. */
async function preference(
	labelling: Labelling,
	{ adapter, model, origin, price }: JudgeLabeller,
	first: string,
	second: string,
): Promise<Preference | null> {
	const { ports, pair, deadline, endsAt, record } = labelling;
	const resolved = await deadline.race(ports.resolveStage({ name: "judge", adapter, model, origin, price }));
	if (resolved?.ok !== true) return null;
	const { requestId } = pair;
	const messages = judgeMessages({ request: pair.request, requestId, first, second });
	// Of its own: nothing of the client's parameters shapes a verdict.
	const request: ChatRequest = {
		model,
		messages,
		stream: false,
		includeUsage: false,
		logprobs: false,
		topLogprobs: 0,
		maxOutputTokens: 1,
		choices: 1,
		body: { model, messages },
	};
	const answer = await paid(labelling, {
		model,
		price,
		most: { inputTokens: estimatedTokens(request), outputTokens: 1 },
		make: () =>
			resolved.value.complete({
				request,
				messages,
				model,
				requestId,
				purpose: "verdict",
				maxOutputTokens: 1,
				temperature: 0,
				declaredLogprobs: false,
				signal: deadline.signal,
				timeoutMs: Math.max(0, endsAt - ports.clock.now()),
			}),
		note: (timing, given) => recordAnswer(record, timing, price, request, given),
	});
	return answer === null ? null : (readPreference(answer) ?? null);
}

async function embed(labelling: Labelling, { model, price, least }: SimilarityLabeller): Promise<LabelVerdict> {
	const { ports, words, deadline, record } = labelling;
	const texts = [words.edge, words.reference];
	// Embedding models report no usage.
	const most = { inputTokens: tokensOf(words.edge) + tokensOf(words.reference), outputTokens: 0 };
	const vectors = await paid(labelling, {
		model,
		price,
		most,
		make: () => ports.embedTexts({ model, texts, signal: deadline.signal }),
		note: (timing) => recordEstimatedCall(record, timing, price, most),
	});
	const [edge, reference] = vectors ?? [];
	const similarity = edge === undefined || reference === undefined ? null : cosineSimilarity(edge, reference);
	if (similarity === null) return "failed";
	return similarity >= least ? "right" : "wrong";
}

/** Makes a call within the budget and the deadline, and puts it on record; null where it gave nothing. */
async function paid<Value>(
	{ ports: { clock, spending }, deadline, endsAt, record }: Labelling,
	call: {
		readonly model: string;
		readonly price: Price;
		readonly most: TokenUsage;
		readonly make: () => Promise<Result<Value, StageFailure>>;
		readonly note: (timing: CallTiming, value: Value) => number | null;
	},
): Promise<Value | null> {
	if (endsAt - clock.now() < LEAST_MS_FOR_A_CALL) return null;
	const reservation =
		spending === undefined ? UNLIMITED : await reservationOf(reserveUsage(spending, call.price, call.most, deadline));
	if (reservation === null) return null;
	const startedAt = clock.now();
	const result = await deadline.race(call.make());
	const timing = { stage: "labeller", model: call.model, purpose: "verify" as const, ms: clock.now() - startedAt };
	if (result?.ok === true) {
		reservation.settle(call.note(timing, result.value));
		return result.value;
	}
	reservation.settle(recordFailedCall(record, timing, deadline.causeOf(result?.error)));
	return null;
}

async function reservationOf<Value>(asked: Promise<Result<Value, StageFailure>>): Promise<Value | null> {
	const reserved = await asked;
	return reserved.ok ? reserved.value : null;
}
