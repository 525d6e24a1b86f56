import * as v from "valibot";
import { isJsonObject } from "../json.ts";
import type { Observation } from "../observation.ts";
import { err, ok, type Result } from "../result.ts";

/**
 * What travels through the queue: observations of one tenant, several a message, since a queue charges for each message
 * (`docs/scale.md`). Never change what a field means without another version: a queue keeps messages for days, so a new
 * program reads what an older one has written, and after a deployment is rolled back an old one what a newer has.
 */
export interface ObservationMessage {
	readonly version: 1;
	readonly observations: readonly Observation[];
}

/** A message as it was understood. */
export interface ReadMessage {
	readonly tenant: string;
	readonly observations: readonly Observation[];
	/** Entries that are no observations of this tenant. */
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
	calls: v.array(
		v.looseObject({
			usage: v.nullable(v.looseObject({ inputTokens: count, outputTokens: count })),
			estimated: v.optional(v.boolean()),
		}),
	),
	costUsd: v.nullable(finite),
	savedUsd: v.nullable(finite),
	durationMs: finite,
});

/**
 * Reads a message that any program of this name may have written. Entries that cannot be counted are left out and
 * counted as malformed; a message without a single good one is malformed as a whole. The error says why, without
 * quoting anything.
 */
export function readObservationMessage(body: unknown): Result<ReadMessage, string> {
	if (!isJsonObject(body) || body["version"] !== 1) return err("is no message of version 1");
	const entries = body["observations"];
	if (!Array.isArray(entries) || entries.length === 0) return err("holds no list of observations");
	const observations = entries.filter((entry): entry is Observation => v.is(observation, entry));
	const [first] = observations;
	if (first === undefined) return err("holds nothing that is an observation");
	const { tenant } = first;
	const own = observations.filter((entry) => entry.tenant === tenant);
	return ok({ tenant, observations: own, malformed: entries.length - own.length });
}
