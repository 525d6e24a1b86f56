import type { Clock } from "../cascade/ports.ts";
import type { CascadeOutcome } from "../cascade/run-cascade.ts";
import type { CascadeFacts } from "../core/cascade-facts.ts";
import type { ChatRequest } from "../core/completion.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { AnswerEncoder, AnswerIdentity } from "../openai/answer-encoder.ts";
import { stageFailureReply } from "../openai/error-body.ts";
import { createStreamRelay } from "../openai/relay-stream.ts";
import { KEEP_ALIVE } from "../openai/sse.ts";
import { settledWithin } from "../web/settled-within.ts";
import type { StreamTimes } from "./app-ports.ts";

/** What a stream ended as; reported once. */
export type StreamEnd = {
	/** When its first event was sent, in milliseconds since the Unix epoch, comments aside; absent where none was. */
	readonly firstEventAt?: number | undefined;
} & (
	| { readonly kind: "answered"; readonly facts: CascadeFacts }
	| { readonly kind: "failed"; readonly facts: CascadeFacts; readonly failure: StageFailure }
	| { readonly kind: "client-left"; readonly facts: CascadeFacts }
);

/** What the events of one stream depend on. */
export interface StreamContext {
	readonly request: ChatRequest;
	readonly encoder: AnswerEncoder;
	readonly identity: AnswerIdentity;
	readonly clock: Clock;
	readonly times: StreamTimes;
	/** The client has left. */
	readonly clientLeft: () => boolean;
	readonly onEnd: (end: StreamEnd) => void;
}

type LiveOutcome = Extract<CascadeOutcome, { kind: "live" }>;

/**
 * Relays the last stage's stream. Whatever ends it, the end is reported once and the upstream call is over: the
 * client's leaving, an upstream that falls silent, one that never stops.
 */
export async function* liveEvents(outcome: LiveOutcome, context: StreamContext): AsyncGenerator<string, void> {
	const { live, settle, abort } = outcome;
	const { clock, times } = context;
	const relay = createStreamRelay(context.request, context.identity, outcome.carriesLogprobs);
	const encoder = context.encoder.stream(context.identity);
	const decoder = new TextDecoder();
	const endsAt = clock.now() + times.totalMs;
	let end: StreamEnd | undefined;
	let firstEventAt: number | undefined;
	const close = (failure: StageFailure | null): StreamEnd => {
		const facts = settle(relay.usage(), failure?.kind);
		return failure === null ? { kind: "answered", facts } : { kind: "failed", facts, failure };
	};
	try {
		// All of it is there, so it is one text.
		const beginning = live.head.map((bytes) => relay.feed(decoder.decode(bytes, { stream: true }))).join("");
		const begun = encoder.feed(beginning);
		if (begun !== "") {
			firstEventAt = clock.now();
			yield begun;
		}
		let failure = relay.failure(false);
		while (failure === null && !relay.done()) {
			const allowedMs = Math.max(0, Math.min(times.idleMs, endsAt - clock.now()));
			const read = await readWithin(live.rest, allowedMs, clock);
			if (read.kind === "silent") failure = { kind: "timeout", afterMs: allowedMs };
			else if (read.kind === "broken") failure = { kind: "broken-off" };
			else {
				const relayed =
					read.kind === "end"
						? relay.feedLast(decoder.decode())
						: relay.feed(decoder.decode(read.bytes, { stream: true }));
				const text = encoder.feed(relayed);
				if (text !== "") {
					firstEventAt ??= clock.now();
					yield text;
				}
				failure = relay.failure(false);
				if (read.kind === "end") break;
			}
		}
		failure ??= relay.failure(true);
		if (context.clientLeft()) return;
		end = close(failure);
		yield failure === null
			? encoder.feed(relay.end(end.facts))
			: encoder.fail(stageFailureReply(failure, outcome.facts.stage).body.error);
	} finally {
		abort();
		context.onEnd({ ...(end ?? { kind: "client-left", facts: settle(relay.usage()) }), firstEventAt });
	}
}

/**
 * The events of a stream whose headers went out before the decision: comments until the outcome is there, then its
 * events. The status is spent, so a failure is an event.
 */
export async function* pendingEvents(
	pending: Promise<CascadeOutcome>,
	context: StreamContext,
	onFailed: (outcome: Extract<CascadeOutcome, { kind: "failed" }>) => void,
): AsyncGenerator<string, void> {
	const { clock, times } = context;
	let outcome: CascadeOutcome | undefined;
	try {
		yield KEEP_ALIVE;
		while (outcome === undefined) {
			outcome = await settledWithin(pending, times.keepAliveEveryMs, clock);
			if (outcome === undefined) yield KEEP_ALIVE;
		}
	} finally {
		// The client left between two comments: what was begun for it is ended and still put on record.
		if (outcome === undefined) void pending.then((late) => abandon(late, context, onFailed));
	}
	switch (outcome.kind) {
		case "whole":
			context.onEnd({ kind: "answered", facts: outcome.facts, firstEventAt: clock.now() });
			yield context.encoder.wholeAsStream(outcome.answer, context.identity, outcome.facts);
			return;
		case "live":
			yield* liveEvents(outcome, context);
			return;
		case "failed":
			onFailed(outcome);
			yield context.encoder.stream(context.identity).fail(stageFailureReply(outcome.failure, outcome.stage).body.error);
	}
}

function abandon(
	outcome: CascadeOutcome,
	context: StreamContext,
	onFailed: (outcome: Extract<CascadeOutcome, { kind: "failed" }>) => void,
): void {
	if (outcome.kind === "failed") {
		onFailed(outcome);
		return;
	}
	if (outcome.kind === "live") outcome.abort();
	const facts = outcome.kind === "live" ? outcome.settle(null) : outcome.facts;
	context.onEnd({ kind: "client-left", facts });
}

type Read =
	| { readonly kind: "bytes"; readonly bytes: Uint8Array }
	| { readonly kind: "end" }
	| { readonly kind: "silent" }
	| { readonly kind: "broken" };

/** One read of the upstream; cancelled when it takes too long, which also ends the upstream call. */
async function readWithin(reader: ReadableStreamDefaultReader<Uint8Array>, ms: number, clock: Clock): Promise<Read> {
	let silent = false;
	const cancelTimer = clock.setTimer(ms, () => {
		silent = true;
		reader.cancel().catch(() => {});
	});
	try {
		const { done, value } = await reader.read();
		if (silent) return { kind: "silent" };
		return done ? { kind: "end" } : { kind: "bytes", bytes: value };
	} catch {
		// A stream that broke keeps its error, and the error this call's stack, which has the reader: in the Workers runtime no
		// garbage collection ends that circle, so that everything of the request would stay for as long as the isolate.
		reader.releaseLock();
		return { kind: silent ? "silent" : "broken" };
	} finally {
		cancelTimer();
	}
}
