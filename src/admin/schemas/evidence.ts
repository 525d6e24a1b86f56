import * as v from "valibot";
import { moment, momentOrNone } from "./common.ts";
import { humanCheck } from "./human-check.ts";
import { reason, revisionNumber } from "./parameters.ts";

const log = (description: string) => v.pipe(v.number(), v.description(description));

export const evidenceQuery = v.strictObject({
	revision: v.optional(
		revisionNumber(
			"Of the policy whose configuration is meant; the current one where absent. Revisions may share one.",
		),
	),
});

export const evidenceReason = v.strictObject({ reason });

export const humanLabels = v.strictObject({
	labels: v.pipe(
		v.array(
			v.strictObject({
				requestId: v.pipe(v.string("must be a request's id"), v.minLength(1), v.maxLength(256)),
				item: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
				wrong: v.boolean("must be true or false"),
			}),
		),
		v.minLength(1, "must hold a label"),
		v.maxLength(1_000, "must hold at most 1,000 labels"),
	),
});

export const labelsTaken = v.object({
	taken: v.number(),
	refused: v.pipe(
		v.array(v.string()),
		v.description(
			"Requests whose text is not kept, and that were not drawn, or whose bucket is closed: a minute after they arrived.",
		),
	),
});

export const evidenceLease = v.object({
	version: v.literal(1),
	configHash: v.string(),
	state: v.pipe(
		v.picklist(["audition", "certified", "alarm", "closed"]),
		v.description("Only `certified` accepts anything."),
	),
	threshold: v.pipe(v.nullable(v.number()), v.description("Null unless certified.")),
	epoch: v.number(),
	phase: v.number(),
	auditPropensity: v.pipe(v.number(), v.description("Of accepted answers, in parts per million.")),
	sequence: v.number(),
	issuedAt: moment,
	expiresAt: moment,
});

const terms = v.object({
	stage: v.string(),
	guarantee: v.object({
		risk: v.picklist(["selective", "joint"]),
		targetRisk: v.number(),
		delta: v.number(),
		onLabel: v.optional(v.string()),
		withoutCertificate: v.picklist(["escalate", "manual-threshold"]),
		pacing: v.optional(v.object({ preferQualityWithin: v.object({ usdPerDay: v.number() }) })),
	}),
	labeller: v.pipe(v.string(), v.description("All risks are of this labeller's verdict.")),
	auditPropensity: v.number(),
	retainTextHours: v.pipe(v.nullable(v.number()), v.description("Null: no text of audited answers is kept.")),
});

const counts = v.object({
	requests: v.number(),
	accepted: v.number(),
	escalated: v.number(),
	gated: v.number(),
	drawn: v.number(),
	labelled: v.number(),
	wrong: v.number(),
	unobserved: v.pipe(
		v.number(),
		v.description("No label could be had; they count as wrong, and many at once freeze certification."),
	),
	late: v.pipe(v.number(), v.description("Came after their bucket was closed, and count as wrong.")),
	unresolved: v.pipe(v.number(), v.description("Audits without a verdict in time, which count as wrong.")),
	failed: v.pipe(v.number(), v.description("Audits that failed, which count as wrong.")),
	underPropensity: v.pipe(v.number(), v.description("Left out: their chance of a label was under their phase's.")),
	beforePath: v.pipe(v.number(), v.description("Left out: their readings laid the path.")),
	otherEpoch: v.pipe(v.number(), v.description("Left out: of a lease of another epoch, or of none.")),
	gatedLabelled: v.number(),
	gatedWrong: v.number(),
});

export const evidenceReport = v.object({
	address: v.object({ tenant: v.string(), cascade: v.string(), configHash: v.string() }),
	terms,
	lease: evidenceLease,
	candidates: v.pipe(
		v.array(
			v.object({
				threshold: v.number(),
				coverage: v.pipe(v.number(), v.description("Share of this epoch's requests with at least this confidence.")),
				logEvidence: log("Natural logarithm of the e-value; certified where it has reached `logNeeded`."),
				certified: v.boolean(),
				labels: v.number(),
				wrong: v.number(),
			}),
		),
		v.description("Strict to loose; empty until there are readings enough to lay the path."),
	),
	logNeeded: log("ln(1/delta) of the epoch."),
	epochs: v.array(
		v.object({
			epoch: v.number(),
			cause: v.picklist(["first", "alarm", "expired", "restart"]),
			delta: v.number(),
			openedAt: moment,
			closedAt: momentOrNone,
		}),
	),
	risk: v.pipe(
		v.nullable(v.object({ estimate: v.number(), lower: v.number(), upper: v.number(), labels: v.number() })),
		v.description("Since the present threshold is in force, with an interval that holds at all times at once."),
	),
	alarm: v.object({
		logValue: v.nullable(v.number()),
		logLevel: v.nullable(v.number()),
		delayLabels: v.pipe(v.nullable(v.number()), v.description("Until twice the target risk is noticed, on average.")),
		delayAccepted: v.nullable(v.number()),
		delayRequests: v.pipe(
			v.nullable(v.number()),
			v.description("All requests in that time, which a joint risk's alarm counts."),
		),
		at: momentOrNone,
	}),
	counts: v.pipe(counts, v.description("Since the ledger was made.")),
	watermark: moment,
	frozen: v.pipe(v.boolean(), v.description("Nothing is certified or loosened while true.")),
	frozenBecause: v.pipe(
		v.nullable(v.picklist(["unobserved", "late", "labeller-drift"])),
		v.description(
			"`unobserved`, `late`: of more than 5% of the requests of ten seconds no label could be had, or not in time, in the ten minutes before. `labeller-drift`: until anchors are put anew.",
		),
	),
	closedBy: v.pipe(
		v.nullable(v.picklist(["operator-key", "access", "tenant-key", "system"])),
		v.description("Null while open. What an operator has closed a tenant's key does not restart."),
	),
	pacing: v.pipe(
		v.nullable(
			v.object({
				state: v.picklist(["within", "infeasible", "unknown", "nothing-certified"]),
				usdPerDay: v.number(),
				threshold: v.nullable(v.number()),
				projectedUsdPerDay: v.nullable(v.number()),
			}),
		),
		v.description(
			"Of a guarantee with `pacing`: the certified threshold chosen. `infeasible`: none meets the budget, and the cheapest certified one is in force.",
		),
	),
	humanCheck: v.pipe(
		v.nullable(humanCheck),
		v.description("How people find the labeller by the texts that they have read; null where they have said nothing."),
	),
});

export const exportedEvidence = v.pipe(
	v.record(v.string(), v.unknown()),
	v.description("The table of counts, the epochs, phases and snapshots, the history, and the certificate in force."),
);
