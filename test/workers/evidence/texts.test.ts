import { beforeEach, describe, expect, it } from "vitest";
import type { AuditedText } from "../../../src/core/evidence/audited-text.ts";
import { ADMIN, valueOf } from "../ledger/ledgers.ts";
import {
	alarmOf,
	auditionedEvidence,
	begunEvidence,
	entryOf,
	evict,
	evidenceOf,
	exportOf,
	leaseOf,
	reportOf,
	ring,
	rowsOf,
	TERMS,
	verdictOf,
	type EvidenceWorld,
	type TestEvidence,
} from "./evidence-world.ts";
import { DAY_MS, HOUR_MS, KEEPING, label, lateInTheDay, pageOf, textKeeper } from "./kept-texts.ts";

let world: EvidenceWorld;
let keeper: ReturnType<typeof textKeeper>;
beforeEach(() => {
	world = lateInTheDay();
	keeper = textKeeper(world);
});

const idsOf = async (made: TestEvidence) => (await pageOf(made, 0, 200)).items.map(({ requestId }) => requestId);
const checkOf = async (made: TestEvidence) => (await reportOf(made)).humanCheck;

describe("the text of an audited answer", () => {
	it("is kept as it was given, oldest first, through an eviction, and is in no export and no history", async () => {
		const made = await begunEvidence(KEEPING);
		const [first, second] = [
			keeper.textOf({ item: 2 }),
			keeper.textOf({ text: null, confidence: null, served: "escalated" }),
		];
		expect([await keeper.keep(made, first), await keeper.keep(made, second), await keeper.keep(made, first)]).toEqual([
			true,
			true,
			false,
		]);
		await evict(made);
		expect((await pageOf(made)).items).toEqual([
			{ ...first, sequence: 1, wrong: null },
			{ ...second, sequence: 2, wrong: null },
		]);
		expect(JSON.stringify(await exportOf(made))).not.toContain("question 1");
	});

	it("is read page by page", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keepAll(made, "right", "right", "right");
		const first = await pageOf(made, 0, 2);
		expect([first.items.map(({ sequence }) => sequence), first.next]).toEqual([[1, 2], 2]);
		const rest = await pageOf(made, 2, 2);
		expect([rest.items.map(({ sequence }) => sequence), rest.next]).toEqual([[3], null]);
	});

	it("is not kept where the policy keeps none, by whatever the isolate says", async () => {
		const made = await begunEvidence();
		expect(await keeper.keep(made)).toBe(false);
		expect(await rowsOf(made, "audited_texts")).toEqual([]);
	});

	it("is not kept at another configuration's ledger, another tenant's, or one that is not there", async () => {
		const [made, other] = [await begunEvidence(KEEPING), await begunEvidence(KEEPING)];
		expect(await made.ledger.keepText({ address: other.address, text: keeper.textOf() })).toEqual({ kept: false });
		const absent = evidenceOf(made.tenant);
		expect(await keeper.keep(absent)).toBe(false);
		expect(await absent.ledger.keptTexts({ after: 0, limit: 1 })).toMatchObject({ ok: false });
		await keeper.keep(made);
		expect([(await pageOf(made)).items.length, (await pageOf(other)).items.length]).toEqual([1, 0]);
	});

	it("goes without its words where they are too long", async () => {
		const made = await begunEvidence(KEEPING);
		const { text } = keeper.textOf();
		await keeper.keep(
			made,
			keeper.textOf({ text: { ...(text as NonNullable<typeof text>), edge: "ü".repeat(32_800) } }),
		);
		expect((await pageOf(made)).items).toMatchObject([{ text: null, verdict: "right" }]);
	});
});

describe("how many texts are kept", () => {
	it("is 500 a day, half of which escalated answers may take, and the share of what has passed of the day", async () => {
		world.now -= DAY_MS / 2 - 1;
		const made = await begunEvidence(KEEPING);
		const keepMany = async (count: number, served: AuditedText["served"]) => {
			let kept = 0;
			for (let index = 0; index < count; index++) if (await keeper.keep(made, keeper.textOf({ served }))) kept += 1;
			return kept;
		};
		// At noon half of the day's share, and the head start.
		expect(await keepMany(150, "escalated")).toBe(135);
		expect(await keepMany(150, "accepted")).toBe(135);
		world.now += DAY_MS / 2 - 1;
		expect(await keepMany(150, "escalated")).toBe(115);
		expect(await keepMany(150, "accepted")).toBe(115);
		world.now += 1;
		expect(await keepMany(30, "accepted")).toBe(20);
	});

	it("is 2,000 at once, of which the oldest go", async () => {
		const made = await begunEvidence({ ...TERMS, retainTextHours: 720 });
		for (let day = 0; day < 5; day++) {
			for (let index = 0; index < 450; index++)
				await keeper.keep(made, keeper.textOf({ expiresAt: world.now + 720 * HOUR_MS, text: null }));
			world.now += DAY_MS;
		}
		const rows = await rowsOf(made, "audited_texts");
		expect([rows.length, rows[0]?.["sequence"], rows.at(-1)?.["sequence"]]).toEqual([2_000, 251, 2_250]);
	}, 60_000);
});

describe("a text whose time is over", () => {
	it("is deleted by the alarm of a ledger that is asleep, while what people said stays", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keep(made);
		world.now += 10 * 60_000;
		await keeper.keep(made);
		await label(made, false, "req_1", "req_2");
		// Nothing comes any more, and the ledger falls asleep.
		world.now += 2 * HOUR_MS;
		await ring(made);
		const [first, second] = await rowsOf(made, "audited_texts");
		expect(await alarmOf(made)).toBe(first?.["expires_at"]);
		world.now = Number(first?.["expires_at"]);
		await ring(made);
		expect(await rowsOf(made, "audited_texts")).toEqual([second]);
		expect(await alarmOf(made)).toBe(second?.["expires_at"]);
		world.now = Number(second?.["expires_at"]);
		await ring(made);
		expect([await rowsOf(made, "audited_texts"), await alarmOf(made)]).toEqual([[], null]);
		expect(await checkOf(made)).toMatchObject({ n: 2, labelled: 2, agreements: 2 });
	});

	it("is not read any more, nor labelled, where no alarm has come yet", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keep(made);
		world.now += 24 * HOUR_MS - 1;
		expect(await idsOf(made)).toEqual(["req_1"]);
		world.now += 1;
		expect(await label(made, true, "req_1")).toEqual({ taken: 0, refused: ["req_1"] });
		expect(await idsOf(made)).toEqual([]);
	});

	it("is the isolate's, or the ledger's policy's where that is earlier", async () => {
		const made = await begunEvidence({ ...TERMS, retainTextHours: 2 });
		await keeper.keep(made, keeper.textOf({ expiresAt: world.now + 720 * HOUR_MS }));
		await keeper.keep(made, keeper.textOf({ expiresAt: world.now + HOUR_MS }));
		// Of a clock that is ahead.
		await keeper.keep(made, keeper.textOf({ at: world.now + 10 * HOUR_MS, expiresAt: world.now + 12 * HOUR_MS }));
		expect(await keeper.keep(made, keeper.textOf({ expiresAt: world.now }))).toBe(false);
		expect((await pageOf(made)).items.map(({ expiresAt }) => (expiresAt - world.now) / HOUR_MS)).toEqual([2, 1, 2]);
	});
});

describe("a policy that is changed", () => {
	it("to keep no text has all of them deleted at once", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keepAll(made, "right", "right");
		await leaseOf(made, TERMS);
		expect(await rowsOf(made, "audited_texts")).toEqual([]);
		expect(await keeper.keep(made)).toBe(false);
	});

	it("to keep no text stands against isolates that still have the policy of before", async () => {
		const made = await begunEvidence(KEEPING);
		await leaseOf(made, TERMS, 2);
		await leaseOf(made, KEEPING, 1);
		expect(await keeper.keep(made)).toBe(false);
		expect((await reportOf(made)).terms.retainTextHours).toBeNull();
		// A rollback is a revision of its own.
		await leaseOf(made, KEEPING, 3);
		expect(await keeper.keep(made)).toBe(true);
		await leaseOf(made, TERMS, 2);
		expect(await rowsOf(made, "audited_texts")).toHaveLength(1);
	});

	it("to keep them for fewer hours shortens what is kept, and for more lengthens nothing", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keep(made);
		const ends = async () => (await pageOf(made)).items.map(({ expiresAt }) => (expiresAt - world.now) / HOUR_MS);
		await leaseOf(made, { ...TERMS, retainTextHours: 3 });
		expect(await ends()).toEqual([3]);
		await leaseOf(made, { ...TERMS, retainTextHours: 72 });
		expect(await ends()).toEqual([3]);
	});

	it("in a canary changes nothing of what is kept: the current policy's hours hold", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keep(made);
		const { address } = made;
		valueOf(await made.ledger.lease({ address, terms: TERMS, policyRevision: 2, isCanary: true }));
		expect(await idsOf(made)).toEqual(["req_1"]);
		expect(await keeper.keep(made)).toBe(true);
	});

	it("is the same configuration: only what is kept differs", async () => {
		const made = await begunEvidence(KEEPING);
		expect((await leaseOf(made, { ...TERMS, retainTextHours: 1 })).epoch).toBe(1);
	});

	it("of a tenant that is destroyed deletes them", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keep(made);
		await label(made, true, "req_1");
		await made.ledger.destroy();
		expect(await rowsOf(made, "audited_texts")).toEqual([]);
		// The rest goes when KV has taken that there is no lease any more.
		world.now += 10_000;
		await ring(made);
		expect(await rowsOf(made, "human_checks")).toEqual([]);
	});
});

describe("a person's verdict", () => {
	it("is taken of what is kept, may be given twice and changed, and is shown with the text", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keepAll(made, "right", "right");
		expect(await label(made, true, "req_1", "req_9")).toEqual({ taken: 1, refused: ["req_9"] });
		expect(await label(made, true, "req_1")).toEqual({ taken: 1, refused: [] });
		expect(await checkOf(made)).toMatchObject({ n: 1, missed: 1 });
		expect((await pageOf(made)).items.map(({ wrong }) => wrong)).toEqual([true, null]);
		await label(made, false, "req_1");
		expect((await pageOf(made)).items.map(({ wrong }) => wrong)).toEqual([false, null]);
		expect(await checkOf(made)).toMatchObject({ n: 2, missed: 1, unlabelled: 1, agreements: 1 });
	});

	it("of another text of the batch is another's", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keep(made, keeper.textOf({ requestId: "req_batch", item: 1 }));
		const labels = [{ requestId: "req_batch", item: 2, wrong: true }];
		expect(valueOf(await made.ledger.addHumanLabels({ labels, actor: ADMIN })).refused).toEqual(["req_batch"]);
	});

	it("changes nothing of the evidence where its bucket is closed", async () => {
		const made = await begunEvidence(KEEPING);
		await keeper.keep(made);
		const before = (await reportOf(made)).counts;
		await label(made, true, "req_1");
		expect((await reportOf(made)).counts).toEqual(before);
	});

	it("of drawn rows counts while their bucket is open, and there as wrong but never as right", async () => {
		const made = await auditionedEvidence(world);
		const [unresolved, judged, labelled, pending] = [
			entryOf({ at: world.now, draw: "drawn", wrong: null }),
			entryOf({ at: world.now, draw: "drawn", wrong: null, item: 3 }),
			entryOf({ at: world.now }),
			entryOf({ at: world.now, draw: "drawn", wrong: null }),
		] as const;
		const verdicts = [verdictOf(judged, true)];
		await made.ledger.record({ address: made.address, entries: [unresolved, judged, labelled, pending], verdicts });
		const labels = [
			{ requestId: unresolved.requestId, wrong: false },
			{ requestId: pending.requestId, wrong: true },
			{ requestId: judged.requestId, item: 3, wrong: false },
			{ requestId: judged.requestId, wrong: false },
			{ requestId: labelled.requestId, wrong: true },
		];
		expect(valueOf(await made.ledger.addHumanLabels({ labels, actor: ADMIN }))).toEqual({
			taken: 3,
			refused: [judged.requestId, labelled.requestId],
		});
		// The labeller's own verdict, delivered again or late, does not undo a human's "wrong", nor did the human's "right" stand for one.
		await made.ledger.record({
			address: made.address,
			entries: [],
			verdicts: [...verdicts, verdictOf(pending, false)],
		});
		world.now += 100_000;
		expect((await reportOf(made)).counts).toMatchObject({ labelled: 4, wrong: 3, unresolved: 1 });
		expect(valueOf(await made.ledger.addHumanLabels({ labels, actor: ADMIN })).taken).toBe(0);
	});
});
