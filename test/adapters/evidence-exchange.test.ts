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
		expect([done, kept.length]).toEqual([[], 3]);
		await clock.until(Promise.all(kept));
		expect(done).toEqual([0, 1]);
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

	it("that throws is a fault in the log and nothing else", async () => {
		const { clock, exchange, kept, faults } = world();
		exchange.of().later(() => Promise.reject(new Error("a bug")));
		exchange.answered();
		await clock.until(Promise.all(kept));
		expect(faults).toEqual([{ fault: "evidence-failed", tenant: "acme", cascade: "chat", reason: "Error: a bug" }]);
	});
});

describe("what is held", () => {
	it("keeps the request alive until it is let go, each by itself", async () => {
		const { exchange, kept } = world();
		const over: number[] = [];
		const releases = [exchange.of().hold(), exchange.of(1).hold()];
		for (const [index, work] of kept.entries()) void work.then(() => over.push(index));
		await settleAll();
		expect([kept.length, over]).toEqual([2, []]);
		releases[1]?.();
		await settleAll();
		expect(over).toEqual([1]);
		releases[0]?.();
		releases[0]?.();
		await settleAll();
		expect([kept.length, over]).toEqual([2, [1, 0]]);
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
