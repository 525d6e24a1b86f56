import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	addCounts,
	cellOf,
	countOf,
	floorOf,
	mergeTables,
	type EvidenceRow,
} from "../../../src/tuning/evidence/evidence-table.ts";
import { logWealth } from "../../../src/tuning/evidence/log-wealth.ts";
import { arbitraryCount, epochRecord, evidenceCount, phaseRecord } from "./examples.ts";

const epoch = epochRecord();
const phase = phaseRecord({ deployed: 0, auditPropensity: 50_000 });

function row(given: Partial<EvidenceRow> = {}): EvidenceRow {
	return {
		epoch: 1,
		phase: 1,
		revision: 7,
		confidence: 0.9,
		inScope: true,
		propensity: 50_000,
		draw: "labelled",
		wrong: false,
		...given,
	};
}

describe("the cell of a score", () => {
	it("is the strictest threshold that accepts it, a tie accepted", () => {
		expect([1, 0.8, 0.799, 0.6, 0.599].map((score) => cellOf([0.8, 0.6], score))).toEqual([0, 0, 1, 1, 2]);
	});

	it("is outside of every region without a reading", () => {
		expect(cellOf([0.8, 0], null)).toBe(2);
		expect(cellOf([], 1)).toBe(0);
	});
});

describe("a row of evidence", () => {
	it("counts once, right or wrong", () => {
		const key = { revision: 7, propensity: 50_000 };
		expect(countOf(row(), epoch, phase)).toEqual({ ok: true, value: evidenceCount(key) });
		const wrong = countOf(row({ wrong: true }), epoch, phase);
		expect(wrong).toEqual({ ok: true, value: evidenceCount({ ...key, wrong: 1 }) });
		const undrawn = countOf(row({ draw: "not-drawn", wrong: null }), epoch, phase);
		expect(undrawn).toEqual({ ok: true, value: evidenceCount({ ...key, n: 0, unlabelled: 1 }) });
	});

	it("that was accepted without a coin is assumed to be wrong", () => {
		const counted = countOf(row({ draw: "unobserved", wrong: null, propensity: 0 }), epoch, phase);
		expect(counted).toEqual({ ok: true, value: evidenceCount({ revision: 7, wrong: 1 }) });
	});

	it("that a coin had drawn, and that could not be told of, is assumed to be wrong at its own chance", () => {
		const lost = { draw: "unobserved", wasDrawn: true, wrong: null } as const;
		const counted = countOf(row(lost), epoch, phase);
		expect(counted).toEqual({ ok: true, value: evidenceCount({ revision: 7, propensity: 50_000, wrong: 1 }) });
		expect(countOf(row({ ...lost, propensity: 49_999 }), epoch, phase)).toEqual({
			ok: false,
			error: "under-propensity",
		});
		expect(countOf(row({ ...lost, propensity: 0 }), epoch, phase)).toEqual({ ok: false, error: "bad-propensity" });
	});

	it("that was drawn and lost weighs for joint risk what the coin passed over beside it", () => {
		const joint = epochRecord({ risk: "joint" });
		const rowsOf = (drawn: Partial<EvidenceRow>) =>
			Array.from({ length: 2_000 }, (_, index) =>
				countOf(row({ wrong: null, ...(index % 20 === 0 ? drawn : { draw: "not-drawn" }) }), joint, phase),
			);
		const wealthOf = (drawn: Partial<EvidenceRow>) => {
			const counts = mergeTables(rowsOf(drawn).map((counted) => (counted.ok ? [counted.value] : [])));
			return logWealth({ counts, phases: [phase], epoch: joint, candidate: 0 });
		};
		// One in twenty is drawn and none can be told of: nothing is known of these answers, and nothing may be certified.
		expect(wealthOf({ draw: "unobserved", wasDrawn: true })).toBe(wealthOf({ draw: "labelled", wrong: true }));
		expect(wealthOf({ draw: "unobserved", wasDrawn: true })).toBeLessThan(0);
		// At a weight of one they would look like 5%, and be certified as less than 10%.
		expect(wealthOf({ draw: "unobserved" })).toBeGreaterThan(-Math.log(joint.delta));
	});

	it("is refused under its phase's propensity, and never for its label", () => {
		for (const wrong of [true, false]) {
			const refused = { ok: false, error: "under-propensity" };
			expect(countOf(row({ propensity: 49_999, wrong }), epoch, phase)).toEqual(refused);
			// Escalated rows have a label for certain.
			expect(countOf(row({ confidence: 0.7, propensity: 999_999, wrong }), epoch, phase)).toEqual(refused);
		}
		expect(countOf(row({ confidence: 0.7, propensity: 1_000_000 }), epoch, phase).ok).toBe(true);
	});

	it("that no candidate accepts may have any chance of a label", () => {
		for (const given of [{ inScope: false }, { confidence: null }, { confidence: 0.1 }]) {
			const counted = countOf(row({ ...given, propensity: 10 }), epoch, phase);
			expect(counted.ok && counted.value.cell).toBe(2);
		}
	});

	it("is refused where it belongs to another regime or says nothing usable", () => {
		expect(countOf(row({ epoch: 2 }), epoch, phase)).toEqual({ ok: false, error: "other-regime" });
		expect(countOf(row({ phase: 2 }), epoch, phase)).toEqual({ ok: false, error: "other-regime" });
		expect(countOf(row(), epoch, phaseRecord({ epoch: 2 }))).toEqual({ ok: false, error: "other-regime" });
		for (const propensity of [0, 0.5, 1_000_001, Number.NaN])
			expect(countOf(row({ propensity }), epoch, phase)).toEqual({ ok: false, error: "bad-propensity" });
		expect(countOf(row({ wrong: null }), epoch, phase)).toEqual({ ok: false, error: "no-verdict" });
	});
});

describe("the floor of a cell", () => {
	it("is the audits' chance where rows may have been accepted, and certainty elsewhere", () => {
		expect([0, 1, 2].map((cell) => floorOf(phase, cell))).toEqual([50_000, 1_000_000, 1_000_000]);
		expect(floorOf(phaseRecord({ auditPropensity: 50_000 }), 0)).toBe(1_000_000);
		expect(floorOf(phaseRecord({ deployed: 0, escalatedPropensity: 300_000 }), 1)).toBe(300_000);
	});
});

describe("a table of evidence", () => {
	it("is the same however its rows were ordered, split and merged", () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(arbitraryCount, fc.integer({ min: 0, max: 2 })), { maxLength: 30 }),
				fc.infiniteStream(fc.nat()),
				(dealt, order) => {
					const all = dealt.map(([count]) => count);
					const shards = [0, 1, 2].map((shard) => dealt.filter(([, at]) => at === shard).map(([count]) => count));
					const shuffled = all
						.map((count) => ({ count, key: order.next().value as number }))
						.sort((left, right) => left.key - right.key)
						.map(({ count }) => count);
					const table = mergeTables([all]);
					expect(mergeTables([shuffled])).toEqual(table);
					expect(mergeTables(shards.map((shard) => addCounts([], shard)))).toEqual(table);
					expect(shuffled.reduce((sum, count) => addCounts(sum, [count]), addCounts([], []))).toEqual(table);
				},
			),
		);
	});

	it("has one entry a key and changes none of its parts", () => {
		const count = Object.freeze(evidenceCount({ n: 3, wrong: 1, unlabelled: 2 }));
		const table = addCounts([count], [count, evidenceCount({ revision: 2 })]);
		expect(table).toEqual([evidenceCount({ n: 6, wrong: 2, unlabelled: 4 }), evidenceCount({ revision: 2 })]);
	});
});
