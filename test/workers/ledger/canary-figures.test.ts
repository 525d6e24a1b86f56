import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import type { CanaryRow } from "../../../src/core/ledger/canary-figures.ts";
import type { Observation } from "../../../src/core/observation.ts";
import { exampleObservation } from "../../core/ledger/observations.ts";
import {
	ADMIN,
	exported,
	kill,
	ledgerWorld,
	newLedger,
	put,
	tenantLedger,
	valueOf,
	type TestLedger,
} from "./ledgers.ts";

let world: ReturnType<typeof ledgerWorld>;
beforeEach(() => {
	world = ledgerWorld();
});

/** A request of now, with an identifier of its own; on the first revision by a canary's share. */
function request(policyRevision: number, differences: Partial<Observation> = {}): Observation {
	return exampleObservation({
		requestId: `req_${crypto.randomUUID()}`,
		at: world.now,
		policyRevision,
		...(policyRevision === 1 ? { canary: true } : {}),
		...differences,
	});
}

async function start({ ledger }: TestLedger, revision = 1, share = 0.1) {
	world.now += 1_000;
	return valueOf(await ledger.startCanary({ revision, share, reason: "try", actor: ADMIN }));
}

async function end({ ledger }: TestLedger, promote = false) {
	world.now += 1_000;
	return valueOf(await ledger.endCanary({ promote, reason: "seen enough", actor: ADMIN }));
}

const countsOf = (rows: readonly CanaryRow[]) =>
	rows.map(({ cascade, policyRevision, requests }) => [cascade, policyRevision, requests]);

/** Requests by cascade and revision on either side. */
async function figures({ ledger }: TestLedger) {
	const { base, canary, ...rest } = valueOf(await ledger.canary()).figures;
	return { ...rest, base: countsOf(base), canary: countsOf(canary) };
}

async function requestsInUsage({ ledger }: TestLedger): Promise<number> {
	const { rows } = await ledger.usage({ from: 0, to: world.now + 86_400_000, by: "day" });
	return rows.reduce((sum, { requests }) => sum + requests, 0);
}

async function lastAct({ ledger }: TestLedger) {
	return (await ledger.audit({ before: null, limit: 1 })).items[0];
}

describe("the figures of a canary", () => {
	it("are of requests that arrived since it began and none before, whenever they are delivered", async () => {
		const made = await tenantLedger(2);
		const { since } = await start(made);
		await made.ledger.recordObservations([
			request(1, { at: since - 1 }),
			request(1, { at: since }),
			request(2, { at: since - 1 }),
			request(2, { at: since }),
			request(2, { at: since + 1 }),
		]);
		expect(await figures(made)).toEqual({ since, current: 2, base: [["chat", 2, 2]], canary: [["chat", 1, 1]] });
		expect(await requestsInUsage(made)).toBe(5);
	});

	it("have requests on the canary's revision on neither side that did not fall to its share", async () => {
		const made = await tenantLedger(2);
		await start(made);
		const { canary: _drawn, ...byOldCache } = request(1);
		// Of an isolate that has not heard that the revision before is current no more.
		await made.ledger.recordObservations([byOldCache, request(1), request(2)]);
		expect(await figures(made)).toMatchObject({ base: [["chat", 2, 1]], canary: [["chat", 1, 1]] });
		expect(await requestsInUsage(made)).toBe(3);
	});

	it("are those of usage, with shares: what the report says of the same requests", async () => {
		const made = await tenantLedger(2);
		const state = await start(made);
		const answered = request(1, { durationMs: 1_000, costUsd: 0.25, savedUsd: -0.5 });
		await made.ledger.recordObservations([
			answered,
			request(1, { outcome: "failed", stage: null, reason: "origin-failed" }),
		]);
		const report = valueOf(await made.ledger.canary());
		expect(report).toMatchObject(state);
		const [row] = report.figures.canary;
		const { rows } = await made.ledger.usage({ from: world.now, to: world.now + 1, by: "hour" });
		expect({ ...row, start: rows[0]?.start }).toEqual({
			...rows[0],
			acceptance: expect.objectContaining({ count: 1, of: 2, share: 0.5 }),
			failure: expect.objectContaining({ count: 1, of: 2, share: 0.5 }),
		});
	});

	it("have each request once, however often and in whatever company it is delivered, and after a crash", async () => {
		const made = await tenantLedger(2);
		await start(made);
		const requests = [request(1), request(1), request(2), request(1, { cascade: "mail" })];
		await made.ledger.recordObservations([...requests.slice(0, 2), ...requests.slice(0, 2)]);
		await made.ledger.recordObservations(requests.slice(1));
		const again = await kill(made);
		expect(await again.ledger.recordObservations(requests.toReversed())).toEqual({ added: 0 });
		expect(await figures(again)).toMatchObject({
			base: [["chat", 2, 1]],
			canary: [
				["chat", 1, 2],
				["mail", 1, 1],
			],
		});
	});

	it("are written with the usage or not at all", async () => {
		const made = await tenantLedger(2);
		await start(made);
		const rename = (from: string, to: string) =>
			runInDurableObject(made.stub, (_instance, { storage }) => {
				storage.sql.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
			});
		const requests = [request(1), request(2)];
		await rename("canary_usage", "canary_usage_elsewhere");
		await runInDurableObject(made.stub, async (instance) => {
			await expect(instance.recordObservations(requests)).rejects.toThrow("canary_usage");
		});
		await rename("canary_usage_elsewhere", "canary_usage");
		expect(await requestsInUsage(made)).toBe(0);
		expect(await made.ledger.recordObservations(requests)).toEqual({ added: 2 });
		expect(await figures(made)).toMatchObject({ base: [["chat", 2, 1]], canary: [["chat", 1, 1]] });
	});

	it("keep revisions apart where the policy changes meanwhile, and say which is current", async () => {
		const made = await tenantLedger(2);
		await start(made);
		await made.ledger.recordObservations([request(2)]);
		world.now += 1_000;
		valueOf(await put(made, 3));
		// The second is of an isolate that has not heard of it.
		await made.ledger.recordObservations([request(3), request(2), request(1)]);
		expect(await figures(made)).toMatchObject({
			current: 3,
			base: [
				["chat", 2, 2],
				["chat", 3, 1],
			],
			canary: [["chat", 1, 1]],
		});
	});

	it("leave embeddings out, which no canary serves", async () => {
		const made = await tenantLedger(2);
		await start(made);
		await made.ledger.recordObservations([request(2, { endpoint: "embeddings", reason: null, stage: null })]);
		expect(await figures(made)).toMatchObject({ base: [], canary: [] });
		expect(await requestsInUsage(made)).toBe(1);
	});

	it("end with it: what is delivered later is in the usage alone, also once another has begun", async () => {
		const made = await tenantLedger(3);
		const late = [request(1), request(3)];
		await start(made);
		const of = [request(1), request(3)];
		await made.ledger.recordObservations([request(1)]);
		await end(made);
		expect(await made.ledger.recordObservations(of)).toEqual({ added: 2 });
		await runInDurableObject(made.stub, (_instance, { storage }) => {
			expect(storage.sql.exec("SELECT * FROM canary_usage").toArray()).toEqual([]);
		});
		expect(await made.ledger.canary()).toEqual({ ok: false, error: { kind: "not-found", what: "canary" } });
		await start(made, 2);
		expect(await made.ledger.recordObservations(late)).toEqual({ added: 2 });
		expect(await figures(made)).toMatchObject({ base: [], canary: [] });
		expect(await requestsInUsage(made)).toBe(5);
	});

	it("begin anew with another share or revision, and the audit trail keeps the last ones", async () => {
		const made = await tenantLedger(3);
		const first = await start(made, 1, 0.1);
		await made.ledger.recordObservations([request(1), request(3)]);
		const second = await start(made, 1, 0.2);
		expect(second.since).toBeGreaterThan(first.since);
		expect(await figures(made)).toEqual({ since: second.since, current: 3, base: [], canary: [] });
		expect(await lastAct(made)).toMatchObject({
			act: "canary.start",
			detail: {
				revision: 1,
				share: 0.2,
				replaced: {
					revision: 1,
					share: 0.1,
					figures: { since: first.since, base: [{ policyRevision: 3 }], canary: [{ policyRevision: 1, requests: 1 }] },
				},
			},
		});
		await made.ledger.recordObservations([request(1)]);
		await start(made, 2, 0.2);
		expect(await figures(made)).toMatchObject({ base: [], canary: [] });
	});

	it("go on where the same share of the same revision is asked for again, and nothing is published", async () => {
		const made = await tenantLedger(2);
		const state = await start(made);
		await made.ledger.recordObservations([request(1)]);
		const writes = world.writes.length;
		expect(await start(made)).toEqual(state);
		expect(await figures(made)).toEqual({ since: state.since, current: 2, base: [], canary: [["chat", 1, 1]] });
		expect(world.writes).toHaveLength(writes);
		expect((await lastAct(made))?.detail).toMatchObject({ changed: false });
	});

	it.each([
		["promoted", true, "canary.promote"],
		["dropped", false, "canary.drop"],
	])("are on the audit trail once it is %s", async (_what, promote, act) => {
		const made = await tenantLedger(2);
		const { since } = await start(made);
		await made.ledger.recordObservations([request(1), request(1, { reason: "low-confidence" }), request(2)]);
		await end(made, promote);
		expect(await lastAct(made)).toMatchObject({
			act,
			outcome: "done",
			detail: {
				canary: 1,
				share: 0.1,
				reason: "seen enough",
				figures: {
					since,
					base: [{ cascade: "chat", policyRevision: 2, requests: 1, accepted: 1, decided: 1, failed: 0 }],
					canary: [{ cascade: "chat", policyRevision: 1, requests: 2, accepted: 1, decided: 2, failed: 0 }],
				},
			},
		});
	});

	it("are part of the export", async () => {
		const made = await tenantLedger(2);
		const state = await start(made);
		await made.ledger.recordObservations([request(1)]);
		expect((await exported(made.ledger))["canary"]).toMatchObject({
			...state,
			figures: { canary: [{ policyRevision: 1, requests: 1 }] },
		});
	});

	it("are of no tenant that there is not", async () => {
		expect(await newLedger().ledger.canary()).toEqual({ ok: false, error: { kind: "not-found", what: "tenant" } });
	});
});
