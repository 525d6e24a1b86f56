/** Tokens of the mock's answer. */
const ANSWER_TOKENS = 64;

const IDENTITY = { id: "chatcmpl-mock", created: 1_790_000_000, model: "mock" };
const WORDS = ["the", "invoice", "of", "march", "was", "paid", "twice", "by"];
const tokens = Array.from({ length: ANSWER_TOKENS }, (_, index) => ` ${WORDS[index % WORDS.length]}`);
const usage = { prompt_tokens: 180, completion_tokens: ANSWER_TOKENS, total_tokens: 180 + ANSWER_TOKENS };

/** A whole answer of 64 tokens with their log-probabilities, about 5 KB; both the edge model's and the origin's. */
export const WHOLE_ANSWER = JSON.stringify({
	...IDENTITY,
	object: "chat.completion",
	choices: [
		{
			index: 0,
			message: { role: "assistant", content: tokens.join("").trim(), refusal: null },
			logprobs: {
				content: tokens.map((token, index) => ({
					token,
					logprob: -0.01 * (1 + (index % 20)),
					bytes: null,
					top_logprobs: [],
				})),
				refusal: null,
			},
			finish_reason: "stop",
		},
	],
	usage,
});

/** The same answer as an event stream: one chunk a token, then usage and the end. */
export const STREAM_CHUNKS: readonly string[] = [
	...tokens.map((content, index) => chunk({ ...(index === 0 ? { role: "assistant" } : {}), content }, null)),
	chunk({}, "stop"),
	JSON.stringify({ ...IDENTITY, object: "chat.completion.chunk", choices: [], usage }),
	"[DONE]",
].map((data) => `data: ${data}\n\n`);

/** What the first chunk with content has, and no head and no chunk before it. */
export const FIRST_CONTENT = `"content":"${tokens[0]}`;

function chunk(delta: object, finishReason: string | null): string {
	const choices = [{ index: 0, delta, logprobs: null, finish_reason: finishReason }];
	return JSON.stringify({ ...IDENTITY, object: "chat.completion.chunk", choices });
}
