import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { readDesiredState } from "../../src/cli/admin/desired-state.ts";
import { publish } from "../../src/cli/publish.ts";
import addresses from "../fixtures/origin-addresses.json" with { type: "json" };

let directory: string;
let told: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "cascade-"));
	mkdirSync(join(directory, "origins"));
	told = "";
	const write = (text: string | Uint8Array) => (told += String(text)) !== "";
	vi.spyOn(process.stderr, "write").mockImplementation(write);
	vi.spyOn(process.stdout, "write").mockImplementation(write);
});
afterEach(() => {
	vi.restoreAllMocks();
	rmSync(directory, { recursive: true, force: true });
});

/** Each address in a file of its own: `deny-3.json`. */
function writeOrigins(verdicts: readonly string[]): readonly string[] {
	const chosen = addresses.vectors.filter((vector) => verdicts.includes(vector.expect));
	return chosen.map(({ url, expect: verdict }, index) => {
		const file = join(directory, "origins", `${verdict}-${index}.json`);
		writeFileSync(file, JSON.stringify({ baseUrl: url }));
		return file;
	});
}

describe("addresses that no origin may have", () => {
	it("are each named by 'cascade publish', which writes nothing", () => {
		const files = writeOrigins(["deny"]);
		const out = join(directory, "kv-records.json");
		expect(publish(directory, out, 0)).toBe(1);
		expect(existsSync(out)).toBe(false);
		expect(files.filter((file) => !told.includes(`${file}: baseUrl: `))).toEqual([]);
	});

	it("are each named by 'cascade apply' before anything is sent", () => {
		const files = writeOrigins(["deny"]);
		const state = readDesiredState(directory);
		const problems = state.ok ? "" : state.error;
		expect(files.filter((file) => !problems.includes(`${file}: baseUrl: `))).toEqual([]);
	});
});

describe("addresses that an origin may have", () => {
	it("are published and applied as they are used", () => {
		const files = writeOrigins(["allow"]);
		const out = join(directory, "kv-records.json");
		expect(publish(directory, out, 0), told).toBe(0);
		const records = JSON.parse(readFileSync(out, "utf8")) as { value: string }[];
		const published = records.map(({ value }) => (JSON.parse(value) as { baseUrl: string }).baseUrl);
		const state = readDesiredState(directory);
		expect(published).toHaveLength(files.length);
		expect(state.ok ? state.value.origins.map(({ baseUrl }) => baseUrl).toSorted() : state.error).toEqual(
			published.toSorted(),
		);
	});
});
