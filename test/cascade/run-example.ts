/** Runs a cascade of fake stages under a fake clock. */
import { runCascade, type CascadeOutcome, type Route } from "../../src/cascade/run-cascade.ts";
import type { Evidence } from "../../src/cascade/evidence-port.ts";
import type { Spending, Tracer } from "../../src/cascade/ports.ts";
import type { ChatRequest } from "../../src/core/completion.ts";
import { ok } from "../../src/core/result.ts";
import type { HedgeBudget } from "../../src/core/resilience/hedge-budget.ts";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import type { Cascade } from "../../src/core/tenant-policy.ts";
import { exampleCascade, exampleRequest } from "../core/examples.ts";
import { FakeClock, fakeStage, resolverOf, type Behaviour, type FakeStage } from "./fakes.ts";

/** What a run is made of; everything has an everyday default. */
export interface Example {
	/** Default: one that stays. */
	readonly client?: AbortController;
	readonly cascade?: Partial<Cascade>;
	readonly request?: Partial<ChatRequest>;
	readonly route?: Route;
	readonly maxOutputTokens?: number;
	/** When the run must be over; absent: after the cascade's own time. */
	readonly endsInMs?: number;
	/** How long before its beginning the request arrived; absent: nobody knows. */
	readonly arrivedMsBefore?: number;
	/** What each stage does, by name; a failure is one of finding the stage. */
	readonly stages: Readonly<Record<string, Behaviour | StageFailure>>;
	readonly capabilities?: FakeStage["capabilities"];
	/** Absent: there is no budget. */
	readonly spending?: Spending;
	/** What the streams of these stages hold, by name, once their behaviour has let them begin. */
	readonly streams?: Readonly<Record<string, ReadableStream<Uint8Array>>>;
	/** Absent: there is none. */
	readonly evidence?: Evidence;
	/** Absent: second origins are not used. */
	readonly hedges?: HedgeBudget;
	/** Absent: it is not traced. */
	readonly tracer?: Tracer;
}

/** A run that has begun. */
export interface Run {
	readonly outcome: Promise<CascadeOutcome>;
	readonly clock: FakeClock;
	/** Stages by name, with the calls they got. */
	readonly asked: (stage: string) => FakeStage["calls"];
	/** The client leaves. */
	readonly leave: () => void;
}

/** Begins a run. */
export function begin({
	cascade,
	request,
	route = "auto",
	maxOutputTokens = 256,
	endsInMs,
	arrivedMsBefore,
	stages,
	capabilities,
	spending,
	streams = {},
	evidence,
	hedges,
	tracer,
	client = new AbortController(),
}: Example): Run {
	const clock = new FakeClock();
	const fakes = Object.entries(stages).map(
		([name, what]) =>
			[
				name,
				typeof what === "function" ? withStream(fakeStage(clock, what, capabilities), streams[name]) : what,
			] as const,
	);
	const outcome = runCascade(
		{
			request: exampleRequest(request),
			requestId: "request-1",
			maxOutputTokens,
			signal: client.signal,
			clock,
			...(endsInMs === undefined ? {} : { endsAt: clock.now() + endsInMs }),
			...(arrivedMsBefore === undefined ? {} : { arrivedAt: clock.now() - arrivedMsBefore }),
			...(spending === undefined ? {} : { spending }),
			...(evidence === undefined ? {} : { evidence }),
			...(hedges === undefined ? {} : { hedges }),
			...(tracer === undefined ? {} : { tracer }),
			resolveStage: resolverOf(Object.fromEntries(fakes)),
		},
		exampleCascade(cascade),
		route,
	);
	return {
		outcome,
		clock,
		asked: (stage) => {
			const fake = fakes.find(([name]) => name === stage)?.[1];
			return fake !== undefined && "calls" in fake ? fake.calls : [];
		},
		leave: () => client.abort(),
	};
}

/** Runs to the end, letting time pass as needed. */
export async function run(example: Example) {
	const begun = begin(example);
	return { ...begun, outcome: await begun.clock.until(begun.outcome) };
}

/** The run's whole answer; fails where it ended otherwise. */
export async function answerOf(example: Example) {
	const { outcome, ...rest } = await run(example);
	if (outcome.kind !== "whole") throw new Error(`the run did not end with a whole answer: ${JSON.stringify(outcome)}`);
	return { ...rest, text: outcome.answer.text, facts: outcome.facts };
}

/** The run's failure; fails where it ended otherwise. */
export async function failureOf(example: Example) {
	const { outcome, ...rest } = await run(example);
	if (outcome.kind !== "failed") throw new Error(`the run did not fail: ${JSON.stringify(outcome)}`);
	return { ...rest, failure: outcome.failure, stage: outcome.stage, ...outcome.record };
}

/** The stage, whose streams hold this where it is given. */
function withStream(stage: FakeStage, bytes: ReadableStream<Uint8Array> | undefined): FakeStage {
	if (bytes === undefined) return stage;
	return {
		...stage,
		async stream(call) {
			const opened = await stage.stream(call);
			return opened.ok ? ok({ head: [], rest: bytes.getReader() }) : opened;
		},
	};
}
