import { hash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { countAttempt, defaultAttemptsFile, type AttemptRequest } from "../../../src/cli/tune/attempts-file.ts";
import { sketchRows } from "../../../src/tuning/log/row-sketch.ts";
import { attemptShare } from "../../../src/tuning/selection/attempt-share.ts";

let directory: string;
let file: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "cascade-attempts-"));
	file = join(directory, "state", "attempts");
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const ask = (question: string, more: Partial<AttemptRequest> = {}) =>
	countAttempt(file, {
		rows: "r1",
		question,
		delta: 0.1,
		planned: undefined,
		sketch: sketchOf(more.rows ?? "r1", 0, 100),
		...more,
	});

/** Rows of a source, from one number to another. */
const sketchOf = (source: string, from: number, to: number) =>
	sketchRows(Array.from({ length: to - from }, (_, row) => hash("sha1", `${source} ${from + row}`)));

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
			value: { number: 1, planned: null, deltaSpent: attemptShare(0.1, 1), asClaim: null, onOverlappingLogs: 0 },
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

	it("on a log that grew are attempts on the same rows, since every look has its chance of a false certificate", () => {
		const look = (rows: number, question = "a") =>
			ask(question, { rows: `digest of ${rows}`, sketch: sketchOf("log", 0, rows) });
		expect(look(100)).toMatchObject({ value: { number: 1, onOverlappingLogs: 0 } });
		expect(look(200)).toMatchObject({
			value: { number: 2, deltaSpent: attemptShare(0.1, 2), onOverlappingLogs: 1 },
		});
		expect(look(200, "b")).toMatchObject({ value: { number: 3, onOverlappingLogs: 1 } });
		expect(look(3_000)).toMatchObject({ value: { number: 4, onOverlappingLogs: 3 } });
		expect(look(200)).toMatchObject({ value: { number: 2 } });
		expect(look(100)).toMatchObject({ value: { number: 1 } });
	});

	it("on a log that shares a tenth of its rows with another are counted apart, and of one that shares a third are not", () => {
		ask("a", { rows: "first", sketch: sketchOf("log", 0, 1_000) });
		expect(ask("a", { rows: "tenth", sketch: sketchOf("log", 900, 1_900) })).toMatchObject({ value: { number: 1 } });
		expect(ask("a", { rows: "third", sketch: sketchOf("log", 666, 1_666) })).toMatchObject({ value: { number: 3 } });
	});

	it("of a plan are looks at a growing log too", () => {
		const look = (rows: number) =>
			ask("a", { rows: `digest of ${rows}`, sketch: sketchOf("log", 0, rows), planned: 2 });
		expect(look(100)).toMatchObject({ value: { number: 1, deltaSpent: 0.05 } });
		expect(look(150)).toMatchObject({ value: { number: 2, deltaSpent: 0.05 } });
		expect(look(200)).toMatchObject({ ok: false, error: expect.stringContaining("all 2 planned attempts") });
	});

	it("that were counted before logs were sketched are still those on the same rows", () => {
		ask("a");
		writeFileSync(
			file,
			'{"rows":"r1","question":"old","planned":null}\n{"rows":"r2","question":"old","planned":null}\n',
		);
		expect(ask("b")).toMatchObject({ value: { number: 2 } });
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
