import type { EvidenceAddress } from "../../src/core/evidence/evidence-entry.ts";
import type { EvidenceLease } from "../../src/core/evidence/evidence-ports.ts";
import type { Result } from "../../src/core/result.ts";
import { evidenceLedgerName } from "../../src/core/published-records.ts";
import type { EvidenceCount } from "../../src/tuning/evidence/evidence-table.ts";
import type { ExportedEvidence } from "../../src/tuning/evidence/exported-evidence.ts";
import type { HotTenantRuntime } from "./runtime.ts";
import { START, TERMS, valueOf, type Simulation } from "./simulate.ts";
import type { SentMessage } from "./traffic.ts";

/** Identities that are put into a ledger at once. */
const FILLED_AT_ONCE = 1_000_000;

/**
 * Delivers the evidence of a simulation once more, as it was delivered, to so many ledgers that only count, each what is its by
 * a hash of the request; the first, which decides, has said what the regimes are. With `identities` the ledgers' day begins
 * with so many of others.
 */
export async function divide(
	{ ask, cpuMs }: HotTenantRuntime,
	{ address, batches, exported, endsAt }: Simulation,
	ledgers: number,
	identities = 0,
): Promise<{
	readonly tables: readonly (readonly EvidenceCount[])[];
	readonly names: readonly string[];
	readonly fillMs: number;
	/** Of the runtime's process, over the deliveries. */
	readonly cpuMs: number;
}> {
	const kind = identities > 0 ? "full" : "shard";
	const addresses = Array.from({ length: ledgers }, (_, index) => {
		return { ...address, cascade: `${address.cascade}-${kind}-${index + 1}-of-${ledgers}` };
	});
	const [epoch] = exported.epochs;
	let fillMs = 0;
	for (const each of addresses) {
		valueOf(await ask<Result<EvidenceLease, unknown>>("lease", START, { address: each, terms: TERMS }));
		await ask("follow", START, { address: each, regimes: { epoch, phases: exported.phases } });
		if (identities === 0) continue;
		// Makes the day's table.
		await ask("deliver", START, { messages: [firstMessage(each)] });
		const begun = performance.now();
		for (let from = 0; from < identities; from += FILLED_AT_ONCE) {
			const to = Math.min(identities, from + FILLED_AT_ONCE);
			await ask("remember", START, { address: each, identities: { from, to, of: identities } });
		}
		fillMs += performance.now() - begun;
	}
	const cpuBefore = await cpuMs();
	for (const { at, messages } of batches) {
		const own = messages.flatMap((message) => divided(message, addresses));
		if (own.length > 0) await ask("deliver", at, { messages: own });
	}
	const cpu = (await cpuMs()) - cpuBefore;
	const tables = [];
	for (const each of addresses)
		tables.push(valueOf(await ask<Result<ExportedEvidence, unknown>>("exported", endsAt, { address: each })).counts);
	return { tables, names: addresses.map(evidenceLedgerName), fillMs, cpuMs: cpu };
}

/** A message of evidence as one for each ledger that it concerns. */
function divided({ id, body, readyAt }: SentMessage, addresses: readonly EvidenceAddress[]): SentMessage[] {
	if (!("evidence" in body)) return [];
	const { entries, verdicts } = body.evidence;
	return addresses.flatMap((address, index) => {
		const isOwn = ({ requestId }: { readonly requestId: string }) => hash(requestId) % addresses.length === index;
		const evidence = { address, entries: entries.filter(isOwn), verdicts: verdicts.filter(isOwn) };
		if (evidence.entries.length + evidence.verdicts.length === 0) return [];
		return [{ id: `${id}-${index}`, body: { version: 1 as const, evidence }, readyAt }];
	});
}

/** Of one request of nobody's, from before the path was laid: it is in no table. */
function firstMessage(address: EvidenceAddress): SentMessage {
	const entry = {
		requestId: "req_of-the-first-call",
		at: START,
		policyRevision: 1,
		epoch: 1,
		phase: 0,
		confidence: null,
		served: "escalated",
		inScope: true,
		propensity: 1_000_000,
		draw: "labelled",
		wrong: true,
	} as const;
	const evidence = { address, entries: [entry], verdicts: [] };
	return { id: "first", body: { version: 1, evidence }, readyAt: START };
}

/** FNV-1a, 32 bits (Fowler, Noll and Vo; RFC 9923). */
function hash(text: string): number {
	let value = 0x811c9dc5;
	for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
	return value;
}
