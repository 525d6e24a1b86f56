import { describe, expect, it } from "vitest";
import { createAuditedTexts, type UndatedText } from "../../src/adapters/audited-texts.ts";
import type { AuditedText } from "../../src/core/evidence/audited-text.ts";
import { FakeClock } from "../cascade/fakes.ts";

const ADDRESS = { tenant: "acme", cascade: "chat", configHash: "a".repeat(64) };
const HOUR_MS = 3_600_000;

const textOf = (edge: string, fields: Partial<UndatedText> = {}): UndatedText => ({
	requestId: "req_1",
	at: 1_000,
	policyRevision: 7,
	epoch: 1,
	phase: 2,
	confidence: 0.9,
	served: "accepted",
	verdict: "right",
	text: { messages: [{ role: "user", content: "secret question" }], edge, reference: "reference" },
	...fields,
});

function world(keepText: (text: AuditedText) => Promise<{ kept: boolean }> = async () => ({ kept: true })) {
	const clock = new FakeClock();
	const given: AuditedText[] = [];
	const faults: object[] = [];
	const kept: Promise<unknown>[] = [];
	const texts = createAuditedTexts({
		ledgerOf: () => ({
			keepText({ text }) {
				given.push(text);
				return keepText(text);
			},
		}),
		clock,
		waitUntil: (work) => void kept.push(work),
		logFault: (fault, facts) => void faults.push({ fault, ...facts }),
	});
	return { clock, given, faults, kept, choose: texts.choose };
}

describe("which texts an isolate gives away", () => {
	it("is one in ten seconds of a configuration, and one in twenty of accepted or of escalated answers", async () => {
		const { clock, choose } = world();
		const isChosen = (served: AuditedText["served"]) => choose(ADDRESS, 24, served) !== null;
		expect([isChosen("accepted"), isChosen("accepted"), isChosen("escalated")]).toEqual([true, false, false]);
		await clock.advance(9_999);
		expect([isChosen("accepted"), isChosen("escalated")]).toEqual([false, false]);
		expect(choose({ ...ADDRESS, configHash: "b".repeat(64) }, 24, "accepted")).not.toBeNull();
		await clock.advance(1);
		expect([isChosen("accepted"), isChosen("escalated")]).toEqual([false, true]);
		await clock.advance(9_999);
		expect(isChosen("accepted")).toBe(false);
		await clock.advance(1);
		expect([isChosen("escalated"), isChosen("accepted")]).toEqual([false, true]);
	});

	it("leaves accepted answers their places among the many escalated ones", async () => {
		const { clock, choose } = world();
		const chosen = { accepted: 0, escalated: 0 };
		for (let second = 0; second < 1_000; second++) {
			// Nine in ten labelled rows are escalated.
			const served = second % 10 === 9 ? "accepted" : "escalated";
			if (choose(ADDRESS, 24, served) !== null) chosen[served] += 1;
			await clock.advance(1_000);
		}
		expect(chosen.accepted + chosen.escalated).toBeLessThanOrEqual(100);
		expect(chosen.accepted).toBeGreaterThanOrEqual(30);
		expect(chosen.escalated).toBeGreaterThanOrEqual(30);
	});
});

describe("a text that is given away", () => {
	it("goes to its ledger with the time at which it ends", async () => {
		const { choose, given, kept, clock } = world();
		choose(ADDRESS, 24, "accepted")?.(textOf("edge"));
		await clock.until(Promise.all(kept));
		expect(given).toEqual([{ ...textOf("edge"), expiresAt: 1_000 + 24 * HOUR_MS }]);
	});

	it("goes without its words where those are longer than 64 KiB, by bytes", () => {
		const { choose, given } = world();
		const around = JSON.stringify(textOf("").text).length;
		choose(ADDRESS, 1, "accepted")?.(textOf("x".repeat(65_536 - around)));
		const other = { ...ADDRESS, cascade: "other" };
		choose(other, 1, "accepted")?.(textOf("x".repeat(65_537 - around)));
		choose({ ...ADDRESS, cascade: "third" }, 1, "accepted")?.(textOf("ü".repeat(40_000)));
		expect(given.map(({ text }) => text === null)).toEqual([false, true, true]);
		expect(given[1]).toMatchObject({ requestId: "req_1", verdict: "right" });
	});

	it.each([
		["throws", () => Promise.reject(new TypeError("secret question")), "TypeError"],
		["does not answer", () => new Promise<never>(() => {}), "no answer in time"],
	])("is a fault without its text where the ledger %s", async (_what, keepText, reason) => {
		const { choose, faults, kept, clock } = world(keepText);
		choose(ADDRESS, 1, "accepted")?.(textOf("edge"));
		const began = clock.now();
		await clock.until(Promise.all(kept));
		expect(clock.now() - began).toBeLessThanOrEqual(5_000);
		expect(faults).toEqual([{ fault: "audited-text-not-given", tenant: "acme", cascade: "chat", reason }]);
	});
});
