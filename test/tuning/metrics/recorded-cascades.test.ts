import { describe, expect, it } from "vitest";
import { selectStages } from "../../../src/tuning/log/cascade-log.ts";
import { deferralCurve, pointAtEscalation, type DeferralCurve } from "../../../src/tuning/metrics/deferral-curve.ts";
import { areaUnderRoc } from "../../../src/tuning/metrics/ranking.ts";
import { readTraces } from "../../../tools/guarantee/traces.ts";

const mmlu = readTraces().find(({ name }) => name === "mmlu-llama");

describe.skipIf(mmlu === undefined)("MMLU answered by Llama 3.1 8B and 405B, as recorded", () => {
	it("has the figures that its publisher's rows give", () => {
		if (mmlu === undefined) return;
		const log = selectStages(mmlu.log, [2, 4]);
		const small = log.stages[0];
		const curve = deferralCurve(log) as DeferralCurve;
		expect(curve.rows).toBe(1_816);
		expect(curve.qualitySmall).toBeCloseTo(0.632, 3);
		expect(curve.qualityLarge).toBeCloseTo(0.846, 3);
		const right = small?.wrong.map((mark) => 1 - mark) ?? [];
		expect(areaUnderRoc(small?.confidence ?? [], right)).toBeCloseTo(0.809, 3);
		const qualities = [0.1, 0.2, 0.3, 0.5].map((escalation) => pointAtEscalation(curve, escalation).quality);
		expect(qualities).toEqual([0.669, 0.716, 0.746, 0.803].map((quality) => expect.closeTo(quality, 3)));
	});
});
