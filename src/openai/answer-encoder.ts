import type { CascadeFacts } from "../core/cascade-facts.ts";
import type { Completion } from "../core/completion.ts";
import type { ErrorObject } from "./error-body.ts";

/** What an answer is sent under, whichever stage gave it. */
export interface AnswerIdentity {
	/** Used where the upstream gave none. */
	readonly id: string;
	/** Seconds since the Unix epoch, likewise. */
	readonly created: number;
}

/** Writes the answers to one request in the form of the endpoint that it came to. */
export interface AnswerEncoder {
	/** A whole answer as JSON. */
	readonly whole: (answer: Completion, identity: AnswerIdentity, facts: CascadeFacts) => string;
	/** A whole answer as a complete event stream. */
	readonly wholeAsStream: (answer: Completion, identity: AnswerIdentity, facts: CascadeFacts) => string;
	/** For one answer that comes as a stream of chat chunks. */
	readonly stream: (identity: AnswerIdentity) => StreamEncoder;
}

/** Turns the events of a relayed chat stream into this endpoint's events. */
export interface StreamEncoder {
	/** Takes whole chat events as the relay wrote them, the end marker among them; returns what the client is sent now. */
	readonly feed: (chatEvents: string) => string;
	/** The stream has failed: returns the events that say so and end it. */
	readonly fail: (error: ErrorObject) => string;
}
