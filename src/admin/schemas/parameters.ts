import * as v from "valibot";

/** Names that stand in paths. Narrower than what KV and Durable Objects take, and the same everywhere. */
export const tenantName = v.pipe(
	v.string("must be text"),
	v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/u, "must be 1 to 64 of a-z, 0-9 and '-', and begin with a letter or digit"),
);

/** A whole number in an address, from `least` to `most`. */
export const wholeText = (least: number, most: number, message: string) =>
	v.pipe(
		v.string(message),
		v.regex(/^\d{1,15}$/u, message),
		v.transform(Number),
		v.number(),
		v.integer(),
		v.minValue(least, message),
		v.maxValue(most, message),
	);

/** Every parameter that a path may name. */
export const PARAMETERS = {
	tenant: v.pipe(tenantName, v.description("The tenant's name.")),
	id: v.pipe(
		v.string(),
		v.regex(/^[\w-]{1,64}$/u, "must be an identifier from the list"),
		v.description("An identifier from the list."),
	),
	name: v.pipe(
		v.string(),
		// The names that a policy may use for an origin.
		v.regex(
			/^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9_-])?$/u,
			"must be 1 to 64 of a-z, 0-9, '.', '_', '-', begin with a letter or digit, and not end with a dot",
		),
		v.description("The origin's name, as policies use it; `acme.gpu` is for tenant `acme` alone."),
	),
	cascade: v.pipe(
		v.string(),
		v.regex(
			/^[a-z0-9][a-z0-9._-]{0,63}$/u,
			"must be 1 to 64 of a-z, 0-9, '.', '_', '-', and begin with a letter or digit",
		),
		v.description("The cascade's name, which clients send as `model`."),
	),
	requestId: v.pipe(
		v.string(),
		v.regex(/^[\w-]{1,256}$/u, "must be the x-request-id of an answer"),
		v.description("The `x-request-id` of an answer."),
	),
	revision: wholeText(1, 999_999_999_999_999, "must be the number of a revision"),
} as const;

export const DEFAULT_LIMIT = 50;
const MOST_ITEMS = 200;

/** How many items a page has. */
export const limit = v.optional(
	v.pipe(
		wholeText(1, MOST_ITEMS, `must be a whole number from 1 to ${MOST_ITEMS}`),
		v.description(`Items of a page; ${DEFAULT_LIMIT} where absent.`),
	),
);

/** Where a page begins, in a list that runs backwards by number. */
const before = v.optional(
	v.pipe(
		wholeText(1, 999_999_999_999_999, "must be the `next` of the page before"),
		v.description("The `next` of the page before."),
	),
);

/** Where a page begins, in a list that runs by name. */
const after = v.optional(
	v.pipe(
		v.string(),
		v.maxLength(64, "must be the `next` of the page before"),
		v.description("The `next` of the page before."),
	),
);

/** Where a page begins, in a list that runs forwards by number. */
const afterNumber = v.optional(
	v.pipe(
		wholeText(0, 999_999_999_999_999, "must be the `next` of the page before"),
		v.description("The `next` of the page before."),
	),
);

/** A revision in a query. */
export const revisionNumber = (description: string) =>
	v.pipe(wholeText(1, 999_999_999_999_999, "must be the number of a revision"), v.description(description));

/** Why something is done; kept with the revision and in the audit trail. */
export const reason = v.pipe(
	v.string("must be text"),
	v.maxLength(500, "must be at most 500 characters"),
	v.description("Why; kept with the change, and shown in its history."),
);

/** A name for people. */
export const displayName = v.pipe(
	v.string("must be text"),
	v.trim(),
	v.minLength(1, "must not be empty"),
	v.maxLength(100, "must be at most 100 characters"),
);

/** The query of a list that runs backwards by number. */
export const numberedPageQuery = v.strictObject({ limit, before });

/** The query of a list that runs by name. */
export const namedPageQuery = v.strictObject({ limit, after });

/** The query of a list that runs forwards by number. */
export const forwardPageQuery = v.strictObject({ limit, after: afterNumber });
