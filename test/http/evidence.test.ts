import { describe, expect, it } from "vitest";
import { CERTAIN, guaranteed, HEADS, lease, TAILS } from "../cascade/fake-evidence.ts";
import { after, answering, failing, silent, sure } from "../cascade/fakes.ts";
import { evidenceWorld, type WorldOptions } from "./evidence-world.ts";

const down = () => Promise.reject(new Error("down"));
const hang = () => new Promise<never>(() => {});

/** The reply to one request where nothing is audited and everything works. */
async function undisturbed(options: WorldOptions = {}, body: object = {}) {
	const world = await evidenceWorld({ ...options, coin: TAILS });
	return (await world.ask(body)).seen;
}

describe("an answer that is audited", () => {
	it.each([{}, { stream: true }])("is the same, and as soon, at 100%% as at none: %j", async (body) => {
		const everyOne = async () => lease({ auditPropensity: CERTAIN });
		const kv = async () => JSON.stringify(lease({ auditPropensity: CERTAIN }));
		const options = { edge: after(300, sure(0.9)), origin: after(2_000, answering("large")) };
		const world = await evidenceWorld({ ...options, ledger: everyOne, kv, coin: 0.999_999_999 });
		const reply = await world.ask(body);
		expect(reply.seen).toEqual(await undisturbed(options, body));
		expect(reply.seen.ms).toBe(300);
		// The whole reply was there before the last stage was asked, and before anything was sent.
		expect(reply.besides).toEqual({ origin: 0, sent: 0 });
		await world.afterAnswer();
		expect(world.asked("origin")).toBe(1);
		expect(world.entries()).toMatchObject([
			{ served: "accepted", draw: "drawn", propensity: CERTAIN, policyRevision: 7 },
		]);
		expect(world.verdicts()).toMatchObject([{ wrong: true, failed: false, ms: 2_000 }]);
		expect(world.faults).toEqual([]);
	});

	it("says that its threshold is certified", async () => {
		const { headers } = await (await evidenceWorld()).ask();
		expect(headers.get("x-cascade-threshold")).toBe("0.8");
		expect(headers.get("x-cascade-threshold-source")).toBe("certified");
	});

	it("says where its threshold is not", async () => {
		const cascade = guaranteed({}, { withoutCertificate: "manual-threshold" }, { threshold: 0.7 });
		const audition = lease({ state: "audition", threshold: null });
		const options = { cascade, ledger: async () => audition, kv: async () => JSON.stringify(audition) };
		const { headers, text } = await (await evidenceWorld(options)).ask();
		expect(headers.get("x-cascade-stage")).toBe("edge");
		expect(headers.get("x-cascade-threshold-source")).toBe("manual");
		expect(JSON.parse(text)).toMatchObject({
			cascade: { thresholdSource: "manual", trail: [{ reason: "accepted", detail: "audition" }] },
		});
	});

	it("has no threshold to tell where nothing is accepted", async () => {
		const options = {
			ledger: async () => lease({ state: "alarm" }),
			kv: async () => JSON.stringify(lease({ state: "alarm" })),
		};
		const { headers } = await (await evidenceWorld(options)).ask();
		expect(headers.get("x-cascade-reason")).toBe("drift-alarm");
		expect(headers.has("x-cascade-threshold")).toBe(false);
		expect(headers.has("x-cascade-threshold-source")).toBe(false);
	});
});

describe("an answer while something is wrong", () => {
	const judge = {
		kind: "judge",
		adapter: "openai",
		model: "judge-1",
		origin: "main",
		price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 },
	} as const;

	it.each<[string, WorldOptions]>([
		["the ledger fails", { ledger: down }],
		["the ledger is silent", { ledger: hang }],
		["the queue fails", { queue: down }],
		["the queue is silent", { queue: hang }],
		["the audit fails", { origin: failing({ kind: "unreachable" }) }],
		["the audit is silent", { origin: silent }],
		["the labeller fails", { judge: failing({ kind: "unreachable" }), cascade: guaranteed({ labeller: judge }) }],
		["the labeller is silent", { judge: silent, cascade: guaranteed({ labeller: judge }) }],
	])("is the same, and as soon: %s", async (_what, trouble) => {
		for (const body of [{}, { stream: true }]) {
			const world = await evidenceWorld({ edge: after(300, sure(0.9)), ...trouble });
			const reply = await world.ask(body);
			expect(reply.seen).toEqual(await undisturbed({ edge: after(300, sure(0.9)) }, body));
			expect(reply.seen.ms).toBe(300);
			await world.afterAnswer();
		}
	});

	it("is the same, and as soon, where KV and the ledger fail that had been there before", async () => {
		const state = { isWell: true };
		const world = await evidenceWorld({
			ledger: async () => (state.isWell ? lease() : down()),
			kv: async () => (state.isWell ? JSON.stringify(lease()) : hang()),
		});
		const before = await world.ask();
		await world.afterAnswer();
		state.isWell = false;
		await world.clock.advance(60_000);
		const reply = await world.ask();
		expect(reply.seen).toEqual(before.seen);
		await world.afterAnswer();
		expect(world.faults).toContain("evidence-lease-unavailable");
		// Until the lease held runs out: what is not renewed is not believed for longer.
		await world.clock.advance(600_000);
		expect((await world.ask()).headers.get("x-cascade-reason")).toBe("certificate-stale");
	});

	it("is escalated where its isolate can learn of no lease, two seconds after the first stage's at most, and once", async () => {
		const world = await evidenceWorld({ kv: hang, ledger: hang });
		const first = await world.ask();
		expect(first.headers.get("x-cascade-reason")).toBe("no-certificate");
		expect(first.seen.ms).toBe(2_000);
		const second = await world.ask();
		expect(second.headers.get("x-cascade-reason")).toBe("no-certificate");
		expect(second.seen.ms).toBe(0);
	});

	it("looks for its lease while the first stage answers, so that even the first request is no slower", async () => {
		const world = await evidenceWorld({ kv: hang, ledger: hang, edge: after(2_500, sure(0.9)) });
		expect((await world.ask()).seen.ms).toBe(2_500);
	});

	it("is not audited while the last stage is known to be down, and the interval is unobserved", async () => {
		const world = await evidenceWorld({
			coin: HEADS,
			origin: failing({ kind: "upstream-error", status: 503, message: "" }),
		});
		for (let request = 0; request < 3; request++) {
			await world.ask();
			// No later than the first audit's failing.
			await world.clock.advance(10);
		}
		await world.afterAnswer();
		expect(world.asked("origin")).toBe(1);
		expect(
			world
				.entries()
				.map(({ draw }) => draw)
				.toSorted(),
		).toEqual(["drawn", "unobserved", "unobserved"]);
		expect(world.verdicts()).toMatchObject([{ wrong: true, failed: true }]);
	});
});

describe("evidence comes of every endpoint", () => {
	it("of responses, plain and streamed", async () => {
		for (const stream of [false, true]) {
			const world = await evidenceWorld({ origin: answering("small"), edge: sure(0.9) });
			const { status } = await world.ask({ input: "Hello", stream }, "/v1/responses");
			await world.afterAnswer();
			expect(status).toBe(200);
			expect(world.verdicts()).toMatchObject([{ wrong: false }]);
		}
	});

	it("of each text of a classification, named by its place, and none before all are answered", async () => {
		const world = await evidenceWorld({ edge: after(100, sure(0.9, "spam")), origin: answering("ham"), coin: HEADS });
		const input = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
		const { status, besides, seen } = await world.ask({ input, labels: ["spam", "ham"] }, "/v1/classifications");
		expect([status, seen.ms]).toEqual([200, 200]);
		expect(besides).toEqual({ origin: 0, sent: 0 });
		await world.afterAnswer();
		expect(
			world
				.entries()
				.map(({ item }) => item)
				.toSorted(),
		).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
		expect(new Set(world.entries().map(({ requestId }) => requestId)).size).toBe(1);
		expect(
			world
				.verdicts()
				.map(({ item, wrong }) => [item, wrong])
				.toSorted(),
		).toEqual(input.map((_text, item) => [item, true]));
	});

	it("of one text without a place", async () => {
		const world = await evidenceWorld({ edge: sure(0.9, "spam"), origin: answering("spam") });
		await world.ask({ input: "one", labels: ["spam", "ham"] }, "/v1/classifications");
		await world.afterAnswer();
		expect(world.entries()[0]).not.toHaveProperty("item");
		expect(world.verdicts()).toMatchObject([{ wrong: false }]);
	});

	it("of moderations, whose promise is about what was passed as safe", async () => {
		const world = await evidenceWorld({ edge: sure(0.9, "safe"), origin: answering("unsafe\nviolence") });
		await world.ask({ input: "one" }, "/v1/moderations");
		await world.afterAnswer();
		expect(world.verdicts()).toMatchObject([{ wrong: true }]);
		const flagged = await evidenceWorld({ edge: sure(0.9, "unsafe\nviolence"), origin: answering("safe") });
		await flagged.ask({ input: "one" }, "/v1/moderations");
		await flagged.afterAnswer();
		expect(flagged.entries()).toMatchObject([{ served: "accepted", inScope: false, draw: "not-drawn" }]);
		expect(flagged.asked("origin")).toBe(0);
	});

	it("and of an escalated answer for nothing", async () => {
		const world = await evidenceWorld({ edge: sure(0.5), origin: answering("small") });
		await world.ask();
		await world.afterAnswer();
		expect(world.entries()).toMatchObject([
			{ served: "escalated", draw: "labelled", wrong: false, propensity: CERTAIN },
		]);
		expect(world.asked("origin")).toBe(1);
	});
});

describe("a request that fails", () => {
	it("still tells what became of its label", async () => {
		const world = await evidenceWorld({
			edge: sure(0.5),
			origin: failing({ kind: "bad-request", message: "too long", param: null, code: null }),
		});
		expect((await world.ask()).status).toBe(400);
		await world.afterAnswer();
		expect(world.entries()).toMatchObject([{ served: "escalated", draw: "labelled", wrong: true }]);
	});
});

describe("what leaves the isolate", () => {
	it("holds no word of what was asked or answered", async () => {
		const world = await evidenceWorld({ edge: sure(0.9, "the secret answer"), origin: answering("the large secret") });
		await world.ask({ messages: [{ role: "user", content: "the secret question" }] });
		await world.afterAnswer();
		expect(world.verdicts()).toHaveLength(1);
		expect(JSON.stringify([world.entries(), world.verdicts(), world.faults])).not.toContain("secret");
	});
});
