import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffPolicies, MOST_COMPARED_LEVELS } from "../../../src/core/ledger/policy-diff.ts";
import { edgeDocument, originDocument, policyOf } from "../policy-documents.ts";

const [EDGE, CHECKER, ORIGIN] = [edgeDocument(), edgeDocument({ name: "checker" }), originDocument()];
const POLICY = policyOf([EDGE, ORIGIN]);
const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

/** A JSON value with the fields of every object in reverse order. */
function reversed(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(reversed);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.toReversed()
			.map(([field, part]) => [field, reversed(part)]),
	);
}

describe("the difference of two policies", () => {
	it("is nothing between a policy and itself, whatever the order of its fields", () => {
		expect(diffPolicies(POLICY, structuredClone(POLICY))).toEqual([]);
		expect(diffPolicies(POLICY, reversed(POLICY))).toEqual([]);
	});

	it("names what changed at its place, as problems do", () => {
		const to = policyOf([edgeDocument({ threshold: 0.9 }), ORIGIN], { timeoutMs: 5_000 });
		expect(diffPolicies(POLICY, to)).toEqual([
			{ kind: "changed", path: "cascades.chat.stages[0].threshold", from: 0.8, to: 0.9 },
			{ kind: "added", path: "cascades.chat.timeoutMs", to: 5_000 },
		]);
		expect(diffPolicies(to, POLICY)).toEqual([
			{ kind: "changed", path: "cascades.chat.stages[0].threshold", from: 0.9, to: 0.8 },
			{ kind: "removed", path: "cascades.chat.timeoutMs", from: 5_000 },
		]);
	});

	it("knows stages by their names: one put before the others is one addition", () => {
		expect(diffPolicies(POLICY, policyOf([CHECKER, EDGE, ORIGIN]))).toEqual([
			{ kind: "added", path: "cascades.chat.stages[0]", to: CHECKER },
		]);
		expect(diffPolicies(policyOf([CHECKER, EDGE, ORIGIN]), POLICY)).toEqual([
			{ kind: "removed", path: "cascades.chat.stages[0]", from: CHECKER },
		]);
	});

	it("tells a change in a stage that has moved at its new place", () => {
		expect(diffPolicies(POLICY, policyOf([CHECKER, edgeDocument({ threshold: 0.5 }), ORIGIN]))).toEqual([
			{ kind: "added", path: "cascades.chat.stages[0]", to: CHECKER },
			{ kind: "changed", path: "cascades.chat.stages[1].threshold", from: 0.8, to: 0.5 },
		]);
	});

	it("tells of stages in another order, by the names of those that stayed", () => {
		expect(diffPolicies(policyOf([EDGE, CHECKER, ORIGIN]), policyOf([CHECKER, EDGE]))).toEqual([
			{ kind: "reordered", path: "cascades.chat.stages", from: ["edge", "checker"], to: ["checker", "edge"] },
			{ kind: "removed", path: "cascades.chat.stages[2]", from: ORIGIN },
		]);
	});

	it("compares lists without names of their own place by place", () => {
		expect(diffPolicies({ list: ["a", "b"] }, { list: ["c", "b", "d"] })).toEqual([
			{ kind: "changed", path: "list[0]", from: "a", to: "c" },
			{ kind: "added", path: "list[2]", to: "d" },
		]);
		expect(diffPolicies({ list: ["a", "b"] }, { list: ["a"] })).toEqual([
			{ kind: "removed", path: "list[1]", from: "b" },
		]);
		const twice = [
			{ name: "a", n: 1 },
			{ name: "a", n: 2 },
		];
		expect(diffPolicies({ list: twice }, { list: twice.toReversed() })).toHaveLength(2);
	});

	it("tells an absent field from one that is null, and a list from an object", () => {
		expect(diffPolicies({}, { a: null })).toEqual([{ kind: "added", path: "a", to: null }]);
		expect(diffPolicies({ a: [] }, { a: {} })).toEqual([{ kind: "changed", path: "a", from: [], to: {} }]);
		expect(diffPolicies({ a: 1 }, { a: "1" })).toEqual([{ kind: "changed", path: "a", from: 1, to: "1" }]);
	});

	it("of whole documents that are no objects is at `policy`", () => {
		expect(diffPolicies(1, 2)).toEqual([{ kind: "changed", path: "policy", from: 1, to: 2 }]);
		expect(diffPolicies(-0, 0)).toEqual([]);
	});

	it("takes what is too deep to be followed for changed", () => {
		expect(diffPolicies(nested(MOST_COMPARED_LEVELS), nested(MOST_COMPARED_LEVELS))).toEqual([]);
		expect(diffPolicies(nested(MOST_COMPARED_LEVELS + 1), nested(MOST_COMPARED_LEVELS + 1))).toHaveLength(1);
	});

	it("is empty for equal values and for no others, and the same size both ways", () => {
		const named = fc.record({ name: fc.constantFrom("a", "b", "c"), n: fc.nat(1) });
		const value = fc.oneof(
			fc.jsonValue({ maxDepth: 3 }),
			fc.record({ list: fc.array(fc.oneof(named, fc.nat(1)), { maxLength: 3 }) }),
			fc.record({ list: fc.array(named, { maxLength: 3 }) }),
		);
		const canonical = (json: unknown) => JSON.stringify(sorted(json));
		fc.assert(
			fc.property(value, value, (from, to) => {
				expect(diffPolicies(from, structuredClone(from))).toEqual([]);
				expect(diffPolicies(from, to).length === 0).toBe(canonical(from) === canonical(to));
				expect(diffPolicies(to, from)).toHaveLength(diffPolicies(from, to).length);
			}),
			{ numRuns: 500 },
		);
	});
});

function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.sort(([one], [other]) => (one < other ? -1 : 1))
			.map(([field, part]) => [field, sorted(part)]),
	);
}
