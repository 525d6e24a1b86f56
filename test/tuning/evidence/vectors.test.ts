import { describe, expect, it } from "vitest";
import { CERTAIN } from "../../../src/core/evidence/guarantee.ts";
import { selectByEValues } from "../../../src/tuning/evidence/ebh.ts";
import { logCusum, logLikelihoodRatio, logShiryaevRoberts } from "../../../src/tuning/evidence/e-detectors.ts";
import {
	addToMeanSequence,
	createMeanSequence,
	meanInterval,
} from "../../../src/tuning/evidence/empirical-bernstein.ts";
import type { EvidenceCount } from "../../../src/tuning/evidence/evidence-table.ts";
import {
	nextConformalLevel,
	nextEscalationPrice,
	nextTrackedThreshold,
} from "../../../src/tuning/evidence/heuristics.ts";
import { BET_FRACTIONS, logWealth } from "../../../src/tuning/evidence/log-wealth.ts";
import { anytimeLowerBound, estimateRisk, logMixtureAbove } from "../../../src/tuning/evidence/risk-estimate.ts";
import vectors from "../../fixtures/evidence-vectors.json" with { type: "json" };
import { relativeError } from "../relative-error.ts";
import { epochRecord, phaseRecord } from "./examples.ts";
import { sequenceWealth } from "./sequence-wealth.ts";

const EXACT = 1e-11;

function expectClose(actual: number, expected: number): void {
	expect(relativeError(actual, expected)).toBeLessThan(EXACT);
}

describe("the reference's numbers", () => {
	it("of the e-process label by label", () => {
		const { steps_accepted_observed_pi_wrong: steps, alpha, pi_min, logE_after_each } = vectors.ipw_e_process;
		const rows = steps.map(([accepted, observed, propensity, wrong]) => ({
			inside: accepted === 1,
			labelled: observed === 1,
			propensity: propensity as number,
			wrong: wrong === 1,
		}));
		expect([...BET_FRACTIONS]).toEqual(vectors.ipw_e_process.bet_fractions);
		for (const [index, expected] of logE_after_each.entries()) {
			const process = { risk: "selective", target: alpha, floor: pi_min } as const;
			expectClose(sequenceWealth(rows.slice(0, index + 1), process), expected);
		}
	});

	it("of the e-process from counts, and of the risk that they estimate", () => {
		const { alpha, cells, ...expected } = vectors.ipw_counts_form;
		const counts = cells.map(({ pi, n, k }, cell): EvidenceCount => {
			return { epoch: 1, phase: 1, revision: 1, cell, propensity: pi * CERTAIN, n, wrong: k, unlabelled: 0 };
		});
		const epoch = epochRecord({ targetRisk: alpha, path: [0.8, 0.6, 0.4] });
		const phases = [phaseRecord({ deployed: 1, auditPropensity: 50_000 })];
		const wealth = (candidate: number) => logWealth({ counts, phases, epoch, candidate });
		expectClose(wealth(0), expected.logE_candidate_cells_1);
		expectClose(wealth(1), expected.logE_candidate_cells_1_2);
		expectClose(wealth(2), expected.logE_candidate_cells_1_2_3);
		const risk = estimateRisk({ counts, phases, epoch, candidate: 2, delta: 0.1 });
		expectClose(risk?.estimate ?? Number.NaN, expected.ipw_risk_estimate_cells_1_2_3);
	});

	it.each(vectors.e_mixture.alarm)("of the mixture against small risks at $k of $n, target $alpha", (vector) => {
		expectClose(logMixtureAbove(vector.k, vector.n, vector.alpha), vector.logE);
		if (vector.logE <= 0) return;
		const bound = anytimeLowerBound(vector.k, vector.n, Math.exp(-vector.logE));
		expect(relativeError(bound, vector.alpha)).toBeLessThan(1e-9);
	});

	it("of the detectors", () => {
		const { alpha, p1, wrong, e_cusum, e_sr } = vectors.e_detectors;
		let [logM, logS] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
		for (const [index, isWrong] of wrong.entries()) {
			const logL = logLikelihoodRatio(isWrong, 1, alpha, p1);
			logM = logCusum(logM, logL);
			logS = logShiryaevRoberts(logS, logL);
			expectClose(Math.exp(logM), e_cusum[index] as number);
			expectClose(Math.exp(logS), e_sr[index] as number);
		}
	});

	it("of the empirical-Bernstein confidence sequence", () => {
		const { x, alpha_one_sided, lower_at, upper_at, mean } = vectors.pm_eb_cs;
		let sequence = createMeanSequence(2 * alpha_one_sided);
		for (const [index, value] of x.entries()) {
			sequence = addToMeanSequence(sequence, value);
			const name = `${index + 1}`;
			if (!(name in lower_at)) continue;
			const interval = meanInterval(sequence);
			expectClose(interval?.lower ?? Number.NaN, lower_at[name as keyof typeof lower_at]);
			expectClose(interval?.upper ?? Number.NaN, upper_at[name as keyof typeof upper_at]);
		}
		expectClose(meanInterval(sequence)?.estimate ?? Number.NaN, mean);
	});

	it("of Wald's sequential test, whose steps the mixtures are made of", () => {
		const { p0, p1, llr_wrong, llr_right, llr_after_n100_k4 } = vectors.wald_sprt;
		expectClose(logLikelihoodRatio(1, 1, p0, p1), llr_wrong);
		expectClose(logLikelihoodRatio(0, 1, p0, p1), llr_right);
		expectClose(logLikelihoodRatio(4, 100, p0, p1), llr_after_n100_k4);
		const { type1, type2, log_upper, log_lower } = vectors.wald_sprt;
		expectClose(Math.log((1 - type2) / type1), log_upper);
		expectClose(Math.log(type2 / (1 - type1)), log_lower);
	});

	it("of adaptive conformal inference", () => {
		const { alpha, gamma, alpha_1, err, alpha_t_after } = vectors.aci;
		let level = alpha_1;
		for (const [index, failed] of err.entries()) {
			level = nextConformalLevel({ level, target: alpha, rate: gamma, failed: failed === 1 });
			expectClose(level, alpha_t_after[index] as number);
		}
	});

	it("of the threshold tracker", () => {
		const { alpha_joint, eta, pi, lambda_1, steps_acc_obs_wrong, lambda_after } = vectors.ipw_threshold_tracker;
		let threshold = lambda_1;
		for (const [index, step] of steps_acc_obs_wrong.entries()) {
			const seenWrong = step.every((value) => value === 1);
			threshold = nextTrackedThreshold({ threshold, target: alpha_joint, rate: eta, propensity: pi, seenWrong });
			expectClose(threshold, lambda_after[index] as number);
		}
	});

	it("of the price of an escalation", () => {
		const { eta, budget_rate, escalated, mu_after } = vectors.dual_pacer;
		let price = 0;
		for (const [index, cost] of escalated.entries()) {
			price = nextEscalationPrice({ price, rate: eta, cost, budget: budget_rate });
			expectClose(price, mu_after[index] as number);
		}
	});

	it("of e-Benjamini-Hochberg", () => {
		expect(selectByEValues(vectors.ebh.e, vectors.ebh.alpha)).toEqual(vectors.ebh.rejected_idx);
	});
});
