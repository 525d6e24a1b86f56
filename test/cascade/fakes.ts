/** A clock that tests own, and stages that answer what they are told to, when they are told to. */
import type { CascadeStage, Clock, LiveAnswer, StageCall, StageResolver } from "../../src/cascade/ports.ts";
import type { Completion } from "../../src/core/completion.ts";
import { err, ok, type Result } from "../../src/core/result.ts";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import { exampleAnswer, PLAIN_MODEL, tokensWith } from "../core/examples.ts";

interface Timer {
	readonly at: number;
	readonly onExpiry: () => void;
}

/** Time stands still until a test moves it. */
export class FakeClock implements Clock {
	#now = 1_790_000_000_000;
	readonly #timers = new Set<Timer>();

	readonly now = () => this.#now;

	readonly setTimer = (ms: number, onExpiry: () => void) => {
		const timer = { at: this.#now + ms, onExpiry };
		this.#timers.add(timer);
		return () => void this.#timers.delete(timer);
	};

	/** Timers that still run; none should when a request is over. */
	get running(): number {
		return this.#timers.size;
	}

	/** Resolves after this many milliseconds of this clock. */
	sleep(ms: number): Promise<void> {
		return new Promise((resolve) => this.setTimer(ms, resolve));
	}

	/** Lets time pass, and everything happen that is due in it. */
	async advance(ms: number): Promise<void> {
		const end = this.#now + ms;
		await settleAll();
		for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) await this.#fire(timer);
		this.#now = end;
	}

	/** Lets time pass until this work is done; fails where no timer is left to wait for. */
	async until<Value>(work: Promise<Value>): Promise<Value> {
		let isDone = false;
		const watched = work.finally(() => {
			isDone = true;
		});
		watched.catch(() => {});
		await settleAll();
		while (!isDone) {
			const timer = this.#next(Number.POSITIVE_INFINITY);
			if (timer === undefined) throw new Error("the work waits for nothing that will ever happen");
			await this.#fire(timer);
		}
		return watched;
	}

	async #fire(timer: Timer): Promise<void> {
		this.#timers.delete(timer);
		this.#now = timer.at;
		timer.onExpiry();
		await settleAll();
	}

	#next(end: number): Timer | undefined {
		return [...this.#timers].filter((timer) => timer.at <= end).toSorted((left, right) => left.at - right.at)[0];
	}
}

/** Lets every promise that can settle do so. */
export function settleAll(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}

/** What a fake stage does with a call. */
export type Behaviour = (call: StageCall, clock: FakeClock) => Promise<Result<Completion, StageFailure>>;

/** A stage that remembers what it was asked. */
export interface FakeStage extends CascadeStage {
	readonly calls: StageCall[];
}

/** A stage that behaves so; both ways of asking are remembered. */
export function fakeStage(
	clock: FakeClock,
	behaviour: Behaviour,
	capabilities = { ...PLAIN_MODEL, logprobs: true },
): FakeStage {
	const calls: StageCall[] = [];
	const ask = (call: StageCall) => {
		calls.push(call);
		return behaviour(call, clock);
	};
	return {
		calls,
		capabilities,
		complete: ask,
		async stream(call) {
			const result = await ask(call);
			return result.ok ? ok(emptyStream()) : result;
		},
		async streamPrefix(call) {
			const result = await ask(call);
			if (!result.ok) return result;
			const { text, tokens, finishReason } = result.value;
			// An answer that stops by itself is longer than any prefix; one that ends otherwise ends within it.
			const prefix = { text, tokens, finishReason: finishReason === "stop" ? null : finishReason };
			return ok({ prefix, live: emptyStream(), firstEventAt: clock.now() });
		},
	};
}

/** A stream that has begun and holds nothing. */
function emptyStream(): LiveAnswer {
	return { head: [], rest: new ReadableStream<Uint8Array>().getReader() };
}

/** Answers at once. */
export function answering(text: string, differences: Partial<Completion> = {}): Behaviour {
	return () => Promise.resolve(ok(exampleAnswer({ text, ...differences })));
}

/** Answers at once, with this mean token probability. */
export function sure(confidence: number, text = "small"): Behaviour {
	return answering(text, { tokens: tokensWith(Math.log(confidence)) });
}

/** Fails at once. */
export function failing(failure: StageFailure): Behaviour {
	return () => Promise.resolve(err(failure));
}

/** Behaves so after a time, whatever becomes of its signal. */
export function after(ms: number, behaviour: Behaviour): Behaviour {
	return async (call, clock) => {
		await clock.sleep(ms);
		return behaviour(call, clock);
	};
}

/** Never answers, and does not heed its signal either. */
export const silent: Behaviour = () => new Promise(() => {});

/** Behaves differently at each call, in order; the last behaviour repeats. */
export function inTurn(...behaviours: readonly Behaviour[]): Behaviour {
	let turn = 0;
	return (call, clock) => {
		const behaviour = behaviours[Math.min(turn++, behaviours.length - 1)] ?? silent;
		return behaviour(call, clock);
	};
}

/** Finds these stages by name; a failure in place of a stage is one of finding it. */
export function resolverOf(stages: Readonly<Record<string, FakeStage | StageFailure>>): StageResolver {
	return ({ name }) => {
		const found = stages[name];
		if (found === undefined) throw new Error(`no fake stage is called ${name}`);
		return Promise.resolve("kind" in found ? err(found) : ok(found));
	};
}
