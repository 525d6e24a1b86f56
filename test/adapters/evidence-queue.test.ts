import { describe, expect, it } from "vitest";
import { createEvidenceQueue } from "../../src/adapters/evidence-queue.ts";
import { LINGER_MS, MOST_WAITING } from "../../src/adapters/gathering-queue.ts";
import type { AuditVerdict, EvidenceEntry } from "../../src/core/evidence/evidence-entry.ts";
import { readQueueMessage, type EvidenceMessage } from "../../src/core/ledger/observation-message.ts";
import { FakeClock } from "../cascade/fakes.ts";

const ADDRESS = { tenant: "acme", cascade: "chat", configHash: "a".repeat(64) };

function entry(requestId: string, differences: Partial<EvidenceEntry> = {}): EvidenceEntry {
	return {
		requestId,
		at: 1_790_000_000_000,
		policyRevision: 7,
		epoch: 1,
		phase: 1,
		confidence: 0.123_456_789_012_345_6,
		served: "accepted",
		inScope: true,
		propensity: 50_000,
		draw: "not-drawn",
		wrong: null,
		...differences,
	};
}

const verdict: AuditVerdict = {
	requestId: "r",
	at: 1_790_000_000_000,
	policyRevision: 7,
	wrong: true,
	failed: false,
	costUsd: 0.001,
	ms: 900,
};

function world(send: (message: EvidenceMessage) => Promise<void> = async () => {}) {
	const clock = new FakeClock();
	const sent: EvidenceMessage[] = [];
	const faults: object[] = [];
	const kept: Promise<unknown>[] = [];
	const sink = createEvidenceQueue({
		queue: {
			async send(message) {
				const evidence = message as EvidenceMessage;
				await send(evidence);
				sent.push(evidence);
			},
		},
		clock,
		waitUntil: (work) => void kept.push(work),
		logFault: (fault, facts) => void faults.push({ fault, ...facts }),
	});
	return { clock, sent, faults, kept, sink };
}

describe("evidence on its way to its ledger", () => {
	it("is gathered by ledger for a second, entries and verdicts together", async () => {
		const { sink, sent, clock } = world();
		const other = { ...ADDRESS, configHash: "b".repeat(64) };
		sink.record(ADDRESS, entry("r1"));
		sink.verdict(ADDRESS, verdict);
		sink.record(other, entry("r2"));
		await clock.advance(LINGER_MS - 1);
		expect(sent).toEqual([]);
		await clock.advance(1);
		expect(sent).toEqual([
			{ version: 1, evidence: { address: ADDRESS, entries: [entry("r1")], verdicts: [verdict] } },
			{ version: 1, evidence: { address: other, entries: [entry("r2")], verdicts: [] } },
		]);
	});

	it("is read by the consumer as it was meant", async () => {
		const { sink, sent, clock } = world();
		sink.record(ADDRESS, entry("r1", { item: 3 }));
		sink.verdict(ADDRESS, { ...verdict, item: 3 });
		await clock.advance(LINGER_MS);
		expect(readQueueMessage(JSON.parse(JSON.stringify(sent[0])))).toMatchObject({
			ok: true,
			value: {
				kind: "evidence",
				malformed: 0,
				entries: [entry("r1", { item: 3 })],
				verdicts: [{ ...verdict, item: 3 }],
			},
		});
	});

	it("is sent at once where it is a draw, alone", async () => {
		const { sink, sent, clock } = world();
		sink.record(ADDRESS, entry("r1"));
		const drawn = entry("r2", { draw: "drawn" });
		expect(await sink.draw(ADDRESS, drawn)).toBe(true);
		expect(sent).toEqual([{ version: 1, evidence: { address: ADDRESS, entries: [drawn], verdicts: [] } }]);
		await clock.advance(LINGER_MS);
		expect(sent).toHaveLength(2);
	});

	it("fits into what a queue charges once for, fifty at a time", async () => {
		const { sink, sent, clock } = world();
		const long = { tenant: "t".repeat(64), cascade: "c".repeat(64), configHash: "a".repeat(64) };
		for (let index = 0; index < MOST_WAITING; index++) sink.record(long, entry(`req_${crypto.randomUUID()}`));
		await clock.advance(0);
		expect(sent).toHaveLength(1);
		expect(new TextEncoder().encode(JSON.stringify(sent[0])).length).toBeLessThan(64_000 - 100);
	});
});

describe("a queue in trouble", () => {
	it("is tried again, and then the loss is logged by ledger and count", async () => {
		const { sink, faults, clock, kept } = world(() => Promise.reject(new Error("Too Many Requests")));
		expect(() => sink.record(ADDRESS, entry("r1"))).not.toThrow();
		sink.record(ADDRESS, entry("r2"));
		await clock.until(Promise.all(kept));
		expect(faults).toEqual([
			{ fault: "evidence-not-sent", tenant: "acme", cascade: "chat", count: 2, reason: "Error: Too Many Requests" },
		]);
	});

	it("takes no draw, and so there is no audit", async () => {
		const { sink, clock } = world(() => Promise.reject(new Error("down")));
		expect(await clock.until(sink.draw(ADDRESS, entry("r1", { draw: "drawn" })))).toBe(false);
	});

	it("that is silent is waited for five seconds at most", async () => {
		const { sink, clock } = world(() => new Promise(() => {}));
		const began = clock.now();
		expect(await clock.until(sink.draw(ADDRESS, entry("r1", { draw: "drawn" })))).toBe(false);
		expect(clock.now() - began).toBe(5_000);
	});
});
