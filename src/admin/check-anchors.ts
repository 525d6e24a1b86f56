import type { ChatRequest, Completion } from "../core/completion.ts";
import type { Anchor } from "../core/evidence/anchors.ts";
import type { Labeller, LabelVerdict } from "../core/evidence/labeller.ts";

/** Pairs that are judged at the same time; a judge is asked twice for each. */
const AT_ONCE = 8;

/** Judges one pair of answers by a labeller; never throws for what an upstream does. */
export type PairLabeller = (input: {
	readonly labeller: Labeller;
	readonly request: ChatRequest;
	readonly requestId: string;
	readonly edge: Completion;
	readonly reference: Completion;
}) => Promise<{ readonly verdict: LabelVerdict; readonly costUsd: number | null }>;

/** Has a labeller judge anchors, each as it would judge a request's answers; the verdicts are in the anchors' order. */
export async function judgeAnchors(
	labelPair: PairLabeller,
	labeller: Labeller,
	anchors: readonly Anchor[],
	newId: () => string,
): Promise<{ readonly verdicts: LabelVerdict[]; readonly costUsd: number | null }> {
	const verdicts: LabelVerdict[] = anchors.map(() => "failed");
	let costUsd: number | null = 0;
	const waiting = anchors.entries();
	const work = async () => {
		for (const [position, { messages, edge, reference }] of waiting) {
			const label = await labelPair({
				labeller,
				request: requestOf(messages),
				requestId: newId(),
				edge: answerOf(edge),
				reference: answerOf(reference),
			});
			verdicts[position] = label.verdict;
			costUsd = costUsd === null || label.costUsd === null ? null : costUsd + label.costUsd;
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, work));
	return { verdicts, costUsd };
}

function requestOf(messages: Anchor["messages"]): ChatRequest {
	return {
		model: "anchor",
		messages,
		stream: false,
		includeUsage: false,
		logprobs: false,
		topLogprobs: 0,
		maxOutputTokens: undefined,
		choices: 1,
		body: { model: "anchor", messages },
	};
}

function answerOf(text: string): Completion {
	const message = { role: "assistant", content: text, refusal: null };
	return {
		text,
		toolCalls: [],
		refusal: null,
		finishReason: "stop",
		tokens: null,
		scores: null,
		usage: null,
		body: {
			id: "anchor",
			object: "chat.completion",
			created: 0,
			model: "anchor",
			choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
		},
	};
}
