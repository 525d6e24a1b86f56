import type { JsonObject } from "../../core/json.ts";
import type { RequestProblem } from "../parse-chat-request.ts";

/** Judges a field that is there: null where its value may stand, else a clause that says what is wrong with it. */
export type FieldRule = (value: unknown) => string | null;

/** Every field that an object may have. */
export type FieldRules = Readonly<Record<string, FieldRule>>;

/** Of each list and each object so many problems are told: hundreds of thousands would take more memory than there is. */
export const MOST_PROBLEMS = 32;

/** The value is checked elsewhere, or says nothing that changes the answer. */
export const anything: FieldRule = () => null;

export const text: FieldRule = (value) => (typeof value === "string" ? null : "must be text");

export const nonEmptyText: FieldRule = (value) =>
	typeof value === "string" && value !== "" ? null : "must be text that is not empty";

export const trueOrFalse: FieldRule = (value) => (typeof value === "boolean" ? null : "must be true or false");

export const wholeNumber: FieldRule = (value) =>
	Number.isSafeInteger(value) && (value as number) >= 0 ? null : "must be a whole number";

/** One of these texts. */
export function oneOf(...allowed: readonly string[]): FieldRule {
	return (value) => (allowed.includes(value as string) ? null : `must be ${alternatives(allowed)}`);
}

/** A field that may be sent only with the one value that asks for nothing. */
export function only(allowed: string | boolean, why: string): FieldRule {
	return (value) => (value === allowed ? null : `must be ${String(allowed)}: ${why}`);
}

/** A field that may not be sent at all. */
export function refused(why: string): FieldRule {
	return () => `is not supported: ${why}`;
}

/** Texts as a list for people: `a, b or c`. */
export function alternatives(names: readonly string[]): string {
	return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;
}

/** One problem, worded as those of chat requests are. */
export function problem(param: string, clause: string): RequestProblem {
	return { param, message: `'${param}' ${clause}.` };
}

/**
 * What is wrong with an object's fields, at most some `MOST_PROBLEMS`. Null stands for absence, as it does throughout OpenAI's API; a field that no
 * rule knows is refused, since nothing could be made of it.
 *
 * @param path - Where the object stands, as OpenAI's `param` writes it; empty at the root.
 */
export function checkFields(
	object: JsonObject,
	path: string,
	rules: FieldRules,
	required: readonly string[] = [],
): RequestProblem[] {
	const at = (field: string) => (path === "" ? field : `${path}.${field}`);
	const problems = required
		.filter((field) => object[field] === undefined || object[field] === null)
		.map((field) => problem(at(field), "is required"));
	for (const [field, value] of Object.entries(object)) {
		if (problems.length >= MOST_PROBLEMS) break;
		if (value === null || value === undefined) continue;
		const rule = Object.hasOwn(rules, field) ? rules[field] : undefined;
		const clause = rule === undefined ? "is not supported" : rule(value);
		if (clause !== null) problems.push(problem(at(field), clause));
	}
	return problems;
}
