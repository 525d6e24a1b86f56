import * as v from "valibot";
import { moment, momentOrNone } from "./common.ts";
import { displayName } from "./parameters.ts";

const scope = v.picklist(["inference", "read", "admin"], "must be one of inference, read, admin");

const MOMENT = "must be milliseconds since the Unix epoch, or null";
/** In the future as far as the clock knows; that is checked where there is one. */
const expiresAt = v.optional(
	v.nullable(v.pipe(v.number(MOMENT), v.integer(MOMENT), v.minValue(0, MOMENT), v.maxValue(8.64e15, MOMENT))),
);
const expiry = v.pipe(expiresAt, v.description("Milliseconds since the Unix epoch; null or absent: never."));

export const newKey = v.strictObject({
	name: displayName,
	scopes: v.pipe(
		v.array(scope, "must be a list of scopes"),
		v.minLength(1, "needs at least one scope"),
		v.check((scopes) => new Set(scopes).size === scopes.length, "names a scope twice"),
		v.description(
			"`inference`: ask; `read`: see what is configured and used; `admin`: change it, which includes `read`.",
		),
	),
	expiresAt: expiry,
});

const MOST_OVERLAP_SECONDS = 2_592_000;
const OVERLAP = `must be a whole number of seconds from 0 to ${MOST_OVERLAP_SECONDS}`;

export const rotation = v.strictObject({
	overlapSeconds: v.pipe(
		v.number(OVERLAP),
		v.integer(OVERLAP),
		v.minValue(0, OVERLAP),
		v.maxValue(MOST_OVERLAP_SECONDS, OVERLAP),
		v.description("How long the old key goes on working beside the new one; 0 after a leak."),
	),
	expiresAt: v.pipe(
		expiresAt,
		v.description("Milliseconds since the Unix epoch; null: never. Must be said where the old key expires."),
	),
});

const shown = {
	id: v.string(),
	name: v.string(),
	prefix: v.string(),
	lastFour: v.string(),
	createdAt: moment,
	expiresAt: momentOrNone,
	revokedAt: momentOrNone,
};
const secret = v.pipe(v.string(), v.description("The key. It is not stored, and never shown again."));

export const keySummary = v.object({ ...shown, scopes: v.array(scope) });
export const madeKey = v.object({ key: secret, ...keySummary.entries });
export const keyList = v.object({ items: v.array(keySummary) });

export const newOperatorKey = v.strictObject({ name: displayName, expiresAt: expiry });
export const operatorKeySummary = v.object(shown);
export const madeOperatorKey = v.object({ key: secret, ...shown });
export const operatorKeyList = v.object({ items: v.array(operatorKeySummary) });
