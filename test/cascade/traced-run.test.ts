import { describe, expect, it } from "vitest";
import type { SpanAttributes, Tracer } from "../../src/cascade/ports.ts";
import { after, answering, failing, inTurn, silent, sure, type Behaviour } from "./fakes.ts";
import { begin, run, type Example } from "./run-example.ts";
import { chatStream } from "./fake-evidence.ts";
import { edgeStage, originStage } from "../core/examples.ts";

interface Recorded {
	readonly name: string;
	readonly parent: string | null;
	readonly attributes: Record<string, unknown>;
	ends: number;
}

/** A tracer that keeps what it is told. */
function recordingTracer() {
	const spans: Recorded[] = [];
	let active: string | null = null;
	const open = (name: string, attributes: SpanAttributes) => {
		const span: Recorded = { name, parent: active, attributes: { ...attributes }, ends: 0 };
		spans.push(span);
		return {
			end(last: SpanAttributes = {}) {
				span.ends += 1;
				if (span.ends > 1) return;
				Object.assign(span.attributes, last);
			},
		};
	};
	const tracer: Tracer = {
		begin: (name, attributes = {}) => open(name, attributes),
		within(name, attributes, work) {
			const span = open(name, attributes);
			const before = active;
			active = name;
			try {
				return work(span);
			} finally {
				active = before;
			}
		},
	};
	const named = (name: string) => spans.filter((span) => span.name === name);
	return { tracer, spans, named, attributesOf: (name: string) => named(name)[0]?.attributes };
}

const two = (edge: Behaviour, origin: Behaviour): Example["stages"] => ({ edge, origin });

async function traced(example: Example) {
	const recording = recordingTracer();
	const done = await run({ ...example, tracer: recording.tracer });
	return { ...recording, ...done };
}

describe("a traced run", () => {
	it("has a span for the gate, each call, each reading, each decision, in their order", async () => {
		const { spans, outcome } = await traced({ stages: two(sure(0.5), answering("large")) });
		expect(outcome).toMatchObject({ kind: "whole" });
		expect(spans.map(({ name }) => name)).toEqual([
			"cascade",
			"gate",
			expect.stringMatching(/^chat /u),
			"confidence",
			"deferral",
			expect.stringMatching(/^chat /u),
		]);
		expect(spans.map(({ ends }) => ends > 0)).toEqual(spans.map(() => true));
	});

	it("says the same outcome as an untraced one", async () => {
		const example = { stages: two(sure(0.5), answering("large")) };
		const [plain, { outcome }] = [await run(example), await traced(example)];
		expect(outcome).toEqual(plain.outcome);
	});

	it("says of the gate that it has sent a request past the small models", async () => {
		const { attributesOf, spans } = await traced({
			cascade: { gate: { skipWhen: [], maxPromptTokens: 0 } },
			stages: two(sure(0.9), answering("large")),
		});
		expect(attributesOf("gate")).toMatchObject({ "cascade.gate.skipped": true, "cascade.detail": "prompt-tokens" });
		expect(spans.some(({ name }) => name === "confidence")).toBe(false);
	});

	it("says of the run who answered, why, and at what cost", async () => {
		const { attributesOf } = await traced({ stages: two(sure(0.5), answering("large")) });
		expect(attributesOf("cascade")).toMatchObject({
			"cascade.stage": "origin",
			"cascade.reason": "low-confidence",
			"cascade.confidence": expect.closeTo(0.5, 6),
			"cascade.cost_usd": expect.any(Number),
		});
	});

	it("says how a call failed, by the kind of its failure", async () => {
		const { spans, attributesOf } = await traced({
			stages: two(failing({ kind: "overloaded", retryAfterSeconds: null }), failing({ kind: "unreachable" })),
		});
		const calls = spans.filter(({ name }) => name.startsWith("chat "));
		expect(calls.map(({ attributes }) => attributes["error.type"])).toEqual(["overloaded", "unreachable"]);
		expect(attributesOf("deferral")).toMatchObject({
			"cascade.decision": "failed",
			"cascade.reason": "edge-unavailable",
		});
		expect(attributesOf("cascade")).toEqual({ "error.type": "unreachable" });
	});

	it("ends the span of a call whose time is up, as a timeout, although its upstream never says a word", async () => {
		const { spans } = await traced({ stages: two(silent, answering("large")) });
		expect(spans[2]).toMatchObject({ attributes: { "error.type": "timeout" } });
	});

	it("ends the spans of what a leaving client has stopped, as stopped", async () => {
		const recording = recordingTracer();
		const { outcome, clock, leave } = begin({ stages: two(silent, silent), tracer: recording.tracer });
		await clock.advance(10);
		leave();
		await clock.until(outcome);
		const call = recording.spans.find(({ name }) => name.startsWith("chat "));
		expect(call?.attributes).toMatchObject({ "cascade.call.stopped": true });
		expect(call?.attributes["error.type"]).toBeUndefined();
	});

	it("tells samples and verdicts from answers", async () => {
		const { spans } = await traced({
			cascade: {
				stages: [
					{
						...edgeStage,
						confidence: { method: "agreement", samples: 2, temperature: 1, match: "exact", stopEarly: false },
						threshold: 1,
					},
					originStage,
				],
			},
			stages: two(inTurn(answering("a"), after(5, answering("b"))), answering("large")),
		});
		const purposes = spans.flatMap(({ attributes }) => attributes["cascade.call.purpose"] ?? []);
		expect(purposes).toEqual(["answer", "sample", "answer"]);
	});

	it("ends a stream's span with the usage that its end has told", async () => {
		const { spans, attributesOf, outcome } = await traced({
			request: { stream: true },
			stages: two(sure(0.5), answering("large")),
			streams: { origin: chatStream("large") },
		});
		if (outcome.kind !== "live") throw new Error("no stream");
		const call = spans.at(-1);
		expect(call?.ends).toBe(0);
		outcome.settle({ inputTokens: 7, outputTokens: 3 });
		expect(call).toMatchObject({
			ends: 1,
			attributes: { "gen_ai.usage.input_tokens": 7, "gen_ai.usage.output_tokens": 3 },
		});
		expect(attributesOf("cascade")).toMatchObject({ "cascade.stage": "origin" });
	});

	it("says what broke a stream off", async () => {
		const { spans, attributesOf, outcome } = await traced({
			request: { stream: true },
			stages: two(sure(0.5), answering("large")),
			streams: { origin: chatStream("large") },
		});
		if (outcome.kind !== "live") throw new Error("no stream");
		outcome.settle(null, "broken-off");
		expect(spans.at(-1)?.attributes).toMatchObject({ "error.type": "broken-off" });
		expect(attributesOf("cascade")).toMatchObject({ "error.type": "broken-off" });
	});

	it("holds nothing of the question or the answers", async () => {
		const { spans } = await traced({
			request: { messages: [{ role: "user", content: "secret question" }] },
			stages: two(sure(0.5, "secret small"), answering("secret large")),
		});
		expect(JSON.stringify(spans)).not.toContain("secret");
	});
});
