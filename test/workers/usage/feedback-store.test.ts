import { beforeEach, describe, expect, it } from "vitest";
import type { Feedback, FeedbackReport } from "../../../src/core/ledger/feedback.ts";
import type { Observation } from "../../../src/core/observation.ts";
import { createFeedbackStore, FEEDBACK_MIGRATIONS, MOST_FEEDBACK_A_DAY } from "../../../src/ledger/feedback-store.ts";
import { migrate } from "../../../src/ledger/sql-migrations.ts";
import { createUsageStore, USAGE_MIGRATIONS } from "../../../src/ledger/usage-store.ts";
import { DAY_MS, NOON, observationsOf, usageLedger, type UsageLedger } from "./usage-ledger.ts";

let ledger: UsageLedger;
beforeEach(() => {
	ledger = usageLedger();
});

/** Runs over the feedback and the usage of one tenant. */
const withStores = <Value>(
	work: (stores: {
		readonly feedback: ReturnType<typeof createFeedbackStore>;
		readonly usage: ReturnType<typeof createUsageStore>;
		readonly storage: DurableObjectStorage;
	}) => Value,
): Promise<Value> =>
	ledger.within((storage) => {
		migrate(storage, FEEDBACK_MIGRATIONS, { component: "feedback", now: () => NOON });
		const usage = createUsageStore(storage);
		return work({ feedback: createFeedbackStore(storage, usage.subjectOf), usage, storage });
	});

const one = (differences: Partial<Observation> = {}) => observationsOf("acme", 1, differences)[0] as Observation;
const correct = ({ requestId, item }: Pick<Observation, "requestId" | "item">, is = true): Feedback => ({
	requestId,
	...(item === undefined ? {} : { item }),
	verdict: { kind: "correct", correct: is },
});
const rating = ({ requestId }: Pick<Observation, "requestId">, value: number): Feedback => ({
	requestId,
	verdict: { kind: "rating", rating: value },
});
const counts = ({ rows }: FeedbackReport) =>
	rows.map((row) => [row.cascade, row.policyRevision, row.stage, row.correct, row.wrong]);

describe("feedback", () => {
	it("is counted by what its request was answered by", async () => {
		await withStores(({ feedback, usage }) => {
			const observations = [
				one(),
				one({ policyRevision: 2 }),
				one({ stage: "origin", reason: "low-confidence" }),
				one({ stage: null, outcome: "failed" }),
				one({ cascade: "agent" }),
			];
			usage.record(observations, NOON);
			for (const [index, observation] of observations.entries())
				expect(feedback.record(correct(observation, index !== 1), NOON)).toEqual({
					ok: true,
					value: { changed: true, joined: true },
				});
			expect(feedback.record(rating(observations[0] as Observation, 4), NOON).ok).toBe(true);
			expect(feedback.report(NOON)).toEqual({
				unjoined: 0,
				rows: [
					{ cascade: "agent", policyRevision: 1, stage: "edge", correct: 1, wrong: 0, ratings: [0, 0, 0, 0, 0] },
					{ cascade: "chat", policyRevision: 1, stage: null, correct: 1, wrong: 0, ratings: [0, 0, 0, 0, 0] },
					{ cascade: "chat", policyRevision: 1, stage: "edge", correct: 0, wrong: 0, ratings: [0, 0, 0, 1, 0] },
					{ cascade: "chat", policyRevision: 1, stage: "origin", correct: 1, wrong: 0, ratings: [0, 0, 0, 0, 0] },
					{ cascade: "chat", policyRevision: 2, stage: "edge", correct: 0, wrong: 1, ratings: [0, 0, 0, 0, 0] },
				],
			});
		});
	});

	it("said again changes nothing, and said otherwise takes the place of what was said", async () => {
		await withStores(({ feedback, usage }) => {
			const observation = one();
			usage.record([observation], NOON);
			feedback.record(correct(observation), NOON);
			expect(feedback.record(correct(observation), NOON + 1)).toMatchObject({
				value: { changed: false, joined: true },
			});
			expect(feedback.record(correct(observation, false), NOON + 2)).toMatchObject({ value: { changed: true } });
			expect(counts(feedback.report(NOON + 3))).toEqual([["chat", 1, "edge", 0, 1]]);
			expect([...feedback.after(0)]).toMatchObject([{ at: NOON + 2, correct: false }]);
		});
	});

	it("of one text of a batch is not of another, nor of the whole", async () => {
		await withStores(({ feedback, usage }) => {
			const { requestId } = one();
			usage.record([one({ requestId, item: 0 }), one({ requestId, item: 1, stage: "origin" })], NOON);
			feedback.record(correct({ requestId, item: 1 }), NOON);
			expect(feedback.record(correct({ requestId }), NOON)).toMatchObject({ value: { joined: false } });
			expect(feedback.report(NOON)).toMatchObject({ rows: [{ stage: "origin", correct: 1 }], unjoined: 1 });
		});
	});

	it("that comes before its request's record waits for it", async () => {
		await withStores(({ feedback, usage }) => {
			const observation = one();
			expect(feedback.record(correct(observation), NOON)).toMatchObject({ value: { changed: true, joined: false } });
			expect(feedback.report(NOON)).toEqual({ rows: [], unjoined: 1 });
			usage.record([observation], NOON);
			expect(feedback.report(NOON)).toMatchObject({ rows: [{ cascade: "chat", correct: 1 }], unjoined: 0 });
		});
	});

	it("finds a request of another day, and stays joined after that day is forgotten", async () => {
		await withStores(({ feedback, usage }) => {
			const early = one({ at: NOON - 10 * DAY_MS });
			usage.record([early, one()], NOON);
			feedback.record(correct(early), NOON);
			usage.record([], NOON + 20 * DAY_MS);
			expect(usage.subjectOf(early)).toBeNull();
			expect(counts(feedback.report(NOON + 20 * DAY_MS))).toEqual([["chat", 1, "edge", 1, 0]]);
		});
	});

	it("is kept for thirty days", async () => {
		await withStores(({ feedback, usage }) => {
			const [first, second] = [one(), one()];
			usage.record([first, second], NOON);
			feedback.record(correct(first), NOON);
			const month = NOON + 30 * DAY_MS;
			expect(counts(feedback.report(month))).toHaveLength(1);
			expect(counts(feedback.report(month + 1))).toEqual([]);
			feedback.record(correct(second), month + DAY_MS);
			expect([...feedback.after(0)].map(({ requestId }) => requestId)).toEqual([second.requestId]);
		});
	});

	it("is bounded by the day: what is new is refused, what is known may still be changed", async () => {
		await withStores(({ feedback, storage }) => {
			const known = one();
			feedback.record(correct(known), NOON);
			storage.sql.exec("UPDATE feedback_day SET added = ?", MOST_FEEDBACK_A_DAY - 1);
			expect(feedback.record(correct(one()), NOON).ok).toBe(true);
			expect(feedback.record(correct(one()), NOON)).toEqual({ ok: false, error: "day-full" });
			expect(feedback.record(correct(known, false), NOON).ok).toBe(true);
			// A clock that steps back over midnight opens no new day.
			expect(feedback.record(correct(one()), NOON - DAY_MS).ok).toBe(false);
			expect(feedback.record(correct(one()), NOON + DAY_MS).ok).toBe(true);
		});
	});
});

describe("what was counted before there was feedback", () => {
	it("goes on to count once, without a subject", async () => {
		await ledger.within((storage) => {
			// As the program before left it.
			storage.sql.exec(
				`CREATE TABLE usage_seen_${Math.floor(NOON / DAY_MS)} (id ANY PRIMARY KEY) STRICT, WITHOUT ROWID`,
			);
			migrate(storage, USAGE_MIGRATIONS, { component: "usage" });
			const usage = createUsageStore(storage);
			const [before, after] = [one({ requestId: "before" }), one({ requestId: "after" })];
			storage.sql.exec(`INSERT INTO usage_seen_${Math.floor(NOON / DAY_MS)} VALUES ('["before",null]')`);
			expect(usage.subjectOf(before)).toBeNull();
			expect(usage.record([before, after], NOON)).toMatchObject({ added: 1 });
			expect(usage.subjectOf(before)).toBeNull();
			expect(usage.subjectOf(after)).toEqual({ cascade: "chat", policyRevision: 1, stage: "edge" });
		});
	});
});
