import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { LEASE_MIGRATIONS } from "../../src/ledger/lease-store.ts";
import { send } from "./ask.ts";
import { policyNumber, valueOf } from "./ledger/ledgers.ts";
import { publishTenant } from "./tenant.ts";

const ACTOR = { kind: "operator-key", name: "opkey_1" } as const;
const BUDGET = { budget: { usdPerDay: 200 } };

describe("the Worker as production composes it", () => {
	it("pays for requests from one lease, and returns it with what they cost", { timeout: 60_000 }, async () => {
		const tenant = await publishTenant({}, {}, ["inference"], BUDGET);
		const stub = env.TENANT_LEDGER.getByName(tenant.id);
		// Read by the isolate before the ledger publishes a policy of its own: only the budget is asked of the ledger.
		expect((await send({ ...tenant })).status).toBe(429);
		valueOf(await stub.create({ tenant: tenant.id, name: "Example", actor: ACTOR }));
		const document = { ...policyNumber(1), ...BUDGET };
		valueOf(await stub.putPolicy({ document, expected: null, reason: "budget", cause: "put", actor: ACTOR }));
		await scheduler.wait(1_100);

		let costUsd = 0;
		for (const route of ["auto", "origin"]) {
			const reply = await send(tenant, {}, { "x-cascade-route": route });
			expect(reply.status).toBe(200);
			costUsd += Number(reply.headers.get("x-cascade-cost-usd"));
		}
		const stream = await send(tenant, { stream: true }, { "x-cascade-route": "origin" });
		const facts = /"costUsd":([0-9.e-]+),"savedUsd"/u.exec(await stream.text());
		costUsd += Number(facts?.[1]);

		const books = () =>
			runInDurableObject(stub, (_instance, { storage: { sql } }) => ({
				counted: sql.exec<{ counted: number }>("SELECT counted FROM budget_day").one().counted,
				open: sql.exec<{ holder: string; counted: number }>("SELECT holder, counted FROM leases").toArray(),
			}));
		expect(await books()).toEqual({
			counted: 200e9 / 2_000,
			open: [{ holder: expect.stringMatching(/^isolate_/u) as string, counted: 200e9 / 2_000 }],
		});
		const closed = await vi.waitUntil(
			async () => {
				const now = await books();
				return now.open.length === 0 ? now : false;
			},
			{ timeout: 40_000, interval: 250 },
		);
		expect(closed.counted / 1e9).toBeCloseTo(costUsd, 8);
		expect(closed.counted).toBeGreaterThan(0);
	});

	it("has the leases' tables in each ledger", async () => {
		const stub = env.TENANT_LEDGER.getByName(`t-${crypto.randomUUID()}`);
		valueOf(await stub.create({ tenant: stub.name ?? "", name: "Example", actor: ACTOR }));
		const versions = await runInDurableObject(stub, (_instance, { storage: { sql } }) =>
			sql.exec("SELECT version FROM migrations WHERE component = 'leases'").toArray(),
		);
		expect(versions).toEqual(LEASE_MIGRATIONS.map(({ version }) => ({ version })));
	});
});
