import { FAULTS_TOTAL } from "./metric-report.ts";

/** A family of series as Prometheus is told of it. */
export interface MetricFamily {
	readonly name: string;
	readonly type: "counter" | "gauge" | "histogram";
	readonly help: string;
	/** What is stored is so many times what is shown; 1 where absent. */
	readonly unit?: number;
	/** Whether its series have labels; one without is shown as 0 before anything was counted. */
	readonly labelled?: true;
}

const NANO = 1e9;
const MICRO = 1e6;

/** Upper ends of the buckets of a request's duration, in seconds. */
export const DURATION_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60] as const;

/** All families, in the order in which they are shown. `docs/observability.md` explains them. */
export const METRIC_FAMILIES = {
	requests: {
		name: "edge_cascade_requests_total",
		type: "counter",
		help: "Requests, each text of a batch by itself, by outcome and the reason of the answer.",
		labelled: true,
	},
	duration: {
		name: "edge_cascade_request_duration_seconds",
		type: "histogram",
		help: "Time to the last byte.",
		unit: MICRO,
		labelled: true,
	},
	cost: {
		name: "edge_cascade_cost_usd_total",
		type: "counter",
		help: "Cost of the calls to models for requests whose cost is known, without audits.",
		unit: NANO,
	},
	costUnknown: {
		name: "edge_cascade_cost_unknown_total",
		type: "counter",
		help: "Requests whose cost is not known.",
	},
	saved: {
		name: "edge_cascade_saved_usd_total",
		type: "counter",
		help: "Saved against always asking the last stage, over requests that cost less.",
		unit: NANO,
	},
	overspent: {
		name: "edge_cascade_overspent_usd_total",
		type: "counter",
		help: "Spent more than by always asking the last stage, over requests that cost more.",
		unit: NANO,
	},
	tokens: {
		name: "edge_cascade_tokens_total",
		type: "counter",
		help: "Tokens of every call that reported them.",
		labelled: true,
	},
	stageFailures: {
		name: "edge_cascade_stage_failures_total",
		type: "counter",
		help: "Stages that failed a request, by kind of failure; circuit-open: not asked, since it has failed too often.",
		labelled: true,
	},
	retries: {
		name: "edge_cascade_retries_total",
		type: "counter",
		help: "Calls that were made once more after they had failed.",
	},
	faults: {
		name: FAULTS_TOTAL,
		type: "counter",
		help: "Faults of the Worker's own stores, queues and ledgers, by name.",
		labelled: true,
	},
	audits: {
		name: "edge_cascade_audits_total",
		type: "counter",
		help: "Audits that have ended.",
	},
	auditCost: {
		name: "edge_cascade_audit_cost_usd_total",
		type: "counter",
		help: "Cost of audits, labellers included, as far as it is known.",
		unit: NANO,
	},
	evidenceRequests: {
		name: "edge_cascade_evidence_requests_total",
		type: "counter",
		help: "Requests to guaranteed stages, by how they were served.",
		labelled: true,
	},
	labels: {
		name: "edge_cascade_labels_total",
		type: "counter",
		help: "Labels of answers of guaranteed stages, by verdict.",
		labelled: true,
	},
	riskWrong: {
		name: "edge_cascade_risk_wrong_total",
		type: "counter",
		help: "Wrong labels among those that a target risk is about: of answers that were accepted.",
	},
	riskAllowed: {
		name: "edge_cascade_risk_allowed_total",
		type: "counter",
		help: "How many of those labels may be wrong at the target risk, on average.",
		unit: MICRO,
	},
	labelFaults: {
		name: "edge_cascade_label_faults_total",
		type: "counter",
		help: "Labels that are missing, and count as wrong, by what went wrong.",
		labelled: true,
	},
	alarms: {
		name: "edge_cascade_drift_alarms_total",
		type: "counter",
		help: "Drift alarms.",
	},
	certificates: {
		name: "edge_cascade_certificates",
		type: "gauge",
		help: "Configurations of guaranteed stages with traffic, by state.",
		labelled: true,
	},
	frozen: {
		name: "edge_cascade_certificates_frozen",
		type: "gauge",
		help: "Of those, the ones that certify nothing new at present.",
	},
	suspected: {
		name: "edge_cascade_certificates_suspected",
		type: "gauge",
		help: "Of the certified ones, those whose drift detector is at the square root of its level or above.",
	},
	expiring: {
		name: "edge_cascade_certificates_expiring",
		type: "gauge",
		help: "Of the certified ones, those that have had no label for three quarters of the time after which they expire.",
	},
} as const satisfies Readonly<Record<string, MetricFamily>>;
