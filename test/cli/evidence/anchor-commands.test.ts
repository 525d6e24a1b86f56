import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeAnchors, readAnchors } from "../../../src/cli/evidence/anchor-commands.ts";
import type { AnchorReport } from "../../../src/core/evidence/anchors.ts";

let directory = "";
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "anchors-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const fileOf = (text: string) => {
	const file = join(directory, "anchors.jsonl");
	writeFileSync(file, text);
	return file;
};

const REPORT: AnchorReport = {
	set: 1,
	anchors: 40,
	targetDisagreement: 0.1,
	checks: [{ at: Date.UTC(2026, 10, 25), n: 40, disagreements: 3, missed: 1, failed: 0, costUsd: 0.02 }],
	logValue: 0,
	logLevel: 6.9,
	driftAt: null,
	missed: { atMost: 0.094, delta: 0.1 },
};

describe("a file of anchors", () => {
	it("has one a line, empty lines aside", () => {
		expect(readAnchors(fileOf('{"edge": "a"}\n\n{"edge": "b"}\n'))).toEqual({
			ok: true,
			value: [{ edge: "a" }, { edge: "b" }],
		});
		expect(readAnchors(fileOf(""))).toEqual({ ok: true, value: [] });
	});

	it.each([["[1]"], ["nonsense"], ["{"]])("with %s in it names the line", (line) => {
		expect(readAnchors(fileOf(`{"edge": "a"}\n${line}\n`))).toMatchObject({
			ok: false,
			error: expect.stringMatching(/, line 2: is not a JSON object$/u) as string,
		});
	});

	it("that is not there is said to be", () => {
		expect(readAnchors(join(directory, "none"))).toMatchObject({ ok: false });
	});
});

describe("how a labeller did on its anchors", () => {
	it("is a row a check, and by how much the true risk may be the greater", () => {
		const text = describeAnchors(REPORT);
		expect(text).toContain("40 anchors; the labeller may disagree on 10");
		expect(text).toMatch(/3 \(7\.5\d*%\)/u);
		expect(text).toContain("It has not drifted.");
		expect(text).toMatch(/at most 9\.4\d*% of answers like these, with confidence 90/u);
	});

	it("says loudly that it has drifted", () => {
		expect(describeAnchors({ ...REPORT, driftAt: Date.UTC(2026, 10, 26) })).toContain("IT HAS DRIFTED");
	});

	it("says what there is to do before there is anything to say", () => {
		expect(describeAnchors({ ...REPORT, checks: [], missed: null })).toContain("cascade evidence anchors check");
		expect(describeAnchors({ ...REPORT, anchors: 0 })).toBe("There are no anchors.\n");
	});
});
