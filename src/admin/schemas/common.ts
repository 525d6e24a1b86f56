import * as v from "valibot";

/** A moment, in milliseconds since the Unix epoch. */
export const moment = v.pipe(v.number(), v.description("Milliseconds since the Unix epoch."));
export const momentOrNone = v.nullable(moment);

export const actor = v.pipe(
	v.object({
		kind: v.picklist(["operator-key", "access", "tenant-key", "system"]),
		name: v.pipe(v.string(), v.description("A key's identifier, or an e-mail address.")),
	}),
	v.description("Who did something. Never a secret."),
);

export const publication = v.pipe(
	v.object({
		pending: v.pipe(v.number(), v.description("Records that KV is not known to hold yet.")),
		oldestAt: momentOrNone,
	}),
	v.description("How far the published copy is behind; it catches up by itself."),
);

export const auditEntry = v.object({
	sequence: v.number(),
	at: moment,
	actor,
	act: v.pipe(v.string(), v.description("Such as `policy.put`.")),
	outcome: v.picklist(["done", "refused"]),
	detail: v.record(v.string(), v.unknown()),
});

/** One page, newest first. */
export const numberedPage = <Item extends v.GenericSchema>(item: Item) =>
	v.object({
		items: v.array(item),
		next: v.pipe(v.nullable(v.number()), v.description("Send it as `before` for the next page; null at the end.")),
	});

/** One page, in the order of names. */
export const namedPage = <Item extends v.GenericSchema>(item: Item) =>
	v.object({
		items: v.array(item),
		next: v.pipe(v.nullable(v.string()), v.description("Send it as `after` for the next page; null at the end.")),
	});

export const problem = v.object({
	path: v.pipe(v.string(), v.description("Such as `cascades.chat.stages[0].threshold`.")),
	message: v.string(),
});

/** What every refusal has. */
export const errorBody = v.object({
	error: v.object({
		message: v.string(),
		type: v.string(),
		param: v.nullable(v.string()),
		code: v.nullable(v.string()),
	}),
	problems: v.optional(v.pipe(v.array(problem), v.description("With 400 and 422: everything that is wrong."))),
	current: v.optional(v.pipe(v.number(), v.description("With 412: the current revision; 0 where there is none."))),
});

/** A refusal's body. */
export type ErrorBody = v.InferOutput<typeof errorBody>;
