import * as v from "valibot";
import { MAX_CONCURRENT_RULE, MOST_CONCURRENT } from "../../core/origin-concurrency.ts";
import { moment, publication } from "./common.ts";

export const originBody = v.strictObject({
	baseUrl: v.pipe(
		v.string("must be text"),
		v.maxLength(500, "must be at most 500 characters"),
		v.description("`https`, a public host name, up to the version: `https://gpu.example.com/v1`."),
	),
	secret: v.optional(
		v.nullable(
			v.pipe(
				v.string("must be the name of a Worker secret"),
				v.description("The name of a Worker secret that begins with ORIGIN_, never its value."),
			),
		),
	),
	maxConcurrent: v.optional(
		v.nullable(
			v.pipe(
				v.number(MAX_CONCURRENT_RULE),
				v.integer(MAX_CONCURRENT_RULE),
				v.minValue(1, MAX_CONCURRENT_RULE),
				v.maxValue(MOST_CONCURRENT, MAX_CONCURRENT_RULE),
				v.description(
					"How many calls of one isolate may wait for an answer of one model of it at once; null or absent: any number.",
				),
			),
		),
	),
});

export const origin = v.object({
	name: v.string(),
	baseUrl: v.string(),
	secret: v.pipe(v.nullable(v.string()), v.description("The secret's name; its value is never shown.")),
	maxConcurrent: v.pipe(v.nullable(v.number()), v.description("Null: any number.")),
	revision: v.number(),
	updatedAt: moment,
});

export const originWritten = v.object({ origin, changed: v.boolean(), publication });
