import { beforeEach, describe, expect, it } from "vitest";
import { clopperPearsonUpper } from "../../../src/tuning/bounds/clopper-pearson.ts";
import { OPERATOR, valueOf } from "../ledger/ledgers.ts";
import { begunEvidence, reportOf, type EvidenceWorld, type TestEvidence } from "./evidence-world.ts";
import { HOUR_MS, KEEPING, label, lateInTheDay, pageOf, textKeeper } from "./kept-texts.ts";

let world: EvidenceWorld;
let keeper: ReturnType<typeof textKeeper>;
beforeEach(() => {
	world = lateInTheDay();
	keeper = textKeeper(world);
});

const checkOf = async (made: TestEvidence) => (await reportOf(made)).humanCheck;

describe("the human check", () => {
	it("is of accepted answers, in the order of their arrival, up to the newest that a person has judged", async () => {
		const made = await begunEvidence(KEEPING);
		expect(await checkOf(made)).toBeNull();
		await keeper.keepAll(made, "right", "wrong", "failed", "right", "right");
		await keeper.keep(made, keeper.textOf({ served: "escalated" }));
		await label(made, true, "req_6");
		// An escalated answer is none of those that the guarantee is about.
		expect(await checkOf(made)).toBeNull();
		await label(made, false, "req_1", "req_3");
		await label(made, true, "req_4");
		expect(await checkOf(made)).toEqual({
			n: 4,
			labelled: 3,
			unlabelled: 1,
			agreements: 1,
			missed: 1,
			overturned: 1,
			atMost: clopperPearsonUpper(1, 4, 0.1),
			delta: 0.1,
		});
	});

	it("counts as missed what a person was given to read and did not judge, also when its text has gone", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keepAll(made, "right", "right");
		await pageOf(made, 1, 1);
		world.now += 25 * HOUR_MS;
		await keeper.keepAll(made, "right");
		await label(made, false, "req_3");
		expect(await checkOf(made)).toMatchObject({ n: 3, labelled: 1, unlabelled: 2, missed: 2 });
	});

	it("does not count what was gone before anybody looked, since nobody can have chosen by it", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keepAll(made, "right", "right");
		world.now += 25 * HOUR_MS;
		await keeper.keepAll(made, "right", "right");
		await label(made, false, "req_4");
		// The third was still there when the fourth was judged.
		expect(await checkOf(made)).toMatchObject({ n: 2, labelled: 1, unlabelled: 1, missed: 1 });
		await label(made, false, "req_3");
		expect(await checkOf(made)).toMatchObject({ n: 2, labelled: 2, missed: 0 });
	});

	it("counts those of other epochs: labeller and first stage are the same", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keepAll(made, "right");
		await label(made, false, "req_1");
		valueOf(await made.ledger.restart({ reason: "new prompt", actor: OPERATOR }));
		await keeper.keep(made, keeper.textOf({ epoch: 2 }));
		await label(made, false, "req_2");
		expect(await checkOf(made)).toMatchObject({ n: 2 });
	});
});
