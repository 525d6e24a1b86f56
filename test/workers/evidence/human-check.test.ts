import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { betaMixtureUpper } from "../../../src/tuning/bounds/beta-mixture.ts";
import { OPERATOR, valueOf } from "../ledger/ledgers.ts";
import { begunEvidence, evict, reportOf, rowsOf, type EvidenceWorld, type TestEvidence } from "./evidence-world.ts";
import { HOUR_MS, KEEPING, label, lateInTheDay, pageOf, textKeeper } from "./kept-texts.ts";

let world: EvidenceWorld;
let keeper: ReturnType<typeof textKeeper>;
beforeEach(() => {
	world = lateInTheDay();
	keeper = textKeeper(world);
});

const checkOf = async (made: TestEvidence) => (await reportOf(made)).humanCheck;

describe("the human check", () => {
	it("is of all accepted answers that a person was given, or that were kept when a later one was", async () => {
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
			n: 5,
			labelled: 3,
			unlabelled: 2,
			agreements: 1,
			missed: 2,
			overturned: 1,
			atMost: betaMixtureUpper(2, 5, 0.1),
			delta: 0.1,
		});
	});

	it("counts as missed what was given to somebody after the last verdict, until it has one", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keepAll(made, "right", "right", "wrong", "right");
		await label(made, false, "req_1");
		expect(await checkOf(made)).toMatchObject({ n: 1, missed: 0 });
		await pageOf(made, 0, 3);
		expect(await checkOf(made)).toMatchObject({ n: 3, labelled: 1, unlabelled: 2, missed: 1 });
		await label(made, false, "req_2", "req_3");
		expect(await checkOf(made)).toMatchObject({ n: 3, unlabelled: 0, missed: 0, overturned: 1 });
	});

	it("adds up the older of more than 10,000 rows and forgets none: the bound holds since the first", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keepAll(made, "right");
		await label(made, true, "req_1");
		const addRows = (first: number, last: number) =>
			runInDurableObject(made.stub, (_instance, { storage: { sql } }) => {
				sql.exec(
					"INSERT INTO human_checks WITH RECURSIVE each (row) AS (SELECT ?1 UNION ALL SELECT row + 1 FROM each WHERE row < ?2) SELECT row, row % 2, CASE row % 3 WHEN 0 THEN NULL ELSE 0 END FROM each",
					first,
					last,
				);
				sql.exec("UPDATE sqlite_sequence SET seq = ? WHERE name = 'audited_texts'", last);
			});
		for (const last of [10_003, 10_006]) {
			await addRows(last === 10_003 ? 2 : 10_005, last);
			await keeper.keepAll(made, "right");
			await label(made, false, `req_${last === 10_003 ? 2 : 3}`);
		}
		const rows = await rowsOf(made, "human_checks");
		expect([rows.length, rows[0]?.["sequence"]]).toEqual([10_000, 8]);
		// Numbers 2 to 7: found right are 3, 5 and 7, of which one has no verdict, as has one of the others. And the first.
		expect(await rowsOf(made, "human_check_sums")).toEqual([
			{ found_right: 0, wrong: -1, rows: 1 },
			{ found_right: 0, wrong: 0, rows: 2 },
			{ found_right: 1, wrong: -1, rows: 1 },
			{ found_right: 1, wrong: 0, rows: 2 },
			{ found_right: 1, wrong: 1, rows: 1 },
		]);
		const unjudged = Array.from({ length: 10_006 }, (_, index) => index + 1).filter(
			(row) => row % 3 === 0 && row !== 10_004,
		);
		expect(await checkOf(made)).toMatchObject({
			n: 10_007,
			unlabelled: unjudged.length,
			missed: 1 + unjudged.filter((row) => row % 2 === 1).length,
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

	it("goes on with what a ledger had counted before it added anything up", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keepAll(made, "right");
		await label(made, true, "req_1");
		await runInDurableObject(made.stub, (_instance, { storage: { sql } }) => {
			sql.exec("DROP TABLE human_check_sums");
			sql.exec("DELETE FROM migrations WHERE component = 'audited_texts' AND version > 1");
		});
		await evict(made);
		expect(await checkOf(made)).toMatchObject({ n: 1, missed: 1 });
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
