import { describe, expect, it } from "vitest";
import { DATA_POINT_COLUMNS, dataPointOf } from "../../../src/core/metrics/data-point.ts";
import type { Observation } from "../../../src/core/observation.ts";

const OBSERVATION: Observation = {
	version: 1,
	requestId: "req_1",
	endpoint: "chat.completions",
	tenant: "acme",
	cascade: "mails",
	policyRevision: 7,
	at: 1_790_000_000_000,
	stream: true,
	outcome: "answered",
	stage: "origin",
	reason: "low-confidence",
	failure: null,
	trail: [
		{ stage: "edge", outcome: "deferred", reason: "low-confidence", confidence: 0.4, threshold: 0.8 },
		{ stage: "origin", outcome: "accepted", reason: "accepted", confidence: null, threshold: null },
	],
	calls: [
		{
			stage: "edge",
			model: "@cf/small",
			purpose: "answer",
			usage: { inputTokens: 10, outputTokens: 2 },
			costUsd: 0.001,
			ms: 40,
		},
		{ stage: "edge", model: "@cf/small", purpose: "sample", usage: null, costUsd: 0.001, ms: 60 },
		{
			stage: "origin",
			model: "large",
			purpose: "answer",
			usage: { inputTokens: 12, outputTokens: 30 },
			costUsd: 0.01,
			ms: 900,
		},
	],
	retries: 1,
	costUsd: 0.012,
	savedUsd: -0.002,
	authMs: 3,
	firstTokenMs: 350,
	durationMs: 1_000,
};

/** The point by the names of its columns. */
function pointOf(differences: Partial<Observation> = {}) {
	const { indexes, blobs, doubles } = dataPointOf({ ...OBSERVATION, ...differences });
	const by = (names: readonly string[], values: readonly unknown[]) =>
		Object.fromEntries(names.map((name, index) => [name, values[index]]));
	return { indexes, ...by(DATA_POINT_COLUMNS.blobs, blobs), ...by(DATA_POINT_COLUMNS.doubles, doubles) };
}

describe("the data point of a request", () => {
	it("has its tenant as the index, and what dashboards group and sum by", () => {
		expect(pointOf()).toEqual({
			indexes: ["acme"],
			cascade: "mails",
			stage: "origin",
			reason: "low-confidence",
			outcome: "answered",
			endpoint: "chat.completions",
			failure: "",
			thresholdSource: "manual",
			canary: "",
			costUsd: 0.012,
			isCostUnknown: 0,
			savedUsd: -0.002,
			durationMs: 1_000,
			firstTokenMs: 350,
			authMs: 3,
			firstStageMs: 60,
			lastStageMs: 900,
			inputTokens: 22,
			outputTokens: 32,
			confidence: 0.4,
			threshold: 0.8,
			calls: 3,
			retries: 1,
			policyRevision: 7,
		});
	});

	it("tells what is not there from what is 0", () => {
		expect(pointOf({ trail: [], calls: [], costUsd: null, savedUsd: null, stage: null, reason: null })).toMatchObject({
			stage: "",
			reason: "",
			thresholdSource: "",
			costUsd: 0,
			isCostUnknown: 1,
			savedUsd: 0,
			confidence: -1,
			threshold: -1,
			firstStageMs: 0,
			lastStageMs: 0,
		});
		expect(pointOf({ costUsd: 0 })).toMatchObject({ costUsd: 0, isCostUnknown: 0 });
	});

	it("counts a first stage that was the only one considered once", () => {
		expect(pointOf({ trail: OBSERVATION.trail.slice(0, 1), calls: OBSERVATION.calls.slice(0, 2) })).toMatchObject({
			firstStageMs: 60,
			lastStageMs: 0,
		});
	});

	it("takes the whole time for that to the first byte, where the answer came whole", () => {
		const { firstTokenMs: _, ...whole } = OBSERVATION;
		expect(dataPointOf(whole).doubles).toEqual(dataPointOf({ ...OBSERVATION, firstTokenMs: 1_000 }).doubles);
	});

	it("names certified thresholds and canaries", () => {
		const trail = [{ ...OBSERVATION.trail[0]!, thresholdSource: "certified" as const }];
		expect(pointOf({ trail, canary: true })).toMatchObject({ thresholdSource: "certified", canary: "canary" });
	});

	it("is within what the platform takes", () => {
		const { indexes, blobs, doubles } = dataPointOf({ ...OBSERVATION, tenant: "t".repeat(200) });
		expect(indexes[0]).toHaveLength(96);
		expect(blobs.length).toBeLessThanOrEqual(20);
		expect(doubles.length).toBeLessThanOrEqual(20);
		expect(doubles.every(Number.isFinite)).toBe(true);
	});
});
