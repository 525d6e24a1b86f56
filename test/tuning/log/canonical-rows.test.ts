import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, canonicalRows, orderById } from "../../../src/tuning/log/canonical-rows.ts";
import { selectRows, type CascadeLog } from "../../../src/tuning/log/cascade-log.ts";

const log: CascadeLog = {
	rows: 3,
	ids: ["b", "a", "ä"],
	stages: [
		{
			model: "small",
			confidence: Float64Array.of(0.5, Number.NaN, 1e-7),
			wrong: Uint8Array.of(0, 1, 0),
			costUsd: Float64Array.of(1, 2, 3),
			latencyMs: new Float64Array(3),
			label: ["yes", null, 'n"o'],
		},
		{
			model: "large",
			confidence: new Float64Array(3).fill(Number.NaN),
			wrong: Uint8Array.of(0, 0, 1),
			costUsd: new Float64Array(3),
			latencyMs: new Float64Array(3),
		},
	],
};
const textOf = (rows: CascadeLog) => [...canonicalRows(rows)].join("");

describe("the text that a digest is of", () => {
	it("is this", () => {
		expect(textOf(log)).toBe(
			'["edge-cascade rows 1",["small","large"]]\n' +
				'["a",[null,1,null],[null,0,null]]\n' +
				'["b",[0.5,0,"yes"],[null,0,null]]\n' +
				'["ä",[1e-7,0,"n\\"o"],[null,1,null]]\n',
		);
	});

	it("is the same whatever the order of the rows", () => {
		fc.assert(
			fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (order) => {
				expect(textOf(selectRows(log, order))).toBe(textOf(log));
			}),
		);
	});

	it("is JSON line by line, in pieces", () => {
		const rows = 5_000;
		const many = selectRows(log, new Int32Array(rows));
		const pieces = [...canonicalRows({ ...many, ids: Array.from({ length: rows }, (_, row) => `q${row}`) })];
		expect(pieces.length).toBeGreaterThan(2);
		const lines = pieces.join("").split("\n");
		expect(lines).toHaveLength(rows + 2);
		for (const line of lines.slice(0, -1)) expect(() => JSON.parse(line) as unknown).not.toThrow();
	});

	it("orders ids by code units", () => {
		expect([...orderById({ ids: ["10", "9", "1"] })]).toEqual([2, 0, 1]);
		expect([...orderById({ ids: ["1", "10", "9"] })]).toEqual([0, 1, 2]);
	});
});

describe("canonical JSON", () => {
	it("has its names in order at every depth, and lists as they are", () => {
		expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
	});
});
