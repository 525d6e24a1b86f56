import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { METRIC_FAMILIES } from "../../../src/core/metrics/metric-families.ts";
import { addSeries, seriesName } from "../../../src/core/metrics/metric-report.ts";
import { prometheusText } from "../../../src/core/metrics/prometheus-text.ts";
import { metricsOf } from "../../../src/core/metrics/request-metrics.ts";
import type { Observation } from "../../../src/core/observation.ts";
import { parsePrometheus, sampleOf } from "../../support/parse-prometheus.ts";
import { exampleCall, exampleObservation } from "../ledger/observations.ts";

const read = (observations: readonly Observation[], gauges = {}) =>
	parsePrometheus(prometheusText({ counters: metricsOf(observations, []), gauges }));

const REQUESTS = "edge_cascade_requests_total";
const DURATION = "edge_cascade_request_duration_seconds";

describe("the metrics' text", () => {
	it("has every family before anything was counted, those without labels at 0", () => {
		const families = read([]);
		expect([...families.keys()]).toEqual(Object.values(METRIC_FAMILIES).map(({ name }) => name));
		expect(sampleOf(families, "edge_cascade_cost_usd_total")).toBe(0);
		expect(families.get(REQUESTS)?.samples).toEqual([]);
	});

	it("counts requests by endpoint, outcome and reason", () => {
		const families = read([
			exampleObservation(),
			exampleObservation({ outcome: "failed", stage: null, reason: "origin-failed", failure: "timeout" }),
			exampleObservation({ endpoint: "embeddings", reason: null }),
			exampleObservation(),
		]);
		const labels = { endpoint: "chat.completions", outcome: "answered", reason: "accepted" };
		expect(sampleOf(families, REQUESTS, labels)).toBe(2);
		expect(sampleOf(families, REQUESTS, { ...labels, outcome: "failed", reason: "origin-failed" })).toBe(1);
		expect(sampleOf(families, REQUESTS, { ...labels, endpoint: "embeddings", reason: "none" })).toBe(1);
	});

	it("shows dollars, and what was saved and overspent apart, since counters never fall", () => {
		const families = parsePrometheus(
			prometheusText({
				counters: metricsOf(
					[
						exampleObservation({ costUsd: 0.25, savedUsd: 0.5 }),
						exampleObservation({ costUsd: 0.5, savedUsd: -0.125 }),
						exampleObservation({ costUsd: null, savedUsd: null }),
					],
					[{ costUsd: 0.0625 }, { costUsd: null }],
				),
				gauges: {},
			}),
		);
		expect(sampleOf(families, "edge_cascade_cost_usd_total")).toBe(0.75);
		expect(sampleOf(families, "edge_cascade_cost_unknown_total")).toBe(1);
		expect(sampleOf(families, "edge_cascade_saved_usd_total")).toBe(0.5);
		expect(sampleOf(families, "edge_cascade_overspent_usd_total")).toBe(0.125);
		expect(sampleOf(families, "edge_cascade_audits_total")).toBe(2);
		expect(sampleOf(families, "edge_cascade_audit_cost_usd_total")).toBe(0.0625);
	});

	it("counts the tokens of every call that reported them", () => {
		const calls = [
			exampleCall(),
			exampleCall({ usage: null }),
			exampleCall({ usage: { inputTokens: 1, outputTokens: 2 } }),
		];
		const families = read([exampleObservation({ calls })]);
		expect(sampleOf(families, "edge_cascade_tokens_total", { kind: "input" })).toBe(101);
		expect(sampleOf(families, "edge_cascade_tokens_total", { kind: "output" })).toBe(22);
	});

	it("puts a duration at a bucket's end into that bucket and all wider ones", () => {
		const families = read([
			exampleObservation({ durationMs: 500 }),
			exampleObservation({ durationMs: 500.001 }),
			exampleObservation({ durationMs: 90_000, reason: "low-confidence" }),
		]);
		const at = (le: string, result = "accepted") => sampleOf(families, DURATION, { le, result }, "_bucket");
		expect([at("0.25"), at("0.5"), at("1"), at("60"), at("+Inf")]).toEqual([0, 1, 2, 2, 2]);
		expect([at("60", "answered"), at("+Inf", "answered")]).toEqual([0, 1]);
		expect(sampleOf(families, DURATION, { result: "accepted" }, "_sum")).toBeCloseTo(1.000_001, 9);
		expect(sampleOf(families, DURATION, { result: "answered" }, "_count")).toBe(1);
	});

	it("has no word of a tenant's in it, and few series whatever comes", () => {
		const text = prometheusText({
			counters: metricsOf(
				Array.from({ length: 50 }, (_, index) =>
					exampleObservation({
						tenant: `tenant-${index}`,
						cascade: "secret-cascade",
						stage: "secret-stage",
						endpoint: `secret-${index}` as Observation["endpoint"],
						outcome: `secret ${index}` as Observation["outcome"],
						reason: `Secret "${index}"` as NonNullable<Observation["reason"]>,
					}),
				),
				[],
			),
			gauges: {},
		});
		expect(text).not.toMatch(/secret|tenant-/iu);
		expect(parsePrometheus(text).get(REQUESTS)?.samples).toEqual([
			{ name: REQUESTS, labels: { endpoint: "other", outcome: "other", reason: "other" }, value: 50 },
		]);
	});

	it("is the same however the requests were shared out", () => {
		const observation = fc.record({
			durationMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
			costUsd: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
			savedUsd: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
			reason: fc.constantFrom("accepted" as const, "low-confidence" as const, null),
		});
		fc.assert(
			fc.property(fc.array(observation, { maxLength: 30 }), fc.nat(30), (fields, cut) => {
				const all = fields.map((differences) => exampleObservation(differences));
				const whole = prometheusText({ counters: metricsOf(all, []), gauges: {} });
				const parts = addSeries([metricsOf(all.slice(cut), []), metricsOf(all.slice(0, cut), [])]);
				expect(prometheusText({ counters: parts, gauges: {} })).toBe(whole);
				parsePrometheus(whole);
			}),
		);
	});
});

describe("a series' name", () => {
	it("escapes what would end a label's value", () => {
		const name = seriesName("certificates", { state: 'a"b\\c\nd' });
		expect(name).toBe('certificates{state="a\\"b\\\\c\\nd"}');
	});

	it("orders labels, so that one series has one name", () => {
		expect(seriesName("a", { y: "1", x: "2" })).toBe(seriesName("a", { x: "2", y: "1" }));
	});
});
