import { describe, expect, it } from "vitest";
import { createEvidenceLeases, REFRESH_MS } from "../../src/adapters/evidence-leases.ts";
import type { EvidenceLease, GuaranteeTerms } from "../../src/core/evidence/evidence-ports.ts";
import type { LedgerRefusal } from "../../src/core/ledger/ledger-ports.ts";
import { evidenceRecordName } from "../../src/core/published-records.ts";
import { err, ok, type Result } from "../../src/core/result.ts";
import { GUARANTEE, lease } from "../cascade/fake-evidence.ts";
import { FakeClock, settleAll } from "../cascade/fakes.ts";

const ADDRESS = { tenant: "acme", cascade: "chat", configHash: "a".repeat(64) };
const TERMS: GuaranteeTerms = {
	stage: "edge",
	guarantee: GUARANTEE,
	labeller: "exact/1",
	auditPropensity: 50_000,
	retainTextHours: null,
};

type Answer = () => Promise<Result<EvidenceLease, LedgerRefusal>>;

/** An isolate, a ledger and KV that answer as a test says. */
function world(input: { readonly ledger?: Answer; readonly kv?: () => Promise<string | null> } = {}) {
	const clock = new FakeClock();
	const state = { ledger: input.ledger ?? (async () => ok(lease())), kv: input.kv ?? (async () => null) };
	const asked: { readonly ledger: unknown[]; readonly kv: string[] } = { ledger: [], kv: [] };
	const faults: object[] = [];
	const kept: Promise<unknown>[] = [];
	const leases = createEvidenceLeases({
		ledgerOf: (address) => ({
			lease(given) {
				expect(given.address).toBe(address);
				asked.ledger.push(given);
				return state.ledger();
			},
		}),
		kv: {
			async get(key) {
				asked.kv.push(key);
				return state.kv();
			},
		},
		clock,
		waitUntil: (work) => void kept.push(work),
		logFault: (fault, facts) => void faults.push({ fault, ...facts }),
	});
	return {
		clock,
		state,
		asked,
		faults,
		kept,
		current: (address = ADDRESS, isCanary = false) =>
			leases.current({ address, terms: TERMS, policyRevision: 7, isCanary }),
	};
}

/** An isolate that holds this lease already. */
async function holding(held: EvidenceLease) {
	const made = world({ ledger: async () => ok(held), kv: async () => JSON.stringify(held) });
	expect(await made.current()).toEqual(held);
	await Promise.all(made.kept);
	return made;
}

const published = (differences: Partial<EvidenceLease> = {}) => JSON.stringify(lease(differences));

describe("the first request of an isolate", () => {
	it("reads the copy in KV, and has the ledger asked without waiting for it", async () => {
		const { current, asked } = world({ ledger: () => new Promise(() => {}), kv: async () => published() });
		expect(await current()).toEqual(lease());
		expect(asked.kv).toEqual([evidenceRecordName(ADDRESS)]);
		expect(asked.ledger).toEqual([{ address: ADDRESS, terms: TERMS, policyRevision: 7, isCanary: false }]);
	});

	it("on a canary says so to the ledger", async () => {
		const { current, asked } = world();
		await current(ADDRESS, true);
		expect(asked.ledger).toEqual([{ address: ADDRESS, terms: TERMS, policyRevision: 7, isCanary: true }]);
	});

	it.each<[string, () => Promise<string | null>]>([
		["has no copy", async () => null],
		["fails", () => Promise.reject(new Error("KV GET failed"))],
		["holds rubbish", async () => "{"],
		["holds a lease of a state that is not known", async () => published({ state: "open" as never })],
		["holds a lease whose chance is none", async () => published({ auditPropensity: 0 })],
	])("knows nothing where KV %s", async (_what, kv) => {
		const { current } = world({ ledger: () => new Promise(() => {}), kv });
		expect(await current()).toBeNull();
		// And the next one does not wait again.
		expect(current()).toBeNull();
	});

	it("waits for KV at most two seconds", async () => {
		const { current, clock } = world({ ledger: () => new Promise(() => {}), kv: () => new Promise(() => {}) });
		const began = clock.now();
		expect(await clock.until(Promise.resolve(current()))).toBeNull();
		expect(clock.now() - began).toBe(2_000);
		expect(current()).toBeNull();
	});
});

describe("a request of an isolate that holds a lease", () => {
	it("waits for nothing, and asks nobody within ten seconds", async () => {
		const { current, asked, clock } = await holding(lease());
		await clock.advance(REFRESH_MS - 1);
		expect(current()).toEqual(lease());
		expect([asked.ledger.length, asked.kv.length]).toEqual([1, 1]);
	});

	it("has the ledger asked after ten seconds, once for however many, and still waits for nothing", async () => {
		const { current, asked, clock, state, kept } = await holding(lease());
		state.ledger = async () => ok(lease({ state: "alarm", threshold: null, sequence: 2 }));
		await clock.advance(REFRESH_MS);
		for (let request = 0; request < 100; request++) expect(current()).toEqual(lease());
		expect(asked.ledger).toHaveLength(2);
		await Promise.all(kept);
		expect(current()).toMatchObject({ state: "alarm" });
		expect(asked.kv).toHaveLength(1);
	});

	it("never goes back to an older one", async () => {
		const { current, clock, state, kept } = await holding(lease({ sequence: 5 }));
		state.ledger = async () => ok(lease({ sequence: 4, threshold: 0.1 }));
		await clock.advance(REFRESH_MS);
		current();
		await Promise.all(kept);
		expect(current()).toMatchObject({ sequence: 5, threshold: 0.8 });
	});

	it.each<[string, Answer, string]>([
		["fails", () => Promise.reject(new Error("overloaded")), "Error: overloaded"],
		["refuses", async () => err({ kind: "not-found", what: "tenant" }), "not-found"],
		["is silent", () => new Promise(() => {}), "no answer in time"],
	])("keeps its lease where the ledger %s, and looks for a newer one in KV", async (_what, ledger, reason) => {
		const { current, clock, state, faults, asked, kept } = await holding(lease());
		state.ledger = ledger;
		state.kv = async () => published({ sequence: 2, threshold: 0.9 });
		await clock.advance(REFRESH_MS);
		expect(current()).toEqual(lease());
		await clock.until(Promise.all(kept));
		expect(current()).toMatchObject({ sequence: 2, threshold: 0.9 });
		expect(asked.kv).toHaveLength(2);
		expect(faults).toEqual([{ fault: "evidence-lease-unavailable", tenant: "acme", cascade: "chat", reason }]);
	});

	it("keeps its lease where nobody answers: it runs out at its own time", async () => {
		const { current, clock, state, kept } = await holding(lease());
		state.ledger = () => Promise.reject(new Error("down"));
		state.kv = () => Promise.reject(new Error("down"));
		await clock.advance(REFRESH_MS);
		current();
		await Promise.all(kept);
		expect(current()).toEqual(lease());
	});

	it("asks again after ten seconds, though the invocation that asked was ended before it had an answer", async () => {
		const { current, clock, state, asked } = await holding(lease());
		state.ledger = () => new Promise(() => {});
		await clock.advance(REFRESH_MS);
		current();
		await clock.advance(REFRESH_MS);
		current();
		await settleAll();
		expect(asked.ledger).toHaveLength(3);
	});
});

describe("leases", () => {
	it("are held by tenant, cascade and configuration", async () => {
		const { current, asked } = world();
		for (const other of [{ tenant: "other" }, { cascade: "other" }, { configHash: "b".repeat(64) }])
			await current({ ...ADDRESS, ...other });
		expect(asked.ledger).toHaveLength(3);
	});

	it("do without ledgers: nothing is known then, and that is said", async () => {
		const faults: object[] = [];
		const kept: Promise<unknown>[] = [];
		const leases = createEvidenceLeases({
			ledgerOf() {
				throw new Error("the binding EVIDENCE_LEDGER is missing");
			},
			kv: { get: async () => null },
			clock: new FakeClock(),
			waitUntil: (work) => void kept.push(work),
			logFault: (fault) => void faults.push({ fault }),
		});
		expect(await leases.current({ address: ADDRESS, terms: TERMS, policyRevision: 7 })).toBeNull();
		await Promise.all(kept);
		expect(faults).toEqual([{ fault: "evidence-lease-unavailable" }]);
	});
});
