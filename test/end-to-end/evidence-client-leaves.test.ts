import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { KEEPS_WAITING } from "../support/leaving-upstream.ts";
import { startLeavingWorld, type LeavingTenant } from "../support/leaving-world.ts";

/** What the project's set-up has built. */
const BUILT = fileURLToPath(new URL("../../.wrangler/end-to-end", import.meta.url));

let world: Awaited<ReturnType<typeof startLeavingWorld>>;
beforeAll(async () => {
	world = await startLeavingWorld(BUILT);
});
afterAll(() => world.stop());

const chat = (content: string, fields: object = {}) => ({ messages: [{ role: "user", content }], ...fields });

/** Waits until something has happened, however long that takes within a test. */
const until = (happened: () => boolean) => vi.waitUntil(happened, { timeout: 15_000, interval: 10 });

/** A request that is answered, with all that follows from it; nothing of its invocation is left to keep another's alive. */
async function another(tenant: LeavingTenant): Promise<void> {
	const before = tenant.entries().length;
	const connection = tenant.send(chat("Is this spam?"));
	await until(() => connection.received().includes('"cascade"') && tenant.entries().length > before);
	connection.leave();
}

/** A tenant whose isolate has just asked for its lease, which would keep a request's invocation alive by chance. */
async function knownTenant(first: string, last: string, changes: object = {}): Promise<LeavingTenant> {
	const tenant = await world.tenant(first, last, changes);
	await another(tenant);
	return tenant;
}

describe("a client that leaves while its escalated answer is being made", () => {
	it.each<[string, object, object]>([
		["a plain request", {}, {}],
		["a stream before its first byte", { stream: true }, {}],
		["a plain request of a parallel cascade", {}, { mode: "parallel" }],
	])("leaves its evidence behind: %s", { timeout: 40_000 }, async (_what, fields, changes) => {
		const tenant = await knownTenant("unsure", "hang", changes);
		const connection = tenant.send(chat(KEEPS_WAITING, fields));
		await until(() => tenant.lastAsked() === 1 && tenant.firstAsked() === 1);
		// Beside each other, the last is asked before the first has answered.
		if ("mode" in changes) await new Promise((resolve) => setTimeout(resolve, 500));
		connection.leave();
		await until(() => tenant.verdicts().length > 0);
		await another(tenant);
		expect(tenant.entries()).toMatchObject([
			{ draw: "labelled" },
			{ served: "escalated", draw: "drawn", propensity: 1_000_000 },
			{ draw: "labelled" },
		]);
		expect(tenant.verdicts()).toMatchObject([{ wrong: false, failed: false }]);
		expect(tenant.lastAsked()).toBe(2);
	});

	it("leaves it behind where nobody notices before the answer is there", { timeout: 40_000 }, async () => {
		const tenant = await knownTenant("unsure", "slow");
		const connection = tenant.send(chat(KEEPS_WAITING));
		await until(() => tenant.lastAsked() === 1);
		connection.close();
		await until(() => tenant.entries().length > 1);
		await another(tenant);
		expect(tenant.entries()).toMatchObject([
			{ draw: "labelled" },
			{ draw: "labelled", wrong: false },
			{ draw: "labelled" },
		]);
		expect([tenant.verdicts().length, tenant.lastAsked()]).toEqual([0, 1]);
	});

	it(
		"leaves it behind where the stream's headers have gone, and no byte of the answer",
		{ timeout: 60_000 },
		async () => {
			const tenant = await knownTenant("unsure", "hang");
			const connection = tenant.send(chat(KEEPS_WAITING, { stream: true }));
			await until(() => connection.received().includes("x-cascade-stage: pending"));
			connection.leave();
			await until(() => tenant.verdicts().length > 0);
			await another(tenant);
			expect(tenant.entries()).toMatchObject([
				{ draw: "labelled" },
				{ served: "escalated", draw: "drawn" },
				{ draw: "labelled" },
			]);
			expect(tenant.verdicts()).toMatchObject([{ wrong: false, failed: false }]);
		},
	);

	it("leaves behind that it was gated, where the coin says so", { timeout: 40_000 }, async () => {
		// Before its isolate knows the lease a gated request has the policy's own coin, so the first is not looked at.
		const tenant = await knownTenant("sure", "hang", { gate: { maxPromptTokens: 1 } });
		const connection = tenant.send(chat(KEEPS_WAITING));
		await until(() => tenant.lastAsked() === 1);
		connection.leave();
		// The verdict on the request before it may come at any time.
		const failed = () => tenant.verdicts().filter((verdict) => verdict.failed);
		await until(() => failed().length > 0);
		expect(tenant.entries().slice(1)).toMatchObject([{ served: "gated", draw: "drawn", propensity: 1_000_000 }]);
		expect(failed()).toMatchObject([{ wrong: true, failed: true }]);
	});

	it.each([
		["reading", false],
		["not reading", true],
	])("leaves it behind in the middle of a stream: %s", { timeout: 40_000 }, async (_how, isPaused) => {
		const tenant = await knownTenant("unsure", "drip");
		const connection = tenant.send(chat(KEEPS_WAITING, { stream: true }));
		await until(() => connection.received().includes("word "));
		if (isPaused) connection.pause();
		connection.leave();
		await until(() => tenant.verdicts().length > 0);
		await another(tenant);
		expect(tenant.entries()).toMatchObject([
			{ draw: "labelled" },
			{ served: "escalated", draw: "drawn" },
			{ draw: "labelled" },
		]);
		expect(tenant.verdicts()).toMatchObject([{ wrong: false, failed: false }]);
	});
});

describe("a client that leaves while the first stage is answering", () => {
	it.each([
		["a plain request", {}],
		["a stream", { stream: true }],
	])("leaves no evidence, since nothing was judged: %s", { timeout: 40_000 }, async (_what, fields) => {
		const tenant = await knownTenant("hang", "yes");
		const connection = tenant.send(chat(KEEPS_WAITING, fields));
		await until(() => tenant.firstAsked() === 1);
		connection.leave();
		await another(tenant);
		// Of a stage that gives no reading: of the requests before and after it.
		expect(tenant.entries()).toMatchObject([{ confidence: null }, { confidence: null }]);
		expect(tenant.verdicts()).toEqual([]);
		expect(tenant.lastAsked()).toBe(0);
	});
});

describe("a client that leaves a batch of which one text was accepted", () => {
	it("leaves that one's evidence behind, whatever its coin said", { timeout: 40_000 }, async () => {
		const tenant = await knownTenant("sure-but-one-hangs", "yes");
		const input = ["Is this spam?", KEEPS_WAITING];
		const before = tenant.entries().length;
		const connection = tenant.send({ input, labels: ["yes", "no"] }, "/v1/classifications");
		await until(() => tenant.firstAsked() === 1);
		await new Promise((resolve) => setTimeout(resolve, 500));
		connection.leave();
		await until(() => tenant.verdicts().length > before);
		await another(tenant);
		expect(tenant.entries()[before]).toMatchObject({ item: 0, served: "accepted", draw: "drawn" });
		expect(tenant.entries()).toHaveLength(before + 2);
	});
});
