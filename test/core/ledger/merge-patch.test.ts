import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJsonObject } from "../../../src/core/json.ts";
import { applyMergePatch, MOST_PATCH_LEVELS } from "../../../src/core/ledger/merge-patch.ts";
import { ok } from "../../../src/core/result.ts";

/** RFC 7396, appendix A: original, patch, result. */
const RFC_EXAMPLES: readonly (readonly [original: unknown, patch: unknown, result: unknown])[] = [
	[{ a: "b" }, { a: "c" }, { a: "c" }],
	[{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
	[{ a: "b" }, { a: null }, {}],
	[{ a: "b", b: "c" }, { a: null }, { b: "c" }],
	[{ a: ["b"] }, { a: "c" }, { a: "c" }],
	[{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
	[{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
	[{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
	[
		["a", "b"],
		["c", "d"],
		["c", "d"],
	],
	[{ a: "b" }, ["c"], ["c"]],
	[{ a: "foo" }, null, null],
	[{ a: "foo" }, "bar", "bar"],
	[{ e: null }, { a: 1 }, { e: null, a: 1 }],
	[[1, 2], { a: "b", c: null }, { a: "b" }],
	[{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
/** Whether a value has no null that a patch would take for a removal. */
const withoutNulls = (value: unknown): boolean =>
	value !== null && (!isJsonObject(value) || Object.values(value).every(withoutNulls));

describe("a merge patch", () => {
	it.each(RFC_EXAMPLES)("of the RFC's examples: %j with %j is %j", (original, patch, result) => {
		expect(applyMergePatch(original, patch)).toEqual(ok(result));
	});

	it("changes neither the document nor itself", () => {
		const original = { a: { b: 1 }, c: [1] };
		const patch = { a: { b: null, d: { e: 2 } } };
		const before = structuredClone([original, patch]);
		expect(applyMergePatch(original, patch)).toEqual(ok({ a: { d: { e: 2 } }, c: [1] }));
		expect([original, patch]).toEqual(before);
	});

	it("that names __proto__ makes a field of that name, and no prototype", () => {
		const patched = applyMergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}'));
		expect(JSON.stringify(patched)).toBe('{"ok":true,"value":{"__proto__":{"polluted":true}}}');
		expect(patched.ok && Object.getPrototypeOf(patched.value)).toBe(Object.prototype);
		expect({}).not.toHaveProperty("polluted");
	});

	it("is refused where it is nested too deeply to be followed", () => {
		expect(applyMergePatch({}, nested(MOST_PATCH_LEVELS))).toEqual(ok(nested(MOST_PATCH_LEVELS)));
		expect(applyMergePatch({}, nested(MOST_PATCH_LEVELS + 1))).toEqual({ ok: false, error: "too-deep" });
		expect(applyMergePatch({}, JSON.parse(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`))).toEqual({
			ok: false,
			error: "too-deep",
		});
	});

	it("applied twice is as good as once", () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (original, patch) => {
				const once = applyMergePatch(original, patch);
				expect(once.ok && applyMergePatch(once.value, patch)).toEqual(once);
			}),
		);
	});

	it("that is a document without nulls makes a document of its own when applied to nothing", () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 4 }).filter(withoutNulls), (patch) => {
				expect(applyMergePatch(undefined, patch)).toEqual(ok(patch));
			}),
		);
	});
});
