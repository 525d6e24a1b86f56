import * as v from "valibot";
import { isJsonObject } from "../json.ts";

/** A finite number in a closed range. */
export const between = (least: number, most: number, unit = "") => {
	const message = `must be a number from ${least} to ${most}${unit}`;
	return v.pipe(v.number(message), v.finite(message), v.minValue(least, message), v.maxValue(most, message));
};

/** A number that is in a range and at neither of its ends. */
export const strictlyBetween = (above: number, below: number) => {
	const message = `must be a number above ${above} and below ${below}`;
	return v.pipe(v.number(message), v.finite(message), v.gtValue(above, message), v.ltValue(below, message));
};

/** A whole number in a closed range. */
export const wholeBetween = (least: number, most: number, unit = "") => {
	const message = `must be a whole number from ${least} to ${most}${unit}`;
	return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
};

/** An object of which every field may be absent. The schema library alone would take an empty list for one. */
export const optionalFields = <const Entries extends v.ObjectEntries>(entries: Entries) => {
	const fields = v.strictObject(entries);
	return v.pipe(v.custom<v.InferInput<typeof fields>>(isJsonObject, "must be an object"), fields);
};

/** True or false. */
export const flag = v.boolean("must be true or false");

/** A name of the tenant's own. */
export const name = (what: string) =>
	v.pipe(
		v.string(`${what} must be text`),
		v.regex(
			/^[a-z0-9][a-z0-9._-]{0,63}$/u,
			`${what} must be 1 to 64 of a-z, 0-9, '.', '_', '-', and begin with a letter or digit`,
		),
	);

/** A name of the operator's that is also part of a binding's name. */
export const tierName = v.pipe(
	v.string("must be the name of a rate tier"),
	v.regex(/^[a-z][a-z0-9-]{0,31}$/u, "must be 1 to 32 of a-z, 0-9, '-', and begin with a letter"),
);

/** An upstream's name for a model. */
export const modelName = v.pipe(
	v.string("must be the model's name"),
	// Model names travel in headers, so anything outside printable ASCII is refused here and not at a request.
	v.regex(/^[\x21-\x7e]{1,200}$/u, "must be 1 to 200 printable ASCII characters without spaces"),
);

const perMillion = between(0, 1e6, " US dollars a million tokens");

/** What tokens cost. */
export const price = v.union(
	[
		v.strictObject({ inputUsdPerMillion: perMillion, outputUsdPerMillion: perMillion }),
		v.strictObject({
			usdPerGpuHour: between(0, 1e6, " US dollars"),
			inputTokensPerSecond: between(1e-3, 1e9),
			outputTokensPerSecond: between(1e-3, 1e9),
		}),
	],
	"must be {inputUsdPerMillion, outputUsdPerMillion} or {usdPerGpuHour, inputTokensPerSecond, outputTokensPerSecond}, each a number",
);
