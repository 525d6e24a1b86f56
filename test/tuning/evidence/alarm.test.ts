import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	alarmAlternatives,
	alarmGroups,
	alarmLevel,
	alarmLogValue,
	createAlarm,
	stepAlarm,
	type AlarmGroup,
} from "../../../src/tuning/evidence/alarm.ts";
import { alarmDelay, detectionDelay } from "../../../src/tuning/evidence/detection-delay.ts";
import { logCusum, logShiryaevRoberts } from "../../../src/tuning/evidence/e-detectors.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { epochRecord, evidenceCount, phaseRecord } from "./examples.ts";

describe("a step of the alarm", () => {
	it("is L (1 + S) for each alternative, of which the mean counts", () => {
		const steps: readonly AlarmGroup[] = [
			{ boundary: 0.1, n: 5, wrong: 2 },
			{ boundary: 0.1, n: 3, wrong: 0 },
		];
		let state = createAlarm();
		const detectors = [0.15, 0.2, 0.3, 0.45].map((risk) => ({ risk, value: 0 }));
		for (const step of steps) {
			state = stepAlarm(state, [step]);
			for (const detector of detectors) {
				const { risk } = detector;
				const ratio = (risk / 0.1) ** step.wrong * ((1 - risk) / 0.9) ** (step.n - step.wrong);
				detector.value = ratio * (1 + detector.value);
			}
		}
		const mean = detectors.reduce((sum, { value }) => sum + value, 0) / 4;
		expect(Math.exp(alarmLogValue(state))).toBeCloseTo(mean, 12);
		expect(state).toMatchObject({ steps: 2, labels: 8 });
	});

	it("multiplies what groups of one bucket say, in any order", () => {
		const groups = [
			{ boundary: 0.1, n: 5, wrong: 2 },
			{ boundary: 0.02, n: 9, wrong: 1 },
		];
		const together = alarmLogValue(stepAlarm(createAlarm(), groups));
		expect(alarmLogValue(stepAlarm(createAlarm(), groups.toReversed()))).toBeCloseTo(together, 12);
		expect(alarmLogValue(stepAlarm(createAlarm(), groups.slice(0, 1)))).not.toBeCloseTo(together, 3);
	});

	it("without labels is none: an empty bucket brings no alarm nearer", () => {
		const state = stepAlarm(createAlarm(), [{ boundary: 0.1, n: 2, wrong: 1 }]);
		expect(stepAlarm(state, [])).toBe(state);
		expect(stepAlarm(state, [{ boundary: 0.1, n: 0, wrong: 0 }])).toBe(state);
		expect(alarmLogValue(createAlarm())).toBe(Number.NEGATIVE_INFINITY);
	});

	it("grows by exactly one on average at the boundary, so that A steps pass before A is reached", () => {
		fc.assert(
			fc.property(
				fc.double({ min: 0.005, max: 0.9, noNaN: true }),
				fc.integer({ min: 1, max: 8 }),
				fc.integer({ min: 0, max: 8 }),
				(boundary, n, past) => {
					const before = stepAlarm(createAlarm(), [{ boundary, n: 8, wrong: past }]);
					let mean = 0;
					let mass = (1 - boundary) ** n;
					for (let wrong = 0; wrong <= n; wrong++) {
						mean += mass * Math.exp(alarmLogValue(stepAlarm(before, [{ boundary, n, wrong }])));
						mass *= ((n - wrong) / (wrong + 1)) * (boundary / (1 - boundary));
					}
					const expected = Math.exp(alarmLogValue(before)) + 1;
					expect(Math.abs(mean / expected - 1)).toBeLessThan(1e-9);
				},
			),
		);
	});

	it("survives JSON before and after its first label", () => {
		const fresh = createAlarm();
		expect(JSON.parse(JSON.stringify(fresh))).toEqual(fresh);
		const used = stepAlarm(fresh, [{ boundary: 0.1, n: 3, wrong: 3 }]);
		expect(JSON.parse(JSON.stringify(used))).toEqual(used);
	});

	it("looks out for risks below 1 only", () => {
		expect(alarmAlternatives(0.1)).toEqual([0.15000000000000002, 0.2, 0.30000000000000004, 0.45]);
		for (const risk of alarmAlternatives(0.9)) expect(risk).toBeCloseTo(0.95, 12);
	});

	it("does not overflow, however bad it gets", () => {
		expect(logShiryaevRoberts(2_000, 5)).toBe(2_005);
		expect(logShiryaevRoberts(Number.NEGATIVE_INFINITY, -3)).toBe(-3);
		expect(logCusum(Number.NEGATIVE_INFINITY, -3)).toBe(-3);
	});
});

describe("what a bucket says to the alarm", () => {
	const epoch = epochRecord();
	const phases = [
		phaseRecord(),
		phaseRecord({ phase: 2, deployed: 0, auditPropensity: 50_000 }),
		phaseRecord({ phase: 3, deployed: 1, auditPropensity: 20_000 }),
		phaseRecord({ epoch: 2, phase: 4, deployed: 1 }),
	];
	const counts = [
		evidenceCount({ n: 50, wrong: 9 }),
		evidenceCount({ phase: 2, propensity: 50_000, n: 4, wrong: 1, unlabelled: 76 }),
		evidenceCount({ phase: 2, cell: 1, n: 30, wrong: 12 }),
		evidenceCount({ phase: 3, propensity: 20_000, n: 2, unlabelled: 98 }),
		evidenceCount({ phase: 3, cell: 1, propensity: 20_000, n: 3, wrong: 1, unlabelled: 97 }),
		evidenceCount({ phase: 3, cell: 2, n: 10, wrong: 10 }),
		evidenceCount({ epoch: 2, phase: 4, n: 10, wrong: 10 }),
	];

	it("are the audited labels of what was accepted, phase by phase", () => {
		expect(alarmGroups({ counts, phases, epoch })).toEqual([
			{ boundary: 0.1, n: 4, wrong: 1 },
			{ boundary: 0.1, n: 5, wrong: 1 },
		]);
	});

	it("are, for a joint risk, all rows, of which few may be accepted, drawn and wrong", () => {
		expect(alarmGroups({ counts, phases, epoch: { ...epoch, risk: "joint" } })).toEqual([
			{ boundary: 0.1 * 0.05, n: 110, wrong: 1 },
			{ boundary: 0.1 * 0.02, n: 210, wrong: 1 },
		]);
	});

	it("are no rows that were counted as wrong because no coin was tossed", () => {
		const unobserved = evidenceCount({ phase: 2, n: 20, wrong: 20 });
		expect(alarmGroups({ counts: [unobserved], phases, epoch })).toEqual([]);
	});

	it("are no rows out of scope, whatever threshold is in force", () => {
		const manual = [phaseRecord({ deployed: epoch.path.length, auditPropensity: 50_000 })];
		const outside = evidenceCount({ cell: epoch.path.length, propensity: 50_000, n: 9, wrong: 9 });
		const inside = evidenceCount({ cell: 1, propensity: 50_000, n: 4, wrong: 1 });
		expect(alarmGroups({ counts: [outside, inside], phases: manual, epoch })).toEqual([
			{ boundary: 0.1, n: 4, wrong: 1 },
		]);
	});

	it("are all accepted rows where each of them is audited", () => {
		const all = [phaseRecord({ deployed: 0 })];
		expect(alarmGroups({ counts: [evidenceCount({ n: 3, wrong: 1 })], phases: all, epoch })).toHaveLength(1);
	});
});

describe("the level of the alarm", () => {
	it("is the number of steps in 90 days, and a thousand at least", () => {
		expect(alarmLevel({ stepsPerDay: 8_640, boundary: 0.1 })).toBe(777_600);
		expect(alarmLevel({ stepsPerDay: 0, boundary: 0.1 })).toBe(1_000);
	});

	it("cannot be reached by right answers alone", () => {
		for (const boundary of [0.1, 0.01, 0.001, 0.0001]) {
			const level = alarmLevel({ stepsPerDay: 1, boundary });
			let state = createAlarm();
			for (let step = 0; step < 30 / boundary && step < 50_000; step++)
				state = stepAlarm(state, [{ boundary, n: 1, wrong: 0 }]);
			expect(alarmLogValue(state)).toBeLessThan(Math.log(level) - 2);
		}
	});

	it("refuses what are no rates", () => {
		expect(() => alarmLevel({ stepsPerDay: -1, boundary: 0.1 })).toThrow(RangeError);
		expect(() => alarmLevel({ stepsPerDay: 1, boundary: 1 })).toThrow(RangeError);
	});
});

describe("the delay of the alarm", () => {
	const question = { alpha: 0.1, level: 1_000, badRisk: 0.2, auditShare: 0.05 };

	it("is shorter the worse it is, and longer the higher the level and the larger the steps", () => {
		const labels = (given: Partial<typeof question> & { labelsPerStep?: number }) =>
			detectionDelay({ ...question, ...given })?.labels ?? Number.NaN;
		expect(labels({ badRisk: 0.3 })).toBeLessThan(labels({}));
		expect(labels({ badRisk: 0.15 })).toBeGreaterThan(labels({}));
		expect(labels({ level: 100_000 })).toBeGreaterThan(labels({}));
		expect(labels({ labelsPerStep: 20 })).toBeGreaterThan(labels({}));
		expect(labels({ badRisk: 1 })).toBeLessThan(10);
	});

	it.each([1, 10])("is in labels what the alarm itself needs, step by step of %i", (labelsPerStep) => {
		const random = seededRandom(5);
		let labels = 0;
		for (let run = 0; run < 300; run++) {
			let state = createAlarm();
			while (alarmLogValue(state) < Math.log(question.level)) {
				let wrong = 0;
				for (let label = 0; label < labelsPerStep; label++) if (random() < question.badRisk) wrong++;
				state = stepAlarm(state, [{ boundary: question.alpha, n: labelsPerStep, wrong }]);
			}
			labels += state.labels;
		}
		const delay = detectionDelay({ ...question, labelsPerStep });
		// Both are means over a few hundred runs, each of which varies by half of it.
		expect(Math.abs((delay?.labels ?? 0) / (labels / 300) - 1)).toBeLessThan(0.15);
		expect(delay?.accepted).toBeCloseTo((delay?.labels ?? 0) * 20, 6);
		expect(detectionDelay({ ...question, labelsPerStep })).toEqual(delay);
	});

	it("has no end where it is hardly worse than allowed", () => {
		expect(detectionDelay({ ...question, badRisk: 0.1 })).toBe(null);
		expect(detectionDelay({ ...question, badRisk: 0.12 })).toBe(null);
	});

	it("refuses what are no shares", () => {
		expect(() => detectionDelay({ ...question, alpha: 0 })).toThrow(RangeError);
		expect(() => detectionDelay({ ...question, badRisk: 1.1 })).toThrow(RangeError);
		expect(() => detectionDelay({ ...question, auditShare: 0 })).toThrow(RangeError);
	});
});

describe("the delay of the alarm on traffic", () => {
	const question = {
		risk: "selective" as const,
		targetRisk: 0.1,
		level: 50_000,
		badRisk: 0.2,
		auditShare: 0.05,
		coverage: 0.6,
		requestsPerStep: 40,
	};

	/** Requests until the alarm itself goes off, on average over runs in which each bucket has the requests of `question`. */
	function simulated({ risk, targetRisk, level, badRisk, auditShare, coverage, requestsPerStep }: TrafficQuestion) {
		const random = seededRandom(11);
		const epochOfRisk = epochRecord({ path: [0.8, 0.5], risk, targetRisk });
		const propensity = Math.round(auditShare * 1_000_000);
		const phases = [phaseRecord({ deployed: 0, auditPropensity: propensity })];
		// A joint risk is of all requests, so that of the accepted ones is as much more.
		const wrongShare = risk === "joint" ? badRisk / coverage : badRisk;
		const runs = 200;
		let requests = 0;
		for (let run = 0; run < runs; run++) {
			let state = createAlarm();
			while (alarmLogValue(state) < Math.log(level)) {
				let [drawn, wrong, unlabelled, escalated] = [0, 0, 0, 0];
				for (let request = 0; request < requestsPerStep; request++) {
					if (random() >= coverage) escalated++;
					else if (random() >= auditShare) unlabelled++;
					else {
						drawn++;
						if (random() < wrongShare) wrong++;
					}
				}
				const counts = [
					evidenceCount({ cell: 0, propensity, n: drawn, wrong, unlabelled }),
					evidenceCount({ cell: 1, n: escalated }),
				];
				state = stepAlarm(state, alarmGroups({ counts, phases, epoch: epochOfRisk }));
				requests += requestsPerStep;
			}
		}
		return requests / runs;
	}

	it.each([
		["selective", {}],
		["selective, of much traffic", { requestsPerStep: 400 }],
		["selective, where all are audited", { auditShare: 1, requestsPerStep: 10 }],
		["joint", { risk: "joint" as const, targetRisk: 0.05, badRisk: 0.1 }],
		["joint, of much traffic", { risk: "joint" as const, targetRisk: 0.05, badRisk: 0.1, requestsPerStep: 400 }],
		[
			"joint, of little coverage",
			{ risk: "joint" as const, targetRisk: 0.02, badRisk: 0.04, coverage: 0.2, auditShare: 0.2 },
		],
		["joint, where all are audited", { risk: "joint" as const, targetRisk: 0.05, badRisk: 0.1, auditShare: 1 }],
	])("is in requests what the alarm itself needs: %s", { timeout: 60_000 }, (_what, given) => {
		const asked = { ...question, ...given };
		const delay = alarmDelay(asked);
		expect(Math.abs((delay?.requests ?? 0) / simulated(asked) - 1)).toBeLessThan(0.15);
		expect(delay?.accepted).toBeCloseTo((delay?.requests ?? 0) * asked.coverage, 6);
		expect(delay?.labels).toBeCloseTo((delay?.accepted ?? 0) * asked.auditShare, 6);
	});

	it("of a joint risk is in fewer accepted requests than that of a selective one: what escalates counts as right there", () => {
		const joint = alarmDelay({ ...question, risk: "joint" });
		const selective = alarmDelay(question);
		expect(joint?.accepted).toBeLessThan(0.8 * (selective?.accepted ?? 0));
		expect(joint?.requests).toBeGreaterThan(selective?.accepted ?? Number.NaN);
	});

	it("has no end where it is hardly worse than allowed, and counts a bucket with one request as one", () => {
		expect(alarmDelay({ ...question, risk: "joint", badRisk: 0.1 })).toBeNull();
		expect(alarmDelay({ ...question, badRisk: 0.1 })).toBeNull();
		for (const risk of ["selective", "joint"] as const) {
			const rare = alarmDelay({ ...question, risk, requestsPerStep: 0 });
			expect(rare).toEqual(alarmDelay({ ...question, risk, requestsPerStep: 0.001 }));
			expect(rare?.requests).toBeGreaterThan(0);
		}
	});

	it("refuses a coverage of nothing", () => {
		expect(() => alarmDelay({ ...question, coverage: 0 })).toThrow(RangeError);
		expect(() => alarmDelay({ ...question, risk: "joint", auditShare: 0 })).toThrow(RangeError);
	});
});

type TrafficQuestion = Parameters<typeof alarmDelay>[0];
