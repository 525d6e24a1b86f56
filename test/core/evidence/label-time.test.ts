import { describe, expect, it } from "vitest";
import { labelTimeWarnings } from "../../../src/core/evidence/label-time.ts";
import type { Labeller } from "../../../src/core/evidence/labeller.ts";
import type { Cascade, StagePolicy } from "../../../src/core/tenant-policy.ts";
import { EVIDENCE_TIMES } from "../../../src/ledger/evidence-times.ts";
import { guaranteed } from "../../cascade/fake-evidence.ts";
import { exampleCascade } from "../examples.ts";

const JUDGE = { kind: "judge" } as Labeller;

/** A guaranteed cascade with this time limit, and its first stage with that one. */
function cascade(timeoutMs: number, labeller: Labeller = { kind: "normalised" }, firstMs?: number): Cascade {
	const made = exampleCascade(guaranteed());
	const [first, ...later] = made.stages as [StagePolicy, ...StagePolicy[]];
	return { ...made, timeoutMs, labeller, stages: [{ ...first, timeoutMs: firstMs }, ...later] };
}

const warned = (chat: Cascade) => labelTimeWarnings({ cascades: { chat } });
const paths = (chat: Cascade) => warned(chat).map(({ path }) => path);

describe("a time limit of a guaranteed cascade", () => {
	it("leaves time for the label to reach its bucket, which closes a minute after its end, through the queue", () => {
		expect(EVIDENCE_TIMES.closesAfterMs).toBe(60_000);
		expect(warned(cascade(55_000))).toEqual([]);
		expect(warned(cascade(55_001))).toEqual([
			{
				path: "cascades.chat.timeoutMs",
				message:
					"an answer that comes after more than 55000 ms gets its label too late for the guarantee's evidence, and counts as wrong; where many do, nothing is certified",
			},
		]);
	});

	it.each([JUDGE, { kind: "similarity" } as Labeller])(
		"leaves 25 seconds more for a model that labels: $kind",
		(labeller) => {
			expect(paths(cascade(30_000, labeller))).toEqual([]);
			expect(paths(cascade(30_001, labeller))).toEqual(["cascades.chat.timeoutMs"]);
		},
	);

	it("leaves an accepted answer the time for its audit, where its stage has a limit of its own", () => {
		expect(paths(cascade(50_000, undefined, 30_000))).toEqual([]);
		expect(paths(cascade(50_000, undefined, 30_001))).toEqual(["cascades.chat.stages[0].timeoutMs"]);
	});

	it("is nobody's business without a guarantee", () => {
		expect(warned({ ...exampleCascade(), timeoutMs: 600_000 })).toEqual([]);
	});
});
