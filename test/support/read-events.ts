import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import type { ErrorObject } from "../../src/openai/error-body.ts";

/** One chunk of a stream as far as tests read it. */
export interface Chunk {
	readonly id: string;
	readonly model: string;
	readonly created: number;
	readonly object: string;
	readonly choices: readonly {
		readonly index: number;
		readonly delta: {
			readonly role?: string;
			readonly content?: string | null;
			readonly tool_calls?: readonly { readonly id?: string; readonly function?: { readonly arguments?: unknown } }[];
		};
		readonly finish_reason: string | null;
	}[];
	readonly usage?: unknown;
	readonly cascade?: CascadeFacts;
	readonly error?: ErrorObject;
}

/** A whole event stream, taken apart. */
export interface StreamedReply {
	readonly status: number;
	readonly headers: Headers;
	/** Every event but the end marker. */
	readonly chunks: readonly Chunk[];
	readonly comments: number;
	/** The last thing sent was `data: [DONE]`. */
	readonly done: boolean;
	/** The text of the first choice. */
	readonly content: string;
	readonly finishReasons: readonly string[];
	/** On the last event, where it is there. */
	readonly facts: CascadeFacts | undefined;
	readonly error: ErrorObject | undefined;
	readonly toolArguments: string;
}

/**
 * Reads a stream of ours to its end. Stricter than a client: our streams have one `data:` line an event, and comments,
 * and nothing else.
 */
export async function readEvents(response: Response): Promise<StreamedReply> {
	const blocks = (await response.text()).split("\n\n");
	if (blocks.pop() !== "") throw new Error("the stream does not end with an empty line");
	const events = blocks.filter((block) => !block.startsWith(":"));
	const strange = events.find((block) => !block.startsWith("data: "));
	if (strange !== undefined) throw new Error(`not an event of ours: ${strange}`);
	const data = events.map((block) => block.slice("data: ".length));
	const done = data.at(-1) === "[DONE]";
	const chunks = (done ? data.slice(0, -1) : data).map((text) => JSON.parse(text) as Chunk);
	const choices = chunks.flatMap((chunk) => (chunk.choices ?? []).filter(({ index }) => index === 0));
	const calls = choices.flatMap(({ delta }) => delta.tool_calls ?? []);
	return {
		status: response.status,
		headers: response.headers,
		chunks,
		comments: blocks.length - events.length,
		done,
		content: choices.map(({ delta }) => delta.content ?? "").join(""),
		finishReasons: choices.flatMap(({ finish_reason: reason }) => reason ?? []),
		facts: chunks.at(-1)?.cascade,
		error: chunks.at(-1)?.error,
		toolArguments: calls.map((call) => call.function?.arguments ?? "").join(""),
	};
}
