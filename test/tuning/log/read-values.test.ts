import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	readAmount,
	readConfidence,
	readLogprob,
	readNumber,
	readText,
	readVerdict,
} from "../../../src/tuning/log/read-values.ts";

describe("numbers of a log", () => {
	it("are numbers and texts of numbers; absent, null and empty is missing", () => {
		expect(readNumber("x", "-1.5e-3")).toEqual({ ok: true, value: -0.0015 });
		expect(readNumber("x", " .5 ")).toEqual({ ok: true, value: 0.5 });
		for (const missing of [undefined, null, "", "  "])
			expect(readNumber("x", missing)).toEqual({ ok: true, value: Number.NaN });
		for (const bad of ["NaN", "nan", "inf", "-Infinity", "0x10", "1,5", "1 2", true, [], {}, Number.NaN])
			expect(readNumber("x", bad)).toMatchObject({ ok: false, error: { reason: "x is not a number" } });
	});

	it("hold every confidence in [0, 1] and no other number", () => {
		fc.assert(
			fc.property(fc.double({ noNaN: true }), (number) => {
				expect(readConfidence("p", number).ok).toBe(number >= 0 && number <= 1);
			}),
		);
	});

	it("make exp of every log-probability that is at most 0", () => {
		fc.assert(
			fc.property(fc.double({ noNaN: true }), (number) => {
				const read = readLogprob("lp", number);
				expect(read).toEqual(
					number <= 0 ? { ok: true, value: Math.exp(number) } : expect.objectContaining({ ok: false }),
				);
			}),
		);
	});

	it("refuse amounts below 0 and without end", () => {
		expect(readAmount("costUsd", 0)).toEqual({ ok: true, value: 0 });
		expect(readAmount("costUsd", -1e-9)).toMatchObject({ ok: false });
		expect(readAmount("costUsd", Number.POSITIVE_INFINITY)).toMatchObject({ ok: false });
	});

	it("cut the value that is shown, and name no value in the reason", () => {
		const read = readNumber("x", "y".repeat(1_000));
		expect(read).toEqual({ ok: false, error: { reason: "x is not a number", value: `${"y".repeat(60)}…` } });
	});
});

describe("verdicts of a log", () => {
	it("are what the column means by true", () => {
		for (const yes of [true, 1, "1", "true", " TRUE "]) {
			expect(readVerdict(yes, "right")).toBe("right");
			expect(readVerdict(yes, "wrong")).toBe("wrong");
		}
		for (const no of [false, 0, "0", "false"]) {
			expect(readVerdict(no, "right")).toBe("wrong");
			expect(readVerdict(no, "wrong")).toBe("right");
		}
	});

	it("tell a labeller that failed from one that was not asked", () => {
		expect(readVerdict(null, "right")).toBe("failed");
		expect(readVerdict("", "wrong")).toBe("failed");
		expect(readVerdict(undefined, "right")).toBe("none");
		expect(readVerdict("Unlabelled", "right")).toBe("none");
	});

	it("take what is neither true nor false for a labeller that failed, and lose no row by it", () => {
		for (const bad of [2, 0.5, "maybe", "error", -1, {}]) expect(readVerdict(bad, "right")).toBe("unreadable");
	});
});

describe("texts of a log", () => {
	it("are texts and numbers", () => {
		expect(readText("id", 12)).toEqual({ ok: true, value: "12" });
		expect(readText("id", " ")).toEqual({ ok: true, value: undefined });
		expect(readText("id", {})).toMatchObject({ ok: false, error: { value: "{}" } });
	});
});
