import { describe, expect, it } from "vitest";
import { chooseRidge } from "../../../src/tuning/learning/choose-ridge.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";

/** Many features of which `useful` carry the label's sign, on few rows. */
function rows(count: number, features: number, useful: number, seed: number) {
	const random = seededRandom(seed);
	const columns = Array.from({ length: features }, () => Float64Array.from({ length: count }, () => random() - 0.5));
	const targets = Uint8Array.from({ length: count }, (_, row) => {
		const sum = columns.slice(0, useful).reduce((total, column) => total + 6 * (column[row] as number), 0);
		return random() < 1 / (1 + Math.exp(-sum)) ? 1 : 0;
	});
	return { columns, targets };
}

describe("the ridge that cross-validation chooses", () => {
	it("is strong where features are noise, weak where they are not", () => {
		const noise = rows(80, 12, 0, 1);
		const signal = rows(2_000, 2, 2, 1);
		const strong = chooseRidge(noise.columns, noise.targets, { seed: 1 });
		const weak = chooseRidge(signal.columns, signal.targets, { seed: 1 });
		if (!strong.ok || !weak.ok) throw new Error("must choose");
		expect(strong.value.ridge).toBe(1);
		expect(weak.value.ridge).toBeLessThanOrEqual(1e-2);
	});

	it("has the least held-out loss of the candidates", () => {
		const { columns, targets } = rows(200, 5, 1, 2);
		const choice = chooseRidge(columns, targets, { seed: 3, candidates: [0.001, 0.03, 1] });
		if (!choice.ok) throw new Error(choice.error.kind);
		const losses = choice.value.losses.map(({ logLoss }) => logLoss);
		expect(choice.value.losses.map(({ ridge }) => ridge)).toEqual([0.001, 0.03, 1]);
		expect(choice.value.losses.find(({ ridge }) => ridge === choice.value.ridge)?.logLoss).toBe(Math.min(...losses));
	});

	it("is the stronger of two that are equal", () => {
		const constant = [new Float64Array(20).fill(1)];
		const targets = Uint8Array.from({ length: 20 }, (_, row) => row % 2);
		const choice = chooseRidge(constant, targets, { seed: 1, candidates: [0.1, 1, 0.01] });
		expect(choice.ok && choice.value.ridge).toBe(1);
	});

	it("is the same for the same seed", () => {
		const { columns, targets } = rows(60, 4, 1, 4);
		expect(chooseRidge(columns, targets, { seed: 9 })).toEqual(chooseRidge(columns, targets, { seed: 9 }));
	});

	it("fails as the regression does where no fold can be fitted", () => {
		const { columns } = rows(20, 2, 0, 1);
		expect(chooseRidge(columns, new Uint8Array(20), { seed: 1 })).toEqual({ ok: false, error: { kind: "one-class" } });
		expect(chooseRidge([], new Uint8Array(0), { seed: 1 })).toEqual({ ok: false, error: { kind: "no-rows" } });
	});

	it("never judges a row by a fit on rows of its own group", () => {
		// The feature names the group, and the group decides the label: known groups are easy, unknown ones are not.
		const groups = Int32Array.from({ length: 60 }, (_, row) => Math.floor(row / 6));
		const names = Array.from({ length: 10 }, (_, group) => Float64Array.from(groups, (of) => (of === group ? 1 : 0)));
		const targets = Uint8Array.from(groups, (group) => group % 2);
		const apart = chooseRidge(names, targets, { seed: 1, groups, candidates: [0.001] });
		const mixed = chooseRidge(names, targets, { seed: 1, candidates: [0.001] });
		if (!apart.ok || !mixed.ok) throw new Error("must choose");
		expect(mixed.value.losses[0]?.logLoss).toBeLessThan(0.2);
		expect(apart.value.losses[0]?.logLoss).toBeGreaterThan(0.6);
	});
});
