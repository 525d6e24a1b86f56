import { describe, expect, it } from "vitest";
import { LINGER_MS, MOST_WAITING } from "../../../src/adapters/gathering-queue.ts";
import { createObservationQueue } from "../../../src/adapters/observation-queue.ts";
import type { ObservationMessage } from "../../../src/core/ledger/observation-message.ts";
import { POLICY_LIMITS } from "../../../src/core/tenant-policy.ts";
import { exampleCall } from "../../core/ledger/observations.ts";
import { observationsOf } from "./usage-ledger.ts";

/** A queue that keeps what it is sent, with a clock of the test's own. */
function world() {
	const state = { now: 1_000, failures: 0 };
	const sent: ObservationMessage[] = [];
	const faults: { readonly fault: string; readonly [fact: string]: unknown }[] = [];
	const timers: { readonly at: number; readonly onExpiry: () => void }[] = [];
	const kept: Promise<unknown>[] = [];
	const ports: Parameters<typeof createObservationQueue>[0] = {
		queue: {
			async send(message, options) {
				expect(options?.contentType).toBe("json");
				if (state.failures-- > 0) throw new Error("Too Many Requests");
				sent.push(JSON.parse(JSON.stringify(message)) as ObservationMessage);
				return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
			},
		},
		clock: {
			now: () => state.now,
			setTimer(ms, onExpiry) {
				timers.push({ at: state.now + ms, onExpiry });
				return () => {};
			},
		},
		waitUntil: (promise) => void kept.push(promise),
		logFault: (fault, facts) => faults.push({ fault, ...facts }),
	};
	/** Lets time pass, and all that it sets off come to rest. */
	const pass = async (ms: number) => {
		for (const end = state.now + ms; ;) {
			for (let turn = 0; turn < 20; turn++) await Promise.resolve();
			timers.sort((left, right) => left.at - right.at);
			const [next] = timers;
			if (next === undefined || next.at > end) {
				state.now = end;
				return;
			}
			state.now = next.at;
			timers.shift()?.onExpiry();
		}
	};
	return { state, sent, faults, kept, timers, ports, pass, sink: createObservationQueue(ports) };
}

const idsOf = (messages: readonly ObservationMessage[]) =>
	messages.map(({ observations }) => observations.map(({ requestId }) => requestId));

describe("the queue of observations", () => {
	it("takes a lone observation a second after it was made, and keeps its request's invocation until then", async () => {
		const { sink, sent, kept, pass } = world();
		const [observation] = observationsOf("acme", 1);
		if (observation !== undefined) sink.record(observation);
		expect(kept).toHaveLength(1);
		await pass(LINGER_MS - 1);
		expect(sent).toEqual([]);
		await pass(1);
		expect(sent).toEqual([{ version: 1, observations: [observation] }]);
		await Promise.all(kept);
	});

	it("takes those that come in the meantime with it, in one message and one invocation", async () => {
		const { sink, sent, kept, pass } = world();
		const observations = observationsOf("acme", 10);
		for (const observation of observations) {
			sink.record(observation);
			await pass(50);
		}
		await pass(LINGER_MS);
		expect(idsOf(sent)).toEqual([observations.map(({ requestId }) => requestId)]);
		expect(kept).toHaveLength(1);
	});

	it("never puts two tenants into one message", async () => {
		const { sink, sent, pass } = world();
		const observations = ["a", "b", "a", "c", "b"].flatMap((tenant) => observationsOf(tenant, 1));
		for (const observation of observations) sink.record(observation);
		await pass(LINGER_MS);
		expect(sent.map((message) => message.observations.map(({ tenant }) => tenant))).toEqual([
			["a", "a"],
			["b", "b"],
			["c"],
		]);
	});

	it("takes many at once without waiting", async () => {
		const { sink, sent, kept, pass } = world();
		const observations = observationsOf("acme", MOST_WAITING + 1);
		for (const observation of observations.slice(0, -1)) sink.record(observation);
		await pass(0);
		expect(sent.flatMap((message) => message.observations)).toHaveLength(MOST_WAITING);
		// The invocation whose second is not over finds nothing left to do.
		expect(kept).toHaveLength(2);
		await pass(LINGER_MS);
		expect(sent.flatMap((message) => message.observations)).toHaveLength(MOST_WAITING);
		for (const observation of observations.slice(-1)) sink.record(observation);
		await pass(LINGER_MS);
		expect(sent.flatMap((message) => message.observations)).toEqual(observations);
		await Promise.all(kept);
	});

	it("begins another message with the first observation after one has gone", async () => {
		const { sink, sent, kept, pass } = world();
		const observations = observationsOf("acme", 2);
		for (const observation of observations) {
			sink.record(observation);
			await pass(LINGER_MS);
		}
		expect(idsOf(sent)).toEqual(observations.map(({ requestId }) => [requestId]));
		expect(kept).toHaveLength(2);
	});

	it("takes with the next observation what an invocation has left behind that was ended early", async () => {
		const { sink, sent, timers, pass } = world();
		const observations = observationsOf("acme", 3);
		const record = (from: number, to: number) => {
			for (const observation of observations.slice(from, to)) sink.record(observation);
		};
		record(0, 1);
		timers.length = 0;
		await pass(LINGER_MS);
		record(1, 2);
		await pass(2 * LINGER_MS);
		expect(sent).toEqual([]);
		record(2, 3);
		await pass(LINGER_MS);
		expect(idsOf(sent)).toEqual([observations.map(({ requestId }) => requestId)]);
	});

	it.each([
		["is given", true],
		["is not", false],
	])(
		"fits a message into what a queue charges once for, beginning another where one is full: JSON %s",
		async (_how, isGiven) => {
			const { sink, sent, pass } = world();
			// Two bytes a character: what counts is bytes.
			const trail = [
				{
					stage: "edge",
					outcome: "failed",
					reason: "edge-failed",
					confidence: null,
					threshold: 0.5,
					detail: "é".repeat(100),
				},
			] as const;
			const calls = Array.from({ length: 8 }, () => exampleCall({ model: "m".repeat(200) }));
			const observations = observationsOf("acme", MOST_WAITING, { trail, calls });
			for (const observation of observations)
				sink.record(observation, isGiven ? JSON.stringify(observation) : undefined);
			await pass(LINGER_MS);
			expect(sent.length).toBeGreaterThan(1);
			for (const message of sent)
				expect(new TextEncoder().encode(JSON.stringify(message)).length).toBeLessThan(64_000 - 100);
			expect(sent.flatMap((message) => message.observations)).toEqual(observations);
		},
	);

	it("fits the longest observation that a policy allows into one charge", async () => {
		const { sink, sent, pass } = world();
		const name = "n".repeat(64);
		const stages = Array.from({ length: POLICY_LIMITS.stages }, () => name);
		const trail = stages.map(
			(stage) =>
				({
					stage,
					outcome: "deferred",
					reason: "confidence-unavailable",
					confidence: 0.123_456_789_012_345_6,
					threshold: 0.123_456_789_012_345_6,
					detail: "語".repeat(100),
				}) as const,
		);
		// The answer, every sample and a checker's word, of each stage.
		const calls = stages.flatMap((stage) =>
			Array.from({ length: POLICY_LIMITS.samples.most + 2 }, () =>
				exampleCall({
					stage,
					model: "m".repeat(200),
					estimated: true,
					costUsd: 0.123_456_789_012_345_6,
					usage: { inputTokens: 1_234_567, outputTokens: 1_234_567 },
				}),
			),
		);
		const [observation] = observationsOf("t".repeat(64), 1, { trail, calls, cascade: name, stage: name });
		if (observation !== undefined) sink.record(observation);
		await pass(LINGER_MS);
		const bytes = new TextEncoder().encode(JSON.stringify(sent)).length;
		console.log(JSON.stringify({ longestObservationBytes: bytes }));
		expect(bytes).toBeLessThan(64_000 - 100);
	});

	it("is tried again where it fails, and nothing is logged then", async () => {
		const { sink, sent, faults, kept, state, pass } = world();
		state.failures = 2;
		for (const observation of observationsOf("acme", 2)) sink.record(observation);
		await pass(LINGER_MS + 10_000);
		expect(sent).toHaveLength(1);
		expect(faults).toEqual([]);
		await Promise.all(kept);
	});

	it("that goes on failing is given up and logged, by tenant and count", async () => {
		const { sink, sent, faults, kept, state, pass } = world();
		state.failures = 3;
		for (const observation of observationsOf("acme", 2)) sink.record(observation);
		await pass(LINGER_MS + 60_000);
		expect(sent).toEqual([]);
		expect(faults).toEqual([
			{ fault: "observations-not-sent", tenant: "acme", count: 2, reason: "Error: Too Many Requests" },
		]);
		await Promise.all(kept);
	});

	it.each([
		[
			"an invocation that is over",
			{
				waitUntil: () => {
					throw new Error("no invocation");
				},
			},
		],
		[
			"a clock that fails",
			{
				clock: {
					now: () => {
						throw new Error("no clock");
					},
					setTimer: () => () => {},
				},
			},
		],
	])("never throws into the answer: %s", (_what, broken) => {
		const { ports, faults } = world();
		const sink = createObservationQueue({ ...ports, ...broken });
		for (const observation of observationsOf("acme", 1)) expect(() => sink.record(observation)).not.toThrow();
		expect(faults).toMatchObject([{ fault: "observations-not-sent", tenant: "acme", count: 1 }]);
	});
});
