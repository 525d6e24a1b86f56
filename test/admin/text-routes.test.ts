import { beforeEach, describe, expect, it } from "vitest";
import type { KeptText } from "../../src/core/evidence/audited-text.ts";
import type { EvidenceLedgerPort } from "../../src/core/evidence/evidence-ports.ts";
import { ok } from "../../src/core/result.ts";
import { createInMemoryEvidence } from "../support/in-memory-evidence.ts";
import { ask, createCallers } from "./admin-world.ts";
import { createFakeWorld, type FakeWorld } from "./fake-world.ts";

const TEXT: KeptText = {
	sequence: 7,
	requestId: "req_1",
	at: 1,
	policyRevision: 1,
	epoch: 1,
	phase: 2,
	confidence: 0.9,
	served: "accepted",
	verdict: "right",
	expiresAt: 2,
	text: { messages: [{ role: "user", content: "question" }], edge: "edge", reference: null },
	wrong: null,
};

let world: FakeWorld;
let asked: Parameters<EvidenceLedgerPort["keptTexts"]>[0][];
let names: string[];
beforeEach(async () => {
	asked = [];
	names = [];
	world = await createFakeWorld({
		evidenceLedgerOf: (address) => ({
			...createInMemoryEvidence(address, () => Date.now()),
			async keptTexts(page) {
				names.push(address.tenant);
				asked.push(page);
				return ok({ items: [TEXT], next: 7 });
			},
		}),
	});
});

describe("the route of kept texts", () => {
	it("gives a page of the cascade's own ledger, as it is kept", async () => {
		const { ids, keys } = await createCallers(world);
		const path = `/tenants/${ids.tenant}/cascades/chat/evidence/texts`;
		const { status, body } = await ask(world, "GET", path, { key: keys.admin });
		expect([status, body]).toEqual([200, { items: [TEXT], next: 7 }]);
		await ask(world, "GET", `${path}?after=7&limit=200`, { key: keys.admin });
		expect(asked).toEqual([
			{ after: 0, limit: 50 },
			{ after: 7, limit: 200 },
		]);
		expect(new Set(names)).toEqual(new Set([ids.tenant]));
	});

	it("has a ledger that is not there yet made by the current policy, at its revision", async () => {
		const leased: Parameters<EvidenceLedgerPort["lease"]>[0][] = [];
		world = await createFakeWorld({
			evidenceLedgerOf: (address) => {
				const ledger = createInMemoryEvidence(address, () => Date.now());
				return {
					...ledger,
					async lease(input) {
						leased.push(input);
						return ledger.lease(input);
					},
				};
			},
		});
		const { ids, keys } = await createCallers(world);
		await ask(world, "GET", `/tenants/${ids.tenant}/cascades/chat/evidence/texts`, { key: keys.admin });
		const current = await world.ledgers.get(ids.tenant)?.revision("current");
		const policyRevision = current?.ok === true ? current.value.revision : null;
		expect(leased).toMatchObject([{ address: { tenant: ids.tenant }, policyRevision }]);
		expect(policyRevision).toBeGreaterThan(1);
	});

	it("gives text to nobody who may only read figures", async () => {
		const { ids, keys } = await createCallers(world);
		const path = `/tenants/${ids.tenant}/cascades/chat/evidence/texts`;
		expect((await ask(world, "GET", path, { key: keys.reader })).status).toBe(403);
		expect((await ask(world, "GET", path, { key: keys.otherAdmin })).status).toBe(404);
		expect(asked).toEqual([]);
	});

	it.each(["after=-1", "after=x", "limit=0", "limit=201", "before=3"])("names what does not fit: %s", async (query) => {
		const { ids, keys } = await createCallers(world);
		const path = `/tenants/${ids.tenant}/cascades/chat/evidence/texts?${query}`;
		expect((await ask(world, "GET", path, { key: keys.admin })).status).toBe(400);
	});
});
