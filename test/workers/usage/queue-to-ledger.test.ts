import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { TenantLedgerPort } from "../../../src/core/ledger/ledger-ports.ts";
import { ask, send } from "../ask.ts";
import { publishTenant } from "../tenant.ts";
import { DAY_MS, observationsOf, requestsIn } from "./usage-ledger.ts";

const ACTOR = { kind: "operator-key", name: "opkey_1" } as const;

/** A tenant with a ledger and nothing in it. */
async function newLedger(tenant: string): Promise<TenantLedgerPort> {
	const ledger = env.TENANT_LEDGER.getByName(tenant) as unknown as TenantLedgerPort;
	expect(await ledger.create({ tenant, name: "Example", actor: ACTOR })).toMatchObject({ ok: true });
	return ledger;
}

/** Whatever the last two days hold, since a test may run over midnight. */
const recently = () => ({ from: Date.now() - DAY_MS, to: Date.now() + DAY_MS, by: "hour" }) as const;

describe("a request", () => {
	it("is in its tenant's usage once the queue has been there, as its answer said", { timeout: 60_000 }, async () => {
		const tenant = await publishTenant();
		const ledger = await newLedger(tenant.id);
		const reply = await send(tenant, {});
		const { cascade } = await reply.json<{ cascade: { costUsd: number; stage: string; reason: string } }>();
		await (await send(tenant, {}, { "x-cascade-route": "origin" })).text();
		const { rows } = await vi.waitUntil(
			async () => {
				const report = await ledger.usage(recently());
				return requestsIn(report) === 2 ? report : false;
			},
			{ timeout: 50_000, interval: 250 },
		);
		const counted = (field: "stages" | "reasons") => Object.assign({}, ...rows.map((row) => row[field])) as object;
		expect(counted("stages")).toMatchObject({ [cascade.stage]: 1, origin: 1 });
		expect(counted("reasons")).toMatchObject({ [cascade.reason]: 1, forced: 1 });
		expect(rows[0]?.cascade).toBe("cascade");
	});

	it("whose client leaves in the middle of its stream is in the usage too", { timeout: 60_000 }, async () => {
		const tenant = await publishTenant({ origin: { model: "endless" } });
		const ledger = await newLedger(tenant.id);
		const response = await send(tenant, { stream: true }, { "x-cascade-route": "origin" });
		const reader = response.body?.getReader();
		await reader?.read();
		await reader?.cancel();
		const rows = await vi.waitUntil(
			async () => {
				const report = await ledger.usage(recently());
				return requestsIn(report) === 1 ? report.rows : false;
			},
			{ timeout: 50_000, interval: 250 },
		);
		expect(rows).toMatchObject([{ outcomes: { "client-left": 1 }, stages: { origin: 1 }, cost: { unknown: 1 } }]);
	});

	it("of a tenant without a ledger is answered all the same", async () => {
		expect((await ask({})).status).toBe(200);
	});
});

describe("a tenant's ledger", () => {
	it("counts no observation from before it was made, which are of a former tenant of the name", async () => {
		const tenant = `t-${crypto.randomUUID()}`;
		const ledger = await newLedger(tenant);
		const at = Date.now() + 1;
		const observations = [...observationsOf(tenant, 2, { at }), ...observationsOf(tenant, 1, { at: at - DAY_MS })];
		expect(await ledger.recordObservations(observations)).toMatchObject({ added: 2 });
		expect(requestsIn(await ledger.usage({ ...recently(), from: 0 }))).toBe(2);
	});

	it("counts nothing once its tenant is gone, and begins anew with the next of that name", async () => {
		const tenant = `t-${crypto.randomUUID()}`;
		let ledger = await newLedger(tenant);
		const observations = observationsOf(tenant, 2, { at: Date.now() + 1 });
		expect(await ledger.recordObservations(observations)).toMatchObject({ added: 2 });
		await ledger.destroy({ actor: ACTOR });
		expect(await ledger.recordObservations(observationsOf(tenant, 1, { at: Date.now() + 1 }))).toMatchObject({
			added: 0,
		});
		expect((await ledger.usage(recently())).rows).toEqual([]);
		await new Promise((resolve) => setTimeout(resolve, 10));
		ledger = await newLedger(tenant);
		expect((await ledger.usage(recently())).rows).toEqual([]);
		// Deliveries that were under way to the former tenant.
		expect(await ledger.recordObservations(observations)).toMatchObject({ added: 0 });
	});
});
