import { describe, expect, it } from "vitest";
import { detectFormat } from "../../../src/tuning/log/detect-format.ts";
import { Labels, readLabel } from "../../../src/tuning/log/labels.ts";
import { LogBuilder } from "../../../src/tuning/log/log-builder.ts";
import { ObservationRows } from "../../../src/tuning/log/observation-rows.ts";
import { readObservation, unwrapObservations } from "../../../src/tuning/log/read-observation.ts";
import type { Observation } from "../../../src/core/observation.ts";
import { exampleCall, exampleObservation } from "../../core/ledger/observations.ts";

const asLogged = (observation: Observation) =>
	JSON.parse(JSON.stringify({ event: "request", ...observation })) as Record<string, unknown>;

const deferred = (requestId: string, confidence: number): Observation =>
	exampleObservation({
		requestId,
		stage: "origin",
		trail: [
			{ stage: "edge", outcome: "deferred", reason: "low-confidence", confidence, threshold: 0.8 },
			{ stage: "origin", outcome: "accepted", reason: "accepted", confidence: null, threshold: null },
		],
		calls: [
			exampleCall(),
			exampleCall({ purpose: "verify", costUsd: 0.000_01, ms: 20 }),
			exampleCall({ stage: "origin", model: "gpt-large", costUsd: 0.001, ms: 900 }),
		],
	});

function rowsOf(observations: readonly Observation[], labels = new Labels()) {
	const builder = new LogBuilder();
	const rows = new ObservationRows(builder, labels);
	for (const [index, observation] of observations.entries()) {
		const request = readObservation(asLogged(observation));
		if (request.ok) rows.add(index + 1, request.value);
		else builder.reject(index + 1, request.error);
	}
	return rows.finish();
}

describe("a Worker's log", () => {
	const record = asLogged(exampleObservation());
	const message = JSON.stringify(record);

	it("is known by its lines, whatever wrapped them", () => {
		const tail = { outcome: "ok", logs: [{ message: [message], level: "log" }], event: { request: {} } };
		const logpush = { Outcome: "ok", Logs: [{ Message: [message], Level: "log" }], Event: {} };
		const workersLogs = { $workers: {}, source: record };
		for (const form of [record, tail, logpush, workersLogs]) {
			expect(detectFormat(JSON.stringify(form))).toBe("observations");
			expect(unwrapObservations(form)).toEqual([record]);
		}
		const direct = { outcome: "ok", logs: [{ message: [record, "text", 3] }, { message }] };
		expect(unwrapObservations(direct)).toEqual([record, record]);
	});

	it("holds other events, which are no requests", () => {
		expect(unwrapObservations({ event: "fault", fault: "kv" })).toEqual([]);
		expect(unwrapObservations({ outcome: "ok", logs: [{ message: ["{broken"] }] })).toEqual([]);
		expect(unwrapObservations(null)).toEqual([]);
	});

	it("is told from traces, JSON lines and CSV", () => {
		expect(detectFormat('{"models":["a","b"]}')).toBe("trace");
		expect(detectFormat('{"confidence":0.5,"correct":1}')).toBe("jsonl");
		expect(detectFormat("confidence,correct")).toBe("csv");
		expect(detectFormat("[1,2]")).toBe("csv");
	});
});

describe("an observation", () => {
	it("gives each stage its confidence and what all its calls cost and took", () => {
		expect(readObservation(asLogged(deferred("r1", 0.4)))).toEqual({
			ok: true,
			value: {
				id: "r1",
				cascade: "acme/chat",
				answeredBy: "origin",
				stages: [
					expect.objectContaining({
						name: "edge",
						confidence: 0.4,
						costUsd: expect.closeTo(0.000_03, 12),
						latencyMs: 200,
						skipped: false,
					}),
					expect.objectContaining({ name: "origin", model: "gpt-large", confidence: Number.NaN, costUsd: 0.001 }),
				],
			},
		});
	});

	it("has no confidence where a check rejected the answer, whatever was measured: it defers at any threshold", () => {
		const [edge, origin] = deferred("r1", 0.99).trail;
		if (edge === undefined || origin === undefined) throw new Error("unreachable");
		for (const change of [{ reason: "rejected-by-check" as const }, { outcome: "failed" as const }]) {
			const read = readObservation(asLogged({ ...deferred("r1", 0.99), trail: [{ ...edge, ...change }, origin] }));
			expect(read).toMatchObject({ value: { stages: [{ confidence: Number.NaN }, {}] } });
		}
	});

	it("of a batch is named by its text as well", () => {
		expect(readObservation(asLogged(exampleObservation({ requestId: "r", item: 3 })))).toMatchObject({
			value: { id: "r#3" },
		});
	});

	it("is refused where it is not one", () => {
		const record = asLogged(exampleObservation());
		const reasonOf = (change: Record<string, unknown>) => {
			const read = readObservation({ ...record, ...change });
			return read.ok ? null : read.error.reason;
		};
		expect(reasonOf({ version: 2 })).toBe("the observation is of another version");
		expect(reasonOf({ requestId: "" })).toBe("requestId is missing");
		expect(reasonOf({ tenant: 1 })).toBe("tenant or cascade is missing");
		expect(reasonOf({ trail: [{ stage: "edge" }] })).toBe("an entry of trail lacks its stage, outcome or reason");
		expect(reasonOf({ trail: [{ stage: "e", outcome: "accepted", reason: "accepted", confidence: 2 }] })).toBe(
			"confidence is outside [0, 1]",
		);
	});
});

describe("rows of observations", () => {
	it("know a later stage only where it was asked, and call stages by their models", () => {
		const read = rowsOf([exampleObservation({ requestId: "r0" }), deferred("r1", 0.4)]);
		expect(read.stageNames).toEqual(["edge", "origin"]);
		expect(read.log.stages.map(({ model }) => model)).toEqual(["@cf/zai-org/glm-4.7-flash", "gpt-large"]);
		expect([...(read.log.stages[0]?.confidence ?? [])]).toEqual([0.93, 0.4]);
		expect(read.asked.map((column) => [...column])).toEqual([
			[1, 1],
			[0, 1],
		]);
	});

	it("leave out requests that never reached the first stage, and say why", () => {
		const gated = deferred("r1", 0.4);
		const trail = [{ ...gated.trail[0], outcome: "skipped", reason: "gated" }, gated.trail[1]] as Observation["trail"];
		const read = rowsOf([
			{ ...gated, trail },
			{ ...gated, requestId: "r2", trail: [] },
		]);
		expect(read.report).toMatchObject({
			rows: 0,
			setAsideByReason: { "edge was not asked: gated": 1, "no stage was asked": 1 },
		});
	});

	it("leave out requests from before or after a stage's model was another", () => {
		const other = exampleObservation({ requestId: "r2", calls: [exampleCall({ model: "@cf/other" })] });
		expect(rowsOf([exampleObservation({ requestId: "r1" }), other]).report).toMatchObject({
			rows: 1,
			setAsideByReason: { "edge was another model then": 1 },
		});
	});

	it("take labels by request and stage; a label without a stage is of what answered", () => {
		const labels = new Labels();
		for (const entry of [
			{ requestId: "r0", correct: true },
			{ requestId: "r1", stage: "edge", correct: false },
			{ requestId: "r1", correct: 1 },
			{ requestId: "r2", stage: "edge", correct: null },
			{ requestId: "elsewhere", correct: 1 },
		] as readonly Record<string, unknown>[]) {
			const label = readLabel((field) => entry[field]);
			if (!label.ok) throw new Error(label.error.reason);
			labels.add(label.value);
		}
		const read = rowsOf([exampleObservation({ requestId: "r0" }), deferred("r1", 0.4), deferred("r2", 0.5)], labels);
		expect([...(read.log.stages[0]?.wrong ?? [])]).toEqual([0, 1, 1]);
		expect(read.log.stages[0]?.labelled).toBeUndefined();
		expect([...(read.log.stages[1]?.labelled ?? [])]).toEqual([0, 1, 0]);
		expect([...(read.log.stages[1]?.wrong ?? [])]).toEqual([1, 0, 1]);
		expect(read.report.labellerFailed).toEqual({ edge: 1 });
		expect(labels.unused).toBe(1);
	});
});

describe("labels", () => {
	it("that differ for one answer are disputed, whatever came first and whether or not they name the stage", () => {
		const labels = new Labels();
		const find = (id: string) => labels.find(id, ["edge", "m"], true);
		labels.add({ id: "same", stage: "edge", verdict: "wrong" });
		labels.add({ id: "same", stage: "edge", verdict: "wrong" });
		expect(find("same")).toBe("wrong");
		for (const [id, verdicts] of Object.entries({ one: ["right", "wrong", "right"], two: ["wrong", "right"] } as const))
			for (const verdict of verdicts) labels.add({ id, stage: "edge", verdict });
		expect([find("one"), find("two")]).toEqual(["disputed", "disputed"]);
		labels.add({ id: "named", stage: "m", verdict: "right" });
		labels.add({ id: "named", stage: undefined, verdict: "wrong" });
		expect(labels.find("named", ["edge", "m"], false)).toBe("right");
		expect(find("named")).toBe("disputed");
		expect(labels.find("one", ["origin"], true)).toBeUndefined();
		expect(labels.unused).toBe(0);
	});

	it("name their request and say right or wrong", () => {
		const reasonOf = (entry: Record<string, unknown>) => {
			const label = readLabel((field) => entry[field]);
			return label.ok ? label.value : label.error.reason;
		};
		expect(reasonOf({ correct: 1 })).toBe("requestId is missing");
		expect(reasonOf({ id: "r" })).toBe("there is neither correct nor wrong");
		expect(reasonOf({ id: "r", item: 2, wrong: "1", model: "m" })).toEqual({ id: "r#2", stage: "m", verdict: "wrong" });
	});
});
