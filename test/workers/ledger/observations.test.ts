import { beforeEach, describe, expect, it } from "vitest";
import type { Observation } from "../../../src/core/observation.ts";
import { TenantLedger } from "../../../src/ledger/tenant-ledger.ts";
import { OPERATOR, ledgerWorld, newLedger, tenantLedger, exported } from "./ledgers.ts";

let world: ReturnType<typeof ledgerWorld>;
beforeEach(() => {
	world = ledgerWorld();
});

const DAY = 86_400_000;

function observation(requestId: string, fields: Partial<Observation> = {}): Observation {
	return {
		version: 1,
		requestId: `req_${requestId.padStart(32, "0")}`,
		endpoint: "chat.completions",
		tenant: "example",
		cascade: "chat",
		policyRevision: 1,
		at: world.now,
		stream: false,
		outcome: "answered",
		stage: "edge",
		reason: "accepted",
		failure: null,
		trail: [],
		calls: [],
		costUsd: 0.001,
		savedUsd: 0.002,
		durationMs: 120,
		...fields,
	};
}

async function requestsOf(ledger: Awaited<ReturnType<typeof tenantLedger>>["ledger"]): Promise<number> {
	const { rows } = await ledger.usage({ from: 0, to: world.now + DAY, by: "day" });
	return rows.reduce((sum, { requests }) => sum + requests, 0);
}

describe("the observations given to a ledger", () => {
	it("become usage, each once, and are part of the export", async () => {
		const { ledger } = await tenantLedger();
		const batch = [observation("1"), observation("2")];
		expect(await ledger.recordObservations(batch)).toEqual({ added: 2 });
		expect(await ledger.recordObservations([...batch, observation("3")])).toEqual({ added: 1 });
		expect(await requestsOf(ledger)).toBe(3);
		expect((await exported(ledger))["usage"]).toMatchObject([{ cascade: "chat", policyRevision: 1, requests: 3 }]);
	});

	it("are not counted where they are too old to tell whether they were, and the log says how many", async () => {
		const { ledger } = await tenantLedger();
		const old = observation("1");
		world.now += 100 * DAY;
		expect(await ledger.recordObservations([old, observation("2")])).toEqual({ added: 1 });
		expect(world.faults).toEqual([{ fault: "observations-too-old", count: 1 }]);
	});

	it("are told apart for fewer days where the ledger is full, of which the log says how many", async () => {
		const { runtime } = TenantLedger;
		TenantLedger.runtime = { ...runtime, quotas: { ...runtime.quotas, databaseBytes: 0 } };
		const { ledger } = await tenantLedger();
		const old = observation("1");
		await ledger.recordObservations([old]);
		world.now += 2 * DAY;
		expect(await ledger.recordObservations([old, observation("2")])).toEqual({ added: 1 });
		expect(world.faults).toEqual([
			{ fault: "observations-too-old", count: 1 },
			{ fault: "identities-forgotten", days: 1, from: world.now - DAY, bytes: expect.any(Number) },
		]);
		expect(await ledger.recordObservations([old])).toEqual({ added: 0 });
		expect(await requestsOf(ledger)).toBe(2);
	});

	it("are dropped where there is no tenant, and where they are late and of a former one", async () => {
		expect(await newLedger().ledger.recordObservations([observation("1")])).toEqual({ added: 0 });
		const { ledger, tenant } = await tenantLedger();
		const [counted, late] = [observation("1"), observation("2")];
		await ledger.recordObservations([counted]);
		await ledger.destroy({ actor: OPERATOR });
		expect(await ledger.recordObservations([late])).toEqual({ added: 0 });
		expect(await ledger.usage({ from: 0, to: world.now, by: "day" })).toMatchObject({ rows: [] });
		world.now += 1_000;
		await ledger.create({ tenant, name: "Again", actor: OPERATOR });
		expect(await ledger.recordObservations([counted, late, observation("3")])).toEqual({ added: 1 });
		expect(await requestsOf(ledger)).toBe(1);
	});
});
