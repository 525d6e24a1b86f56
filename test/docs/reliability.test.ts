import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const FAULT_TESTS = "test/workers/faults";

/** One fault and where it is tested: in tests that begin with its number, or in those that are quoted. */
interface Row {
	readonly number: string;
	readonly tests: readonly { readonly file: string; readonly titles: readonly string[] }[];
}

const rows: readonly Row[] = readFileSync("docs/reliability.md", "utf8")
	.split("\n")
	.flatMap((line) => {
		const cells = line.split(" | ");
		const number = /^\| (F\d+)$/u.exec(cells[0] ?? "")?.[1];
		if (number === undefined) return [];
		const named = (cells[3] ?? "").matchAll(/`([^`]+)`((?:[:,] "[^"]+")*)/gu);
		const tests = [...named].map(([, file = "", quoted = ""]) => ({
			file,
			titles: [...quoted.matchAll(/"([^"]+)"/gu)].map(([, title = ""]) => title),
		}));
		return [{ number, tests }];
	});

/** The numbers that strings in a test begin with. */
function numbersIn(file: string): readonly string[] {
	return [...readFileSync(file, "utf8").matchAll(/["'`](F\d+)\b/gu)].map(([, number = ""]) => number);
}

describe("the table of faults", () => {
	it("has at least 60 rows, each with its own number", () => {
		expect(rows.length).toBeGreaterThanOrEqual(60);
		expect(new Set(rows.map(({ number }) => number)).size).toBe(rows.length);
	});

	it.each(rows)("names a test for $number that is there", ({ number, tests }) => {
		expect(tests.length).toBeGreaterThan(0);
		for (const { file, titles } of tests) {
			expect(existsSync(file), file).toBe(true);
			if (titles.length === 0) expect(numbersIn(file)).toContain(number);
			const text = readFileSync(file, "utf8");
			for (const title of titles) expect(text.includes(`"${title}"`), title).toBe(true);
		}
	});

	it("names no test that is not there, in any of its tables", () => {
		const named = readFileSync("docs/reliability.md", "utf8").matchAll(/`(test\/[\w./-]+\.test\.ts)`/gu);
		const missing = [...named].map(([, file = ""]) => file).filter((file) => !existsSync(file));
		expect(missing).toEqual([]);
	});

	it("has a row for every fault that is tested by its number", () => {
		const files = readdirSync(FAULT_TESTS).filter((file) => file.endsWith(".test.ts"));
		const tested = new Set(files.flatMap((file) => numbersIn(join(FAULT_TESTS, file))));
		expect([...tested].filter((number) => !rows.some((row) => row.number === number))).toEqual([]);
	});
});
