import { describe, expect, it } from "vitest";
import { evidenceMetrics, type EvidenceStanding } from "../../../src/core/metrics/evidence-metrics.ts";
import { addSeries } from "../../../src/core/metrics/metric-report.ts";
import { prometheusText } from "../../../src/core/metrics/prometheus-text.ts";
import { parsePrometheus, sampleOf } from "../../support/parse-prometheus.ts";

const STANDING: EvidenceStanding = {
	counts: {
		requests: 20,
		accepted: 10,
		escalated: 8,
		gated: 2,
		drawn: 4,
		labelled: 12,
		wrong: 3,
		unobserved: 1,
		late: 2,
		unresolved: 3,
		failed: 4,
		underPropensity: 0,
		beforePath: 0,
		otherEpoch: 0,
		gatedLabelled: 1,
		gatedWrong: 0,
	},
	state: "certified",
	riskWrong: 2,
	riskAllowed: 1.25,
	alarms: 2,
	isFrozen: false,
	logAlarm: Number.NEGATIVE_INFINITY,
	logAlarmLevel: Math.log(1_000),
	sinceLabelMs: 0,
	expiresAfterMs: 1_000,
};

const gaugesOf = (differences: Partial<EvidenceStanding>) => evidenceMetrics({ ...STANDING, ...differences }).gauges;

describe("the evidence's metrics", () => {
	it("are counts of labels, of what is missing, and of alarms", () => {
		const { counters, gauges } = evidenceMetrics(STANDING);
		const families = parsePrometheus(prometheusText({ counters, gauges }));
		const at = (family: string, labels = {}) => sampleOf(families, `edge_cascade_${family}`, labels);
		expect([at("labels_total", { verdict: "right" }), at("labels_total", { verdict: "wrong" })]).toEqual([9, 3]);
		expect(["unobserved", "late", "unresolved", "failed"].map((fault) => at("label_faults_total", { fault }))).toEqual([
			1, 2, 3, 4,
		]);
		expect(["accepted", "escalated", "gated"].map((served) => at("evidence_requests_total", { served }))).toEqual([
			10, 8, 2,
		]);
		expect([at("risk_wrong_total"), at("risk_allowed_total")]).toEqual([2, 1.25]);
		expect(at("drift_alarms_total")).toBe(2);
		expect(at("certificates", { state: "certified" })).toBe(1);
	});

	it("add up over configurations", () => {
		const sum = addSeries([
			gaugesOf({}),
			gaugesOf({ isFrozen: true }),
			gaugesOf({ state: "audition", isFrozen: true }),
		]);
		expect(sum).toMatchObject({
			'edge_cascade_certificates{state="certified"}': 2,
			'edge_cascade_certificates{state="audition"}': 1,
			edge_cascade_certificates_frozen: 2,
		});
	});

	it("tell of a detector from the square root of its level on, where there is a certificate", () => {
		const suspected = (differences: Partial<EvidenceStanding>) =>
			gaugesOf(differences)["edge_cascade_certificates_suspected"];
		expect(suspected({ logAlarm: Math.log(31.6) })).toBe(0);
		expect(suspected({ logAlarm: Math.log(31.7) })).toBe(1);
		expect(suspected({ logAlarm: Math.log(31.7), state: "audition" })).toBe(0);
	});

	it("tell of a certificate that has had no label for three quarters of its time", () => {
		const expiring = (differences: Partial<EvidenceStanding>) =>
			gaugesOf(differences)["edge_cascade_certificates_expiring"];
		expect([expiring({ sinceLabelMs: 749 }), expiring({ sinceLabelMs: 750 })]).toEqual([0, 1]);
		expect(expiring({ sinceLabelMs: 750, state: "alarm" })).toBe(0);
	});
});
