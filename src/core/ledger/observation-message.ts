import * as v from "valibot";
import type { AuditVerdict, EvidenceAddress, EvidenceEntry } from "../evidence/evidence-entry.ts";
import { CERTAIN } from "../evidence/guarantee.ts";
import { isJsonObject } from "../json.ts";
import type { Observation } from "../observation.ts";
import { err, ok, type Result } from "../result.ts";

/**
 * What travels through the queue: observations of one tenant, several a message, since a queue charges for each message
 * (`docs/scale.md`); or what requests say about one guaranteed stage. Never change what a field means without another
 * version: a queue keeps messages for days, so a new program reads what an older one has written, and after a deployment
 * is rolled back an old one what a newer has. A program that does not know a kind of message logs and acknowledges it.
 */
export type QueueMessage = ObservationMessage | EvidenceMessage;

/** Observations of one tenant. */
export interface ObservationMessage {
	readonly version: 1;
	readonly observations: readonly Observation[];
}

/** Evidence for one ledger. */
export interface EvidenceMessage {
	readonly version: 1;
	readonly evidence: {
		readonly address: EvidenceAddress;
		readonly entries: readonly EvidenceEntry[];
		readonly verdicts: readonly AuditVerdict[];
	};
}

/** A message as it was understood. */
export type ReadMessage = ReadObservations | ReadEvidence;

interface ReadObservations {
	readonly kind: "observations";
	readonly tenant: string;
	readonly observations: readonly Observation[];
	/** Entries that are no observations of this tenant. */
	readonly malformed: number;
}

interface ReadEvidence {
	readonly kind: "evidence";
	readonly tenant: string;
	readonly address: EvidenceAddress;
	readonly entries: readonly EvidenceEntry[];
	readonly verdicts: readonly AuditVerdict[];
	/** Entries and verdicts that cannot be counted. */
	readonly malformed: number;
}

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());

/** The fields that are counted. Others may come with a later program and are kept; so may names in the closed lists. */
const observation = v.looseObject({
	version: v.literal(1),
	requestId: text,
	item: v.optional(count),
	tenant: text,
	cascade: text,
	policyRevision: count,
	at: count,
	outcome: text,
	stage: v.nullable(text),
	reason: v.nullable(text),
	trail: v.array(v.looseObject({ stage: text, outcome: text, confidence: v.nullable(finite) })),
	calls: v.array(
		v.looseObject({
			stage: text,
			purpose: text,
			ms: finite,
			usage: v.nullable(v.looseObject({ inputTokens: count, outputTokens: count })),
			estimated: v.optional(v.boolean()),
		}),
	),
	retries: v.optional(count),
	costUsd: v.nullable(finite),
	savedUsd: v.nullable(finite),
	durationMs: finite,
	firstTokenMs: v.optional(finite),
});

const dollars = v.nullable(v.pipe(finite, v.minValue(0)));

const address = v.looseObject({
	tenant: text,
	cascade: text,
	configHash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u)),
});

/** Its lists are closed: a way of being served or drawn that is not known cannot be counted as another. */
const evidenceEntry = v.pipe(
	v.looseObject({
		requestId: text,
		item: v.optional(count),
		at: count,
		policyRevision: count,
		epoch: count,
		phase: count,
		confidence: v.nullable(finite),
		served: v.picklist(["accepted", "escalated", "gated"]),
		inScope: v.boolean(),
		propensity: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(CERTAIN)),
		draw: v.picklist(["labelled", "drawn", "not-drawn", "unobserved"]),
		wrong: v.nullable(v.boolean()),
		cost: v.optional(v.looseObject({ stageUsd: dollars, restUsd: dollars })),
	}),
	v.check(({ draw, wrong }) => (draw === "labelled") === (wrong !== null)),
);

const auditVerdict = v.looseObject({
	requestId: text,
	item: v.optional(count),
	at: count,
	policyRevision: v.optional(count),
	wrong: v.boolean(),
	failed: v.boolean(),
	costUsd: dollars,
	labelUsd: v.optional(dollars),
	ms: finite,
});

/**
 * Reads a message that any program of this name may have written. Entries that cannot be counted are left out and
 * counted as malformed; a message without a single good one is malformed as a whole. The error says why, without
 * quoting anything.
 */
export function readQueueMessage(body: unknown): Result<ReadMessage, string> {
	if (!isJsonObject(body) || body["version"] !== 1) return err("is no message of version 1");
	return body["evidence"] === undefined ? readObservations(body["observations"]) : readEvidence(body["evidence"]);
}

function readObservations(entries: unknown): Result<ReadObservations, string> {
	if (!Array.isArray(entries) || entries.length === 0) return err("holds no list of observations");
	const observations = entries.filter((entry): entry is Observation => v.is(observation, entry));
	const [first] = observations;
	if (first === undefined) return err("holds nothing that is an observation");
	const { tenant } = first;
	const own = observations.filter((entry) => entry.tenant === tenant);
	return ok({ kind: "observations", tenant, observations: own, malformed: entries.length - own.length });
}

function readEvidence(evidence: unknown): Result<ReadEvidence, string> {
	if (!isJsonObject(evidence) || !v.is(address, evidence["address"])) return err("holds evidence without an address");
	const { tenant, cascade, configHash } = evidence["address"];
	const { entries: sentEntries, verdicts: sentVerdicts } = evidence;
	if (!Array.isArray(sentEntries) || !Array.isArray(sentVerdicts)) return err("holds no lists of evidence");
	const entries = sentEntries.filter((entry): entry is EvidenceEntry => v.is(evidenceEntry, entry));
	const verdicts = sentVerdicts.filter((verdict): verdict is AuditVerdict => v.is(auditVerdict, verdict));
	const good = entries.length + verdicts.length;
	if (good === 0) return err("holds nothing that is evidence");
	return ok({
		kind: "evidence",
		tenant,
		address: { tenant, cascade, configHash },
		entries,
		verdicts,
		malformed: sentEntries.length + sentVerdicts.length - good,
	});
}
