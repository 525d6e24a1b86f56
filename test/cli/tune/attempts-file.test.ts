import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { countAttempt, defaultAttemptsFile, type AttemptRequest } from "../../../src/cli/tune/attempts-file.ts";
import { attemptShare } from "../../../src/tuning/selection/attempt-share.ts";

let directory: string;
let file: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "cascade-attempts-"));
	file = join(directory, "state", "attempts");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const ask = (question: string, more: Partial<AttemptRequest> = {}) =>
	countAttempt(file, { rows: "r1", question, delta: 0.1, planned: undefined, ...more });

describe("attempts on the same rows", () => {
	it("of a trial are those on the rows that it drew, and a later claim pays for them all", () => {
		const trial = (question: string, trialOf: string) => ask(question, { trialOf });
		expect(trial("seed 1", "one")).toMatchObject({
			value: { number: 1, deltaSpent: attemptShare(0.1, 1), asClaim: 1 },
		});
		expect(trial("seed 2", "two")).toMatchObject({
			value: { number: 1, deltaSpent: attemptShare(0.1, 1), asClaim: 2 },
		});
		expect(trial("other", "two")).toMatchObject({ value: { number: 2, deltaSpent: attemptShare(0.1, 2), asClaim: 3 } });
		expect(trial("seed 1", "one")).toMatchObject({ value: { number: 1, asClaim: 1 } });
		expect(ask("claim")).toMatchObject({ value: { number: 4, deltaSpent: attemptShare(0.1, 4), asClaim: null } });
		expect(ask("seed 2")).toMatchObject({ value: { number: 2, deltaSpent: attemptShare(0.1, 2), asClaim: null } });
	});

	it("are counted, each with its share; the same question again is the same attempt", () => {
		expect(ask("a")).toEqual({
			ok: true,
			value: { number: 1, planned: null, deltaSpent: attemptShare(0.1, 1), asClaim: null },
		});
		expect(ask("b")).toMatchObject({ value: { number: 2, deltaSpent: attemptShare(0.1, 2) } });
		expect(ask("a")).toMatchObject({ value: { number: 1 } });
		expect(ask("c")).toMatchObject({ value: { number: 3 } });
		expect(readFileSync(file, "utf8").trimEnd().split("\n")).toHaveLength(3);
	});

	it("on other rows are counted apart", () => {
		ask("a");
		expect(ask("a", { rows: "r2" })).toMatchObject({ value: { number: 1 } });
		expect(ask("b", { rows: "r2" })).toMatchObject({ value: { number: 2 } });
	});

	it("that were planned have equal shares, and there are no more of them", () => {
		const planned = { planned: 2 };
		expect(ask("a", planned)).toMatchObject({ value: { number: 1, deltaSpent: 0.05 } });
		expect(ask("b", planned)).toMatchObject({ value: { number: 2, deltaSpent: 0.05 } });
		expect(ask("c", planned)).toMatchObject({ ok: false, error: expect.stringContaining("all 2 planned attempts") });
		expect(ask("a", planned)).toMatchObject({ value: { number: 1 } });
		expect(ask("c")).toMatchObject({ ok: false, error: expect.stringContaining("begun with --attempts 2") });
	});

	it("cannot be planned once they have begun", () => {
		ask("a");
		expect(ask("b", { planned: 5 })).toMatchObject({ ok: false, error: expect.stringContaining("before the first") });
	});

	it("promise nothing where they cannot be counted", () => {
		writeFileSync(join(directory, "state"), "a file where a directory should be");
		expect(ask("a")).toMatchObject({ ok: false });
		rmSync(join(directory, "state"));
		ask("a");
		writeFileSync(file, "{broken\n");
		expect(ask("a")).toMatchObject({ ok: false, error: expect.stringContaining(":1: is no attempt") });
	});

	it("are kept where XDG says", () => {
		expect(defaultAttemptsFile({ XDG_STATE_HOME: "/state" })).toBe("/state/edge-cascade/attempts");
		expect(defaultAttemptsFile({ XDG_STATE_HOME: "" })).toMatch(/\/\.local\/state\/edge-cascade\/attempts$/u);
	});
});
