import { describe, expect, it } from "vitest";
import { createEvidenceExchanges } from "../../src/adapters/evidence-exchange.ts";
import { GUARANTEE } from "../cascade/fake-evidence.ts";
import { FakeClock, settleAll } from "../cascade/fakes.ts";

function world(waitUntil?: (work: Promise<unknown>) => void) {
	const clock = new FakeClock();
	const faults: object[] = [];
	const asked: unknown[] = [];
	const kept: Promise<unknown>[] = [];
	const never = () => {
		throw new Error("was not to be asked");
	};
	const exchangeOf = createEvidenceExchanges({
		leases: {
			current: (...given) => {
				asked.push(given);
				return null;
			},
		},
		sink: { record: never, verdict: never, draw: never },
		health: { isDown: () => false, note: never },
		embedTexts: never,
		texts: { choose: never },
		random: () => 0,
		clock,
		waitUntil: waitUntil ?? ((work) => void kept.push(work)),
		logFault: (fault, facts) => void faults.push({ fault, ...facts }),
	});
	const exchange = exchangeOf({
		tenant: "acme",
		cascade: "chat",
		configHash: "a".repeat(64),
		terms: { stage: "edge", guarantee: GUARANTEE, labeller: "exact/1", auditPropensity: 50_000, retainTextHours: null },
		policyRevision: 7,
		isCanary: true,
		at: 1,
	});
	return { clock, faults, kept, asked, exchange };
}

describe("work for later", () => {
	it("begins a turn after the answer is on its way, however long that takes", async () => {
		const { clock, exchange, kept } = world();
		const done: number[] = [];
		for (const item of [0, 1]) exchange.of(item).later(async () => void done.push(item));
		await clock.advance(60_000);
		// What waits keeps its request alive, or it were lost with a client that leaves before.
		expect([done, kept.length]).toEqual([[], 1]);
		exchange.answered();
		await settleAll();
		expect([done, kept.length]).toEqual([[], 1]);
		await clock.until(Promise.all(kept));
		expect(done).toEqual([0, 1]);
	});

	it("keeps the request alive until the last of it is done", async () => {
		const { clock, exchange, kept } = world();
		const ends: (() => void)[] = [];
		for (const item of [0, 1]) exchange.of(item).later(() => new Promise<void>((resolve) => void ends.push(resolve)));
		exchange.answered();
		await clock.advance(0);
		const over: string[] = [];
		for (const work of kept) void work.then(() => over.push("over"));
		ends[0]?.();
		await settleAll();
		expect([ends.length, over]).toEqual([2, []]);
		ends[1]?.();
		await settleAll();
		expect(over).toEqual(["over"]);
	});

	it("that is brief is done as soon as the answer is there, and needs no turn of its own", async () => {
		const { clock, exchange, kept } = world();
		const done: string[] = [];
		exchange.of().later(async () => void done.push("brief"), true);
		exchange.of().later(async () => void done.push("long"));
		expect([done, kept.length]).toEqual([[], 1]);
		exchange.answered();
		expect(done).toEqual(["brief"]);
		await clock.until(Promise.all(kept));
		expect(done).toEqual(["brief", "long"]);
		exchange.of().later(async () => void done.push("at a stream's end"), true);
		expect(done.at(-1)).toBe("at a stream's end");
		expect([clock.running, kept.length]).toEqual([0, 1]);
	});

	it("is not brief any more where there is much of it", async () => {
		const { clock, exchange, kept } = world();
		const done: number[] = [];
		for (let item = 0; item < 5; item++) exchange.of(item).later(async () => void done.push(item), true);
		exchange.answered();
		expect(done).toEqual([]);
		await clock.until(Promise.all(kept));
		expect(done).toEqual([0, 1, 2, 3, 4]);
	});

	it("that comes after the answer, as a stream's does, begins a turn later too", async () => {
		const { clock, exchange, kept } = world();
		exchange.answered();
		const done: string[] = [];
		exchange.of().later(async () => void done.push("work"));
		done.push("answer");
		await clock.until(Promise.all(kept));
		expect(done).toEqual(["answer", "work"]);
	});

	it.each([false, true])("that throws is a fault in the log and nothing else, brief or not: %s", async (isBrief) => {
		const { clock, exchange, kept, faults } = world();
		exchange.of().later(() => Promise.reject(new Error("a bug")), isBrief);
		exchange.answered();
		await clock.until(Promise.all(kept));
		await settleAll();
		expect(faults).toEqual([{ fault: "evidence-failed", tenant: "acme", cascade: "chat", reason: "Error: a bug" }]);
	});
});

describe("what is held", () => {
	it("keeps the request alive until all of it is let go, by one promise of the runtime's", async () => {
		const { exchange, kept } = world();
		const over: number[] = [];
		const releases = [exchange.of().hold(), exchange.of(1).hold()];
		for (const [index, work] of kept.entries()) void work.then(() => over.push(index));
		releases[1]?.();
		releases[1]?.();
		await settleAll();
		expect([kept.length, over]).toEqual([1, []]);
		releases[0]?.();
		await settleAll();
		expect([kept.length, over]).toEqual([1, [0]]);
	});

	it("keeps it alive anew where something is due after that", async () => {
		const { exchange, kept } = world();
		exchange.of().hold()();
		const release = exchange.of().hold();
		const over: string[] = [];
		void kept[1]?.then(() => over.push("over"));
		await settleAll();
		expect([kept.length, over]).toEqual([2, []]);
		release();
		await settleAll();
		expect(over).toEqual(["over"]);
	});

	it("is nothing where nothing is due", async () => {
		const { exchange, kept } = world();
		exchange.answered();
		await settleAll();
		expect(kept).toEqual([]);
	});
});

describe("the evidence of a request", () => {
	it("asks for the lease of its configuration, and says by which revision it goes and that it is a canary's", () => {
		const { asked, exchange } = world();
		exchange.of().lease();
		const address = { tenant: "acme", cascade: "chat", configHash: "a".repeat(64) };
		expect(asked).toEqual([
			[{ address, terms: expect.objectContaining({ stage: "edge" }), policyRevision: 7, isCanary: true }],
		]);
	});

	it("names each text of a batch, and none where there is one", () => {
		const { exchange } = world();
		expect(exchange.of(3)).toMatchObject({ item: 3, policyRevision: 7, at: 1 });
		expect(exchange.of()).not.toHaveProperty("item");
	});
});
