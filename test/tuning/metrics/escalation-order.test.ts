import { describe, expect, it } from "vitest";
import {
	escalationOrder,
	isAttainable,
	labelledRows,
	splitAt,
	type EscalationOrder,
} from "../../../src/tuning/metrics/escalation-order.ts";
import { logOfPairs } from "./pairs.ts";

const right = { small: true, large: true };
const order = escalationOrder(
	logOfPairs([
		{ confidence: 0.5, ...right, group: 3 },
		{ confidence: Number.NaN, ...right, group: -1 },
		{ confidence: 0.2, ...right, group: -1 },
		{ confidence: 0.5, ...right, group: 7 },
		{ confidence: 0.9, ...right, group: 3 },
	]),
) as EscalationOrder;

describe("the order of escalation", () => {
	it("has a split between distinct confidences, with the threshold that makes it", () => {
		expect([...order.splits]).toEqual([0, 1, 2, 4, 5]);
		expect([...order.thresholds]).toEqual([Number.NaN, 0.2, 0.5, 0.9, Number.NaN]);
		expect(order.splits.length).toBe(5);
		expect(Array.from(order.splits, (_, split) => isAttainable(order, split))).toEqual([false, true, true, true, true]);
	});

	it("finds the split of any threshold: a confidence that equals it is accepted", () => {
		expect([0, 0.2, 0.3, 0.5, 0.51, 0.9, 0.95, null].map((threshold) => splitAt(order, threshold))).toEqual([
			1, 1, 2, 2, 3, 3, 4, 4,
		]);
	});

	it("numbers groups without gaps, rows of none each on its own", () => {
		expect([...order.unit]).toEqual([0, 1, 2, 3, 2]);
		expect(order.units).toBe(4);
	});
});

describe("labelled rows", () => {
	it("have the label of every stage", () => {
		const log = logOfPairs([1, 2, 3, 4].map((row) => ({ confidence: row / 4, ...right, isUnlabelled: row === 1 })));
		expect([...labelledRows(log)]).toEqual([1, 2, 3]);
		const [small, large] = log.stages.map((stage, index) => ({
			...stage,
			labelled: Uint8Array.from([1, 1, 1, 1], (_, row) => (row === 2 + index ? 0 : 1)),
		}));
		expect([...labelledRows({ ...log, stages: [small, large].filter((stage) => stage !== undefined) })]).toEqual([1]);
		expect([...labelledRows(logOfPairs([{ confidence: 1, ...right }]))]).toEqual([0]);
	});
});
