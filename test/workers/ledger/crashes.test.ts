import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { TenantState } from "../../../src/core/ledger/ledger-ports.ts";
import {
	ADMIN,
	alarmOf,
	converge,
	kill,
	ledgerWorld,
	newKey,
	newLedger,
	publishedKey,
	publishedPolicy,
	put,
	tenantLedger,
	valueOf,
	type KvBehaviour,
	type TestLedger,
} from "./ledgers.ts";

let world: ReturnType<typeof ledgerWorld>;
beforeEach(() => {
	world = ledgerWorld();
	firstKey = newKey();
});

let firstKey = newKey();

/** A tenant's life: each step changes what is published. */
const STEPS: readonly (readonly [name: string, step: (made: TestLedger) => Promise<unknown>])[] = [
	["the first policy", (made) => put(made, 1)],
	["another policy", (made) => put(made, 2)],
	["a key", ({ ledger }) => ledger.addKey(firstKey)],
	["a canary", ({ ledger }) => ledger.startCanary({ revision: 1, share: 0.2, reason: "", actor: ADMIN })],
	["a suspension", ({ ledger }) => ledger.setSuspended({ suspended: true, reason: "", actor: ADMIN })],
	["a promotion", ({ ledger }) => ledger.endCanary({ promote: true, reason: "", actor: ADMIN })],
	["a rollback", ({ ledger }) => ledger.rollback({ to: 2, expected: 3, reason: "", actor: ADMIN })],
	["a rotation", async ({ ledger }) => ledger.addKey(newKey({ replaces: await onlyKey(ledger, 1_000) }))],
	["a revocation", async ({ ledger }) => ledger.revokeKey({ id: (await onlyKey(ledger, 0)).id, actor: ADMIN })],
	["the end", ({ ledger }) => ledger.destroy({ actor: ADMIN })],
];

async function onlyKey(ledger: TestLedger["ledger"], overlapMs: number) {
	const [key] = await ledger.keys();
	return { id: key?.id ?? "", overlapMs };
}

/** That KV holds what the ledger says, and nothing that the ledger does not. */
async function expectPublished(made: TestLedger): Promise<void> {
	const state = await made.ledger.state();
	const published = await publishedPolicy(made);
	if (!state.ok || state.value.revision === null) {
		expect(published).toBeNull();
	} else {
		const { revision, suspended, canary }: TenantState = state.value;
		expect(published).toMatchObject({
			revision,
			policy: valueOf(await made.ledger.revision("current")).document,
			...(suspended ? { suspended } : {}),
			...(canary === null ? {} : { canary: { revision: canary.revision, share: canary.share } }),
		});
		expect(Object.keys(published ?? {}).sort()).toEqual(
			["version", "sequence", "revision", "publishedAt", "policy"]
				.concat(suspended ? ["suspended"] : [], canary === null ? [] : ["canary"])
				.sort(),
		);
	}
	const key = (await made.ledger.keys())[0];
	const publishedKeyRecord = await publishedKey(firstKey.sha256);
	if (key === undefined) expect(publishedKeyRecord).toBeNull();
	else {
		expect({ expiresAt: null, revokedAt: null, ...publishedKeyRecord }).toMatchObject({
			expiresAt: key.expiresAt,
			revokedAt: key.revokedAt,
		});
	}
}

describe("a ledger that is killed between its own write and KV", () => {
	const cases = STEPS.flatMap(([name], index) =>
		(
			[
				["before KV is reached", "fails"],
				["while KV is writing", "hangs"],
				["after KV has written, before the ledger hears of it", "lost"],
			] as const
		).map(([when, kv]) => ({ name, index, when, kv })),
	);

	it.each(cases)("at $name, $when, publishes it after its restart", async ({ index, kv }) => {
		let made = await tenantLedger();
		for (const [, step] of STEPS.slice(0, index)) {
			await step(made);
			world.now += 1_000;
			await runDurableObjectAlarm(made.stub);
		}
		await expectPublished(made);
		world.kv = kv;
		await STEPS[index]?.[1](made);
		expect((await made.ledger.publication()).pending).toBeGreaterThan(0);
		made = await kill(made);
		world.kv = "works";
		await converge(world, made);
		await expectPublished(made);
		expect(await alarmOf(made)).toBeNull();
	});

	it.each(["fails", "hangs", "lost"] as const)(
		"during the alarm's own attempt, which %s, tries once more",
		async (kv) => {
			let made = await tenantLedger();
			world.kv = "fails";
			await put(made, 1);
			world.kv = kv;
			world.now += 61_000;
			await runDurableObjectAlarm(made.stub);
			made = await kill(made);
			world.kv = "works";
			await converge(world, made);
			await expectPublished(made);
		},
	);

	it("and has lost its alarm sets it again when it starts", async () => {
		const made = await tenantLedger();
		world.kv = "fails";
		await put(made, 1);
		await runInDurableObject(made.stub, (_instance, { storage }) => storage.deleteAlarm());
		await evictDurableObject(made.stub);
		expect(await alarmOf(newLedger(made.tenant))).not.toBeNull();
		world.kv = "works";
		await converge(world, made);
		await expectPublished(made);
	});

	it(
		"still publishes the last revision after any mixture of writes, faults, kills and alarms",
		{ timeout: 60_000 },
		async () => {
			const event = fc.oneof(
				fc.constant("put" as const),
				fc.constant("alarm" as const),
				fc.constant("kill" as const),
				fc.constantFrom<KvBehaviour>("works", "fails", "lost", "hangs"),
				fc.integer({ min: 1, max: 20_000 }),
			);
			await fc.assert(
				fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 25 }), async (events) => {
					world = ledgerWorld();
					let made = await tenantLedger();
					let revision = 0;
					for (const event of events) {
						if (event === "put") valueOf(await put(made, ++revision));
						else if (event === "alarm") await runDurableObjectAlarm(made.stub);
						else if (event === "kill") made = await kill(made);
						else if (typeof event === "number") world.now += event;
						else world.kv = event;
					}
					world.kv = "works";
					made = await kill(made);
					await converge(world, made);
					if (revision > 0) expect(await publishedPolicy(made)).toMatchObject({ revision, sequence: revision });
					const sequences = world.writes.map(({ value }) => (JSON.parse(value ?? "") as { sequence: number }).sequence);
					expect(sequences).toEqual(sequences.toSorted((one, other) => one - other));
					const { items } = await made.ledger.revisions({ before: null, limit: 200 });
					expect(items.map((item) => item.revision)).toEqual(
						Array.from({ length: revision }, (_, index) => revision - index),
					);
				}),
				{ numRuns: 25 },
			);
		},
	);
});
