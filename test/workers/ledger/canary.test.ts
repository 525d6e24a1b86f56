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

describe("a canary of a policy that was never current", () => {
	const candidate = policyNumber(900);
	const tried = async ({ ledger }: TestLedger, expected: number, document = candidate, share = 0.1) => {
		world.now += 1_000;
		return ledger.startCanaryOf({ document, expected, share, reason: "try it", actor: ADMIN });
	};
	const history = async ({ ledger }: TestLedger) =>
		(await ledger.revisions({ before: null, limit: 9 })).items.map(({ revision, cause }) => [revision, cause]);

	it("makes it a revision and the current policy the one after it, in one published record", async () => {
		const made = await tenantLedger(2);
		const writes = world.writes.length;
		const state = { revision: 3, share: 0.1, since: world.now + 1_000, author: ADMIN };
		expect(await tried(made, 2)).toEqual({ ok: true, value: state });
		expect(world.writes).toHaveLength(writes + 1);
		expect(await publishedPolicy(made)).toMatchObject({
			sequence: 3,
			revision: 4,
			policy: policyNumber(2),
			canary: { revision: 3, share: 0.1, policy: candidate },
		});
		expect(valueOf(await made.ledger.state())).toMatchObject({ revision: 4, canary: state });
		expect(await history(made)).toEqual([
			[4, "rollback"],
			[3, "canary"],
			[2, "put"],
			[1, "put"],
		]);
		expect((await made.ledger.audit({ before: null, limit: 1 })).items[0]).toMatchObject({
			act: "canary.start",
			detail: { revision: 3, current: 4, expected: 2, share: 0.1, reason: "try it" },
		});
	});

	it("takes another's place, whose last figures are kept, and is promoted and dropped as any", async () => {
		const made = await tenantLedger(2);
		await start(made, 1);
		valueOf(await tried(made, 2));
		expect((await made.ledger.audit({ before: null, limit: 1 })).items[0]?.detail).toMatchObject({
			replaced: { revision: 1, share: 0.1 },
		});
		expect(await end(made, true)).toMatchObject({ ok: true, value: { revision: 5, changed: true } });
		expect(await publishedPolicy(made)).toMatchObject({ revision: 5, policy: candidate });
	});

	it("is refused over another revision than the current one, and the second time it is sent", async () => {
		const made = await tenantLedger(2);
		const conflict = (current: number) => ({ ok: false, error: { kind: "conflict", current } });
		expect(await tried(made, 1)).toEqual(conflict(2));
		valueOf(await tried(made, 2));
		expect(await tried(made, 2)).toEqual(conflict(4));
		expect(await tried(await tenantLedger(), 1)).toEqual(conflict(0));
	});

	it("writes nothing where it is refused", async () => {
		const made = await tenantLedger(2);
		expect(await tried(made, 2, { version: 2 })).toMatchObject({ ok: false, error: { kind: "invalid" } });
		expect(await tried(made, 2, policyNumber(2))).toMatchObject({ ok: false, error: { kind: "not-applicable" } });
		expect(await tried(made, 2, candidate, 1)).toMatchObject({ ok: false, error: { problems: [{ path: "share" }] } });
		expect(await history(made)).toHaveLength(2);
		expect(valueOf(await made.ledger.state())).toMatchObject({ revision: 2, canary: null });
	});
});

describe("a canary that is started over a revision", () => {
	it("is refused where another one is current", async () => {
		const made = await tenantLedger(2);
		const over = (expected: number) =>
			made.ledger.startCanary({ revision: 1, expected, share: 0.5, reason: "", actor: ADMIN });
		expect(await over(1)).toEqual({ ok: false, error: { kind: "conflict", current: 2 } });
		expect((await over(2)).ok).toBe(true);
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
