import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import {
	ADMIN,
	OPERATOR,
	ledgerWorld,
	policyNumber,
	publishedPolicy,
	put,
	tenantLedger,
	valueOf,
	type TestLedger,
} from "./ledgers.ts";

let world: ReturnType<typeof ledgerWorld>;
beforeEach(() => {
	world = ledgerWorld();
});

async function start({ ledger }: TestLedger, revision: number, share = 0.1) {
	world.now += 1_000;
	return ledger.startCanary({ revision, share, reason: "try it", actor: ADMIN });
}

async function end({ ledger }: TestLedger, promote: boolean) {
	world.now += 1_000;
	return ledger.endCanary({ promote, reason: "enough seen", actor: OPERATOR });
}

describe("a canary", () => {
	it("puts a share of requests on another revision, published beside the current one", async () => {
		const made = await tenantLedger(3);
		const state = { revision: 1, share: 0.1, since: world.now + 1_000, author: ADMIN };
		expect(await start(made, 1)).toEqual({ ok: true, value: state });
		expect(valueOf(await made.ledger.state()).canary).toEqual(state);
		expect(await publishedPolicy(made)).toMatchObject({
			sequence: 4,
			revision: 3,
			policy: policyNumber(3),
			canary: { revision: 1, share: 0.1, policy: policyNumber(1) },
		});
	});

	it("is one: another takes its place", async () => {
		const made = await tenantLedger(3);
		await start(made, 1);
		await start(made, 2, 0.5);
		expect(await publishedPolicy(made)).toMatchObject({ canary: { revision: 2, share: 0.5, policy: policyNumber(2) } });
	});

	it.each([0, 1, -0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY])("has no share of %s", async (share) => {
		const made = await tenantLedger(2);
		expect(await start(made, 1, share)).toEqual({
			ok: false,
			error: { kind: "invalid", problems: [{ path: "share", message: "must be above 0 and below 1" }] },
		});
	});

	it("is of a revision that is there, and whose policy is not the current one", async () => {
		const made = await tenantLedger(2);
		expect(await start(made, 3)).toEqual({ ok: false, error: { kind: "not-found", what: "revision 3" } });
		expect(await start(made, 2)).toMatchObject({ ok: false, error: { kind: "not-applicable" } });
		await made.ledger.rollback({ to: 1, expected: 2, reason: "", actor: ADMIN });
		expect(await start(made, 1)).toMatchObject({ ok: false, error: { kind: "not-applicable" } });
		expect(valueOf(await made.ledger.state()).canary).toBeNull();
	});

	it("goes on against the new current revision when one is written", async () => {
		const made = await tenantLedger(2);
		await start(made, 1);
		world.now += 1_000;
		await put(made, 3);
		expect(await publishedPolicy(made)).toMatchObject({
			revision: 3,
			policy: policyNumber(3),
			canary: { revision: 1, policy: policyNumber(1) },
		});
	});

	it("becomes the current policy as a new revision when it is promoted", async () => {
		const made = await tenantLedger(2);
		await start(made, 1);
		expect(await end(made, true)).toMatchObject({ ok: true, value: { revision: 3, changed: true } });
		expect(valueOf(await made.ledger.revision(3))).toMatchObject({
			document: policyNumber(1),
			cause: "promote",
			author: OPERATOR,
			reason: "enough seen",
		});
		const published = await publishedPolicy(made);
		expect(published).toMatchObject({ revision: 3, policy: policyNumber(1) });
		expect(published).not.toHaveProperty("canary");
		expect(valueOf(await made.ledger.state()).canary).toBeNull();
	});

	it("that has become the current policy by other means is withdrawn when it is promoted", async () => {
		const made = await tenantLedger(2);
		await start(made, 1);
		world.now += 1_000;
		await made.ledger.rollback({ to: 1, expected: 2, reason: "", actor: ADMIN });
		expect(await end(made, true)).toMatchObject({ ok: true, value: { revision: 3, changed: false } });
		expect(await publishedPolicy(made)).not.toHaveProperty("canary");
	});

	it("whose policy is not valid any more is not promoted, and goes on; it can be dropped", async () => {
		const made = await tenantLedger(2);
		await start(made, 1);
		await runInDurableObject(made.stub, (_instance, { storage }) =>
			storage.sql.exec(`UPDATE revisions SET document = '{"version":0}' WHERE revision = 1`).toArray(),
		);
		expect(await end(made, true)).toMatchObject({ ok: false, error: { kind: "invalid" } });
		expect(valueOf(await made.ledger.state())).toMatchObject({ revision: 2, canary: { revision: 1 } });
		expect(await end(made, false)).toMatchObject({ ok: true });
	});

	it("is gone when it is dropped, and the current revision stays, under a later sequence", async () => {
		const made = await tenantLedger(2);
		await start(made, 1);
		expect(await end(made, false)).toEqual({
			ok: true,
			value: { revision: 2, changed: false, publication: { pending: 0, oldestAt: null } },
		});
		const published = await publishedPolicy(made);
		expect(published).toMatchObject({ revision: 2, sequence: 4, policy: policyNumber(2) });
		expect(published).not.toHaveProperty("canary");
	});

	it("can neither be promoted nor dropped where there is none", async () => {
		const made = await tenantLedger(2);
		for (const promote of [true, false]) {
			expect(await end(made, promote)).toMatchObject({ ok: false, error: { kind: "not-applicable" } });
		}
	});
});

describe("a suspended tenant", () => {
	it("is published as such, with each policy written meanwhile, until it is resumed", async () => {
		const made = await tenantLedger(1);
		const set = (suspended: boolean) => made.ledger.setSuspended({ suspended, reason: "unpaid", actor: OPERATOR });
		world.now += 1_000;
		expect(valueOf(await set(true)).suspended).toBe(true);
		expect(await publishedPolicy(made)).toMatchObject({ revision: 1, sequence: 2, suspended: true });
		world.now += 1_000;
		await put(made, 2);
		expect(await publishedPolicy(made)).toMatchObject({ revision: 2, suspended: true });
		world.now += 1_000;
		expect(valueOf(await set(false)).suspended).toBe(false);
		expect(await publishedPolicy(made)).not.toHaveProperty("suspended");
	});

	it("that is suspended again is not published again", async () => {
		const made = await tenantLedger(1);
		for (let time = 0; time < 2; time++) {
			world.now += 1_000;
			await made.ledger.setSuspended({ suspended: true, reason: "", actor: OPERATOR });
		}
		expect(world.writes).toHaveLength(2);
	});

	it("without a policy is published with its first", async () => {
		const made = await tenantLedger();
		await made.ledger.setSuspended({ suspended: true, reason: "", actor: OPERATOR });
		expect(world.writes).toEqual([]);
		await put(made, 1);
		expect(await publishedPolicy(made)).toMatchObject({ revision: 1, suspended: true });
	});
});
