import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { demoPolicy } from "../../../src/local/demo-records.ts";
import { lineOfPath, linesOfPaths } from "../../../src/dashboard/views/policy/lines-of-paths.ts";

const text = `{
  "version": 1,
  "cascades": {
    "gpt-4.1": {
      "stages": [
        { "name": "a, [b]: {c}" },
        {
          "name": "\\"d\\"",
          "price": { "inputUsdPerMillion": 1,
            "outputUsdPerMillion": 2 }
        }
      ]
    }
  }
}`;

describe("the lines of a policy's paths", () => {
	it("are those of keys, of entries of lists, and of what stands on one line with others", () => {
		const lines = linesOfPaths(text);
		expect(Object.fromEntries(lines)).toEqual({
			policy: 1,
			version: 2,
			cascades: 3,
			"cascades.gpt-4.1": 4,
			"cascades.gpt-4.1.stages": 5,
			"cascades.gpt-4.1.stages[0]": 6,
			"cascades.gpt-4.1.stages[0].name": 6,
			"cascades.gpt-4.1.stages[1]": 7,
			"cascades.gpt-4.1.stages[1].name": 8,
			"cascades.gpt-4.1.stages[1].price": 9,
			"cascades.gpt-4.1.stages[1].price.inputUsdPerMillion": 9,
			"cascades.gpt-4.1.stages[1].price.outputUsdPerMillion": 10,
		});
	});

	it("are those of the nearest part around it for a field that is missing", () => {
		const lines = linesOfPaths(text);
		expect(lineOfPath(lines, "cascades.gpt-4.1.stages[1].threshold")).toBe(7);
		expect(lineOfPath(lines, "cascades.gpt-4.1.stages[7].threshold")).toBe(5);
		expect(lineOfPath(lines, "defaults.moderations")).toBe(1);
		expect(lineOfPath(lines, "an odd ] path")).toBe(1);
		expect(lineOfPath(lines, "policy")).toBe(1);
	});

	it("name a line that holds the key, for every field of a real policy", () => {
		const written = JSON.stringify(demoPolicy(undefined), null, 2);
		const rows = written.split("\n");
		for (const [path, line] of linesOfPaths(written)) {
			const field = /\.(?<field>[A-Za-z]+)$/u.exec(path)?.groups?.["field"];
			if (field !== undefined) expect(rows[line - 1]).toContain(`"${field}"`);
		}
	});

	it("are found in any text, JSON or not", () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.json()), fc.string(), (anything, path) => {
				expect(lineOfPath(linesOfPaths(anything), path)).toBeGreaterThanOrEqual(1);
			}),
		);
	});
});
