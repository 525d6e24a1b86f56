import * as v from "valibot";
import { CONFIDENCE_BINS } from "../../core/ledger/confidence-bins.ts";
import { moment } from "./common.ts";

const TIME = "must be a time such as 2026-11-01 or 2026-11-01T12:00:00Z";
const time = (description: string) =>
	v.pipe(
		v.string(TIME),
		// RFC 3339 with its offset, or a whole day (UTC): other forms mean different moments in different runtimes.
		v.regex(/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/u, TIME),
		v.check((text) => !Number.isNaN(Date.parse(text)), TIME),
		v.description(description),
	);

export const usageQuery = v.strictObject({
	from: time("The first hour or day is the one that holds this time."),
	to: time("The last is the one before this time."),
	by: v.optional(
		v.pipe(v.picklist(["hour", "day"], "must be hour or day"), v.description("`day`, in UTC, where absent.")),
	),
});

const byName = (description: string) => v.pipe(v.record(v.string(), v.number()), v.description(description));

const quantiles = v.object({ p50: v.number(), p95: v.number(), p99: v.number() });
const bins = v.array(v.number());

/** What a row of usage says, whatever its time. */
export const usageEntries = {
	cascade: v.string(),
	policyRevision: v.number(),
	requests: v.number(),
	outcomes: byName("By outcome: `answered`, `failed`, `client-left`."),
	stages: byName("By the stage that answered; `none` where none did."),
	reasons: byName("By the reason of the answer."),
	cost: v.pipe(
		v.object({ usd: v.number(), unknown: v.number(), estimated: v.number() }),
		v.description("US dollars over the requests whose cost is known; `unknown` counts the others."),
	),
	saved: v.pipe(
		v.object({ usd: v.number(), unknown: v.number() }),
		v.description("US dollars against always asking the last stage, net of audits; may be negative."),
	),
	audits: v.pipe(
		v.object({ count: v.number(), usd: v.number(), unknown: v.number() }),
		v.description("Audits of a guaranteed stage's answers; `cost` does not hold their US dollars."),
	),
	inputTokens: v.number(),
	outputTokens: v.number(),
	latency: v.pipe(quantiles, v.description("Milliseconds to the last byte.")),
	confidence: v.pipe(
		v.record(v.string(), v.object({ all: bins, accepted: bins })),
		v.description(
			`Readings of each judged stage in ${CONFIDENCE_BINS} bins of equal width from 0 to 1, the last with its upper end; \`accepted\` are those of accepted answers.`,
		),
	),
	stageLatency: v.pipe(
		v.record(v.string(), quantiles),
		v.description(
			"Milliseconds of each stage's calls for an answer, those that failed or were stopped too, by as long as they ran.",
		),
	),
	firstToken: v.pipe(
		v.nullable(quantiles),
		v.description("Milliseconds to the first event that streams' clients were sent; null without streams."),
	),
};

const usageRow = v.object({ start: moment, ...usageEntries });

export const usageReport = v.object({
	from: moment,
	to: moment,
	by: v.picklist(["hour", "day"]),
	rows: v.array(usageRow),
});
