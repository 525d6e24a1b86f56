import { describe, expect, it } from "vitest";
import type { CascadeLog } from "../../../src/tuning/log/cascade-log.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { divideRows, type RowsRequest } from "../../../src/tuning/selection/selection-rows.ts";
import { twoStageLog } from "../two-stage-log.ts";

const range = (length: number) => Array.from({ length }, (_, index) => index);
const columns = (rows: number) => ({
	confidence: range(rows).map((row) => row / rows),
	wrong: range(rows).map(() => 0),
});
const divide = (log: CascadeLog, request: Partial<RowsRequest> = {}) =>
	divideRows(log, { risk: "selective", pathShare: 0.1, random: seededRandom(1), ...request });

describe("dividing the rows", () => {
	it("takes a tenth, rounded up, for the path and tests all others", () => {
		const { path, calibration } = divide(twoStageLog(columns(95)));
		expect(path).toHaveLength(10);
		expect(Int32Array.of(...path, ...calibration).sort()).toEqual(Int32Array.from(range(95)));
	});

	it("takes no more than a thousand", () => {
		expect(divide(twoStageLog(columns(20_000))).path).toHaveLength(1_000);
	});

	it("takes none where the path is given", () => {
		const { path, calibration } = divide(twoStageLog(columns(95)), { pathShare: 0 });
		expect([path.length, calibration.length]).toEqual([0, 95]);
	});

	it("is decided by the seed and not by the labels", () => {
		const log = twoStageLog(columns(200));
		const other = twoStageLog({ ...columns(200), wrong: range(200).map((row) => row % 2) });
		expect(divide(log)).toEqual(divide(other));
		expect(divide(log)).not.toEqual(divide(log, { random: seededRandom(2) }));
	});

	it("lays the path by rows without a label first, and never tests them", () => {
		const labelled = range(100).map((row) => (row % 2 === 0 ? 1 : 0));
		const { path, calibration } = divide(twoStageLog({ ...columns(100), labelled }));
		expect([...path]).toEqual(range(100).filter((row) => row % 2 === 1));
		expect([...calibration]).toEqual(range(100).filter((row) => row % 2 === 0));
	});

	it("spends labelled rows for what is missing", () => {
		const labelled = range(100).map((row) => (row < 4 ? 0 : 1));
		const { path, calibration } = divide(twoStageLog({ ...columns(100), labelled }));
		expect([...path].slice(0, 4)).toEqual([0, 1, 2, 3]);
		expect([path.length, calibration.length]).toEqual([10, 90]);
	});

	it("needs the small model's label, and for regret the last one's too", () => {
		const half = (first: boolean) => Uint8Array.from(range(100), (row) => (row < 50 === first ? 1 : 0));
		const smallOnly = twoStageLog({ ...columns(100), small: { labelled: half(true) } });
		expect([...divide(smallOnly).calibration]).toEqual(range(50));
		const largeOnly = twoStageLog({ ...columns(100), large: { labelled: half(false) } });
		expect(divide(largeOnly).calibration).toHaveLength(90);
		expect(divide(largeOnly, { risk: "joint" }).calibration).toHaveLength(90);
		expect([...divide(largeOnly, { risk: "regret" }).calibration]).toEqual(range(50).map((row) => row + 50));
	});

	it("draws one row a group before anything else", () => {
		const groups = range(200).map((row) => Math.floor(row / 4));
		const { path, calibration } = divide(twoStageLog({ ...columns(200), groups }));
		expect([path.length, calibration.length]).toEqual([5, 45]);
		const drawn = [...path, ...calibration].map((row) => groups[row]);
		expect(new Set(drawn).size).toBe(50);
	});

	it("leaves out rows to which the small model gave another label", () => {
		const label = range(100).map((row) => (row % 4 === 0 ? "spam" : row % 4 === 1 ? null : "other"));
		const { path, calibration } = divide(twoStageLog({ ...columns(100), small: { label } }), { onLabel: "spam" });
		expect([path.length, calibration.length]).toEqual([3, 22]);
		expect([...path, ...calibration].every((row) => row % 4 === 0)).toBe(true);
	});

	it("has no rows where no label was recorded", () => {
		const { path, calibration } = divide(twoStageLog(columns(100)), { onLabel: "spam" });
		expect([path.length, calibration.length]).toEqual([0, 0]);
	});
});
