import { dereference, validate } from "@cfworker/json-schema";
import type { JsonObject } from "../json.ts";
import { isSafeToDereference, isSafeToValidate } from "./schema-cost.ts";

/**
 * True where the value is valid against the schema (draft 2020-12). The schema is the client's and the value a
 * model's, so their cost is bounded first. A schema that cannot be followed (a remote or dynamic reference, a broken
 * or too costly one) vouches for nothing: false.
 */
export function matchesSchema(value: unknown, schema: JsonObject): boolean {
	try {
		if (!isSafeToDereference(schema)) return false;
		const lookup = dereference(schema);
		return isSafeToValidate(value, schema, lookup) && validate(value, schema, "2020-12", lookup).valid;
	} catch {
		// The validator throws at references without a target and at malformed keywords, and runs out of stack at loops.
		return false;
	}
}
