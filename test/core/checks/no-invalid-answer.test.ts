import Ajv from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failedCheck } from "../../../src/core/answer-checks.ts";
import { parseJson } from "../../../src/core/json.ts";
import { exampleAnswer, exampleRequest } from "../examples.ts";
import { changed, fittingObject, type Change } from "./generated-schemas.ts";

// The oracle: another validator, by other people, that compiles schemas where ours interprets them. Without
// `ownProperties` it finds a `constructor` in every object.
const ajv = new Ajv({ strict: false, ownProperties: true });
const SCHEMAS = 200;
const ANSWERS_A_SCHEMA = 6;

/** What becomes of a valid answer before it is checked. */
const fate = fc.record({
	change: fc.constantFrom<Change>("drop", "retype", "add", "misspell", null, null),
	place: fc.nat(50),
	/** How much of its text arrives, in tenths; mostly all of it. */
	tenths: fc.oneof({ weight: 5, arbitrary: fc.constant(10) }, { weight: 1, arbitrary: fc.nat(9) }),
	tool: fc.constantFrom("first", "second", "second", "second", "second", "third"),
});
const fates = fc.array(fate, { minLength: ANSWERS_A_SCHEMA, maxLength: ANSWERS_A_SCHEMA });
type Fate = typeof fate extends fc.Arbitrary<infer Value> ? Value : never;

function textOf(value: unknown, { change, place, tenths }: Fate): string {
	const whole = JSON.stringify(changed(value, change, place));
	return whole.slice(0, Math.ceil((whole.length * tenths) / 10));
}

/** Says what the oracle does, and keeps count, so that a test can show that it saw enough of both kinds. */
class Oracle {
	valid = 0;
	invalid = 0;

	accepts(schema: object | undefined, text: string): boolean {
		const value = parseJson(text);
		const accepted = schema !== undefined && value !== undefined && ajv.validate(schema, value);
		if (accepted) this.valid += 1;
		else this.invalid += 1;
		return accepted;
	}
}

describe("no invalid answer is accepted", () => {
	it("among answers to a schema: those accepted are those that another validator calls valid", () => {
		const oracle = new Oracle();
		fc.assert(
			fc.property(fittingObject, fates, ({ schema, value }, answers) => {
				const format = { type: "json_schema", json_schema: { name: "answer", strict: true, schema } };
				const request = exampleRequest({ body: { response_format: format } });
				for (const answer of answers) {
					const text = textOf(value, answer);
					const failed = failedCheck(request, exampleAnswer({ text }), { refusal: true });
					expect(failed === null, `${text} against ${JSON.stringify(schema)}: ${failed}`).toBe(
						oracle.accepts(schema, text),
					);
				}
			}),
			{ seed: 7, numRuns: SCHEMAS },
		);
		expect(oracle.valid + oracle.invalid).toBe(SCHEMAS * ANSWERS_A_SCHEMA);
		expect(Math.min(oracle.valid, oracle.invalid)).toBeGreaterThan(200);
	});

	it("among calls of tools: those accepted name a tool and have arguments that another validator calls valid", () => {
		const oracle = new Oracle();
		fc.assert(
			fc.property(fittingObject, fittingObject, fates, (first, second, answers) => {
				const parametersOf: Readonly<Record<string, object>> = { first: first.schema, second: second.schema };
				const tools = Object.entries(parametersOf).map(([name, parameters]) => ({
					type: "function",
					function: { name, parameters },
				}));
				const request = exampleRequest({ body: { tools } });
				for (const answer of answers) {
					const text = textOf(second.value, answer);
					const failed = failedCheck(
						request,
						exampleAnswer({
							text: "",
							toolCalls: [{ name: answer.tool, arguments: text }],
							finishReason: "tool_calls",
						}),
						{ refusal: true },
					);
					expect(failed === null, `${answer.tool}(${text}) of ${JSON.stringify(parametersOf)}: ${failed}`).toBe(
						oracle.accepts(parametersOf[answer.tool], text),
					);
				}
			}),
			{ seed: 8, numRuns: SCHEMAS },
		);
		expect(oracle.valid + oracle.invalid).toBe(SCHEMAS * ANSWERS_A_SCHEMA);
		expect(Math.min(oracle.valid, oracle.invalid)).toBeGreaterThan(200);
	});
});
