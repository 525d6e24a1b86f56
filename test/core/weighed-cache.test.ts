import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWeighedCache } from "../../src/core/weighed-cache.ts";

/** The same as simply as it can be said: a list, the one that was set last at its end, and with each how many sets there were then. */
function referenceCache(most: { readonly values: number; readonly weight: number }) {
	let kept: { readonly name: string; readonly value: number; readonly weight: number; readonly setAt: number }[] = [];
	let sets = 0;
	const without = (name: string) => kept.filter((entry) => entry.name !== name);
	return {
		get(name: string) {
			const known = kept.find((entry) => entry.name === name);
			if (known !== undefined && (sets - known.setAt) * 2 >= kept.length) {
				sets += 1;
				kept = [...without(name), { ...known, setAt: sets }];
			}
			return known?.value;
		},
		set(name: string, value: number, weight: number) {
			kept = without(name);
			if (weight > most.weight) return;
			sets += 1;
			kept.push({ name, value, weight, setAt: sets });
			while (kept.length > most.values || kept.reduce((sum, entry) => sum + entry.weight, 0) > most.weight)
				kept.shift();
		},
	};
}

describe("a weighed cache", () => {
	it("keeps as many values as it may, and forgets the one that was not used for longest", () => {
		const cache = createWeighedCache<number>({ values: 3, weight: 100 });
		cache.set("first", 1, 1);
		cache.set("second", 2, 1);
		cache.set("third", 3, 1);
		expect(cache.get("first")).toBe(1);
		cache.set("fourth", 4, 1);
		expect([cache.get("first"), cache.get("second"), cache.get("fourth")]).toEqual([1, undefined, 4]);
	});

	it("never forgets one that is asked for between all others, however many there are", () => {
		const property = fc.property(fc.integer({ min: 2, max: 40 }), (values) => {
			const cache = createWeighedCache<string>({ values, weight: 1_000 });
			cache.set("busy", "kept", 1);
			for (let other = 0; other < 5 * values; other++) {
				expect(cache.get("busy")).toBe("kept");
				cache.set(`other ${other}`, "passing", 1);
			}
		});
		fc.assert(property);
	});

	it("forgets as many as a heavy one needs, and does not keep one that is too heavy by itself, nor what that replaces", () => {
		const cache = createWeighedCache<number>({ values: 10, weight: 10 });
		for (const name of ["a", "b", "c"]) cache.set(name, 1, 3);
		cache.set("heavy", 2, 7);
		expect([cache.get("a"), cache.get("b"), cache.get("c"), cache.get("heavy")]).toEqual([undefined, undefined, 1, 2]);
		cache.set("heavy", 3, 11);
		expect([cache.get("c"), cache.get("heavy")]).toEqual([1, undefined]);
	});

	it("does what a list that is searched from its beginning does, whatever is asked of it", () => {
		const names = fc.constantFrom("a", "b", "c", "d", "e", "f");
		const acts = fc.array(
			fc.oneof(
				fc.record({ name: names }),
				fc.record({ name: names, value: fc.integer(), weight: fc.integer({ min: 0, max: 14 }) }),
			),
			{ maxLength: 60 },
		);
		const bounds = fc.record({ values: fc.integer({ min: 1, max: 6 }), weight: fc.integer({ min: 1, max: 12 }) });
		fc.assert(
			fc.property(bounds, acts, (most, all) => {
				const cache = createWeighedCache<number>(most);
				const reference = referenceCache(most);
				for (const act of all) {
					if ("value" in act) {
						cache.set(act.name, act.value, act.weight);
						reference.set(act.name, act.value, act.weight);
					} else expect(cache.get(act.name)).toBe(reference.get(act.name));
				}
			}),
		);
	});
});
