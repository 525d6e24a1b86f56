import { describe, expect, it } from "vitest";
import { demoPolicy } from "../../../src/local/demo-records.ts";
import { checkDraft } from "../../../src/dashboard/views/policy/check-draft.ts";

const written = JSON.stringify(demoPolicy(undefined), null, 2);

describe("a policy's text", () => {
	it("is a policy where the Worker's parser takes it, as it was written and without defaults", () => {
		expect(checkDraft(written)).toEqual({ kind: "policy", document: demoPolicy(undefined), problems: [] });
	});

	it("has every problem at its line, from top to bottom", () => {
		const checked = checkDraft(
			written.replace('"workers-ai"', '"workers"').replace('"threshold": 0.8', '"treshold": 0.8'),
		);
		expect(checked.kind).toBe("json");
		expect(checked.problems.map(({ path }) => path)).toEqual([
			"cascades.cascade.stages[0].threshold",
			"cascades.cascade.stages[0].adapter",
			"cascades.cascade.stages[0].treshold",
		]);
		const rows = written.split("\n");
		expect(rows[(checked.problems[1]?.line ?? 0) - 1]).toContain('"adapter"');
	});

	it("that is no JSON has the line where it stops being some", () => {
		expect(checkDraft('{\n  "version": 1,\n  "cascades" {}\n}').problems).toMatchObject([{ path: "", line: 3 }]);
		expect(checkDraft('{\n  "version": 1,\n').problems).toMatchObject([{ path: "", line: 3 }]);
		expect(checkDraft("").kind).toBe("no-json");
	});

	it("that is another value is no policy", () => {
		expect(checkDraft("[]").problems).toEqual([{ path: "policy", message: "must be an object", line: 1 }]);
		expect(checkDraft("null").kind).toBe("json");
	});
});
