import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readConfidence, settledAgreement, type ConfidenceMethod } from "../../../src/core/confidence/method.ts";
import type { Completion } from "../../../src/core/completion.ts";
import { decideDeferral } from "../../../src/core/deferral.ts";
import { exampleAnswer, exampleRequest } from "../examples.ts";

const request = exampleRequest();
const answer = exampleAnswer({ text: "A" });
const agreementOf = (samples: number) =>
	({ method: "agreement", samples, temperature: 1, match: "exact", stopEarly: true }) as const;
const sampled = (texts: string): (Completion | null)[] =>
	[...texts].map((text) => (text === "-" ? null : exampleAnswer({ text })));

/** What five answers settle, the served one `A`, after these samples; `-` is one that failed. */
const settled = (texts: string, threshold: number) =>
	settledAgreement(agreementOf(5), { request, answer, samples: sampled(texts) }, threshold);
const measured = (confidence: number) => ({ kind: "measured", confidence });

describe("agreement that stops early", () => {
	it("is not settled while the samples to come could tip it either way", () => {
		expect(settled("", 0.6)).toBeNull();
		expect(settled("A", 0.6)).toBeNull();
		expect(settled("BB", 0.6)).toBeNull();
		expect(settled("AB", 0.6)).toBeNull();
	});

	it("accepts as soon as enough agree, and reads the share that do so far", () => {
		expect(settled("AA", 0.6)).toEqual(measured(0.6));
		expect(settled("BAA", 0.6)).toEqual(measured(0.6));
		expect(settled("A", 0.4)).toEqual(measured(0.4));
	});

	it("defers as soon as too few still can, and reads the share that they could have come to", () => {
		expect(settled("BBB", 0.6)).toEqual(measured(0.4));
		expect(settled("B", 0.81)).toEqual(measured(0.8));
		expect(settled("B", 0.8)).toBeNull();
	});

	it("is settled before any sample where no sample matters", () => {
		expect(settled("", 0.2)).toEqual(measured(0.2));
		expect(settled("", 1.01)).toEqual(measured(1));
	});

	it("is unavailable as soon as one sample failed, as it would be at the end", () => {
		expect(settled("-", 0.6)).toEqual({ kind: "unavailable", cause: "extra-call-failed" });
		expect(settled("AA-", 0.6)).toEqual({ kind: "unavailable", cause: "extra-call-failed" });
	});

	it("is unavailable at once where the served answer has nothing to compare", () => {
		const empty = { request, answer: exampleAnswer({ text: "" }), samples: [] };
		expect(settledAgreement(agreementOf(5), empty, 0.6)).toEqual({ kind: "unavailable", cause: "not-applicable" });
	});

	it("accepts nothing at a threshold that is no number", () => {
		expect(settled("AAAA", Number.NaN)).toEqual(measured(1));
		expect(decideDeferral(measured(1) as never, Number.NaN).kind).toBe("defer");
	});

	it("is left to the end by a policy that collects readings, and by every other method", () => {
		const inputs = { request, answer, samples: sampled("AAAA") };
		expect(settledAgreement({ ...agreementOf(5), stopEarly: false }, inputs, 0.2)).toBeNull();
		expect(settledAgreement({ method: "verify", model: "m" }, inputs, 0.2)).toBeNull();
	});

	it("decides what all samples would have decided, wherever it stops", () => {
		const cases = fc.record({
			texts: fc.array(fc.constantFrom("A", "B", "C"), { minLength: 1, maxLength: 9 }),
			// Thresholds at and beside every share.
			threshold: fc.oneof(
				fc.tuple(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 1, max: 10 })).map(([a, b]) => a / b),
				fc.double({ min: 0, max: 1, noNaN: true }),
			),
		});
		fc.assert(
			fc.property(cases, ({ texts, threshold }) => {
				const method: ConfidenceMethod = agreementOf(texts.length + 1);
				const samples = sampled(texts.join(""));
				const whole = readConfidence(method, { request, answer, stated: null, samples, verdict: null });
				const readings = samples.map((_sample, index) =>
					settledAgreement(method, { request, answer, samples: samples.slice(0, index + 1) }, threshold),
				);
				for (const reading of readings) {
					if (reading === null) continue;
					expect(decideDeferral(reading, threshold).kind).toBe(decideDeferral(whole, threshold).kind);
				}
				expect(readings.at(-1)).toEqual(whole);
			}),
			{ seed: 3, numRuns: 1000 },
		);
	});
});
