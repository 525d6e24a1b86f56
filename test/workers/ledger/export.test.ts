import { beforeEach, describe, expect, it } from "vitest";
import { exampleObservation } from "../../core/ledger/observations.ts";
import { TenantLedger } from "../../../src/ledger/tenant-ledger.ts";
import { OPERATOR, exported, ledgerWorld, newKey, put, tenantLedger, valueOf } from "./ledgers.ts";

const DAY_MS = 86_400_000;

let world: ReturnType<typeof ledgerWorld>;
const pageOf = (characters: number) => {
	TenantLedger.runtime = { ...TenantLedger.runtime, exportPageCharacters: characters };
};
beforeEach(() => {
	world = ledgerWorld();
});

async function fullLedger() {
	const made = await tenantLedger(4);
	for (let count = 0; count < 3; count++) valueOf(await made.ledger.addKey(newKey({ name: `key "${count}" – ü` })));
	for (const [day, count] of [
		[0, 2],
		[40, 1],
	] as const) {
		if (day > 0) world.now += day * DAY_MS;
		const observations = Array.from({ length: count }, () =>
			exampleObservation({ tenant: made.tenant, requestId: `req_${crypto.randomUUID()}`, at: world.now }),
		);
		await made.ledger.recordObservations(observations);
	}
	return made;
}

describe("an export", () => {
	it.each([1, 200, 1_000, 5_000])(
		"is the same document whether it is one page or pages of %i characters",
		async (size) => {
			pageOf(size);
			const { ledger } = await fullLedger();
			let pages = 0;
			for (let place = valueOf(await ledger.export(null)).next; place !== null; pages++)
				place = valueOf(await ledger.export(place)).next;
			const document = await exported(ledger);
			expect(Object.keys(document).slice(-6)).toEqual(["revisions", "keys", "audit", "usage", "feedback", "evidence"]);
			expect(document).toMatchObject({
				version: 1,
				revision: 4,
				revisions: [1, 2, 3, 4].map((revision) => ({ revision, document: { version: 1 } })),
				audit: Array.from({ length: 8 }, (_, index) => ({ sequence: index + 1 })),
				usage: [{ requests: 2 }, { requests: 1 }],
			});
			expect(document["keys"]).toEqual(await ledger.keys());
			if (size < 1_000) expect(pages).toBeGreaterThan(5);
		},
	);

	it("has each list, empty where there is nothing", async () => {
		const { ledger } = await tenantLedger();
		expect(await exported(ledger)).toMatchObject({ revision: null, revisions: [], keys: [], audit: [{}], usage: [] });
	});

	it("has every entry of a long audit trail, once and in order", async () => {
		const { ledger } = await tenantLedger();
		for (let count = 0; count < 250; count++) await ledger.recordRefusal({ actor: OPERATOR, act: "test", detail: {} });
		const { audit } = (await exported(ledger)) as { audit: { sequence: number }[] };
		expect(audit.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 251 }, (_, index) => index + 1));
	});

	it("has what is added meanwhile, or not, and nothing twice", async () => {
		pageOf(1);
		const made = await fullLedger();
		let page = valueOf(await made.ledger.export(null));
		let text = page.text;
		for (let revision = 5; page.next !== null;) {
			if (revision < 8) await put(made, revision++);
			page = valueOf(await made.ledger.export(page.next));
			text += page.text;
		}
		const { revisions } = JSON.parse(text) as { revisions: { revision: number }[] };
		const numbers = revisions.map(({ revision }) => revision);
		expect(numbers).toEqual(Array.from(numbers, (_, index) => index + 1));
		expect(numbers.length).toBeGreaterThanOrEqual(4);
	});

	it("does not go on with a later tenant of the same name", async () => {
		pageOf(1);
		const { ledger, tenant } = await fullLedger();
		const { next } = valueOf(await ledger.export(null));
		valueOf(await ledger.destroy({ actor: OPERATOR }));
		const gone = { ok: false, error: { kind: "not-found", what: "tenant" } };
		expect(await ledger.export(next)).toEqual(gone);
		world.now += 1_000;
		valueOf(await ledger.create({ tenant, name: "Again", actor: OPERATOR }));
		expect(await ledger.export(next)).toEqual(gone);
	});
});
