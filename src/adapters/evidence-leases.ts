import QuickLRU from "quick-lru";
import * as v from "valibot";
import type { Clock } from "../cascade/ports.ts";
import type { EvidenceAddress } from "../core/evidence/evidence-entry.ts";
import type { EvidenceLease, EvidenceLedgerPort } from "../core/evidence/evidence-ports.ts";
import { CERTAIN } from "../core/evidence/guarantee.ts";
import { parseJson } from "../core/json.ts";
import { evidenceLedgerName, evidenceRecordName } from "../core/published-records.ts";
import { settledWithin } from "../web/settled-within.ts";

/** How often an isolate asks a ledger, at most; so how long it may not know of an alarm that the ledger has raised. */
export const REFRESH_MS = 10_000;

/** How long a ledger may take; nobody waits for it. */
const MOST_LEDGER_MS = 5_000;

/** How long KV may take; the first requests of an isolate wait for it, if their first stage is faster. */
const MOST_KV_MS = 2_000;

const MOST_LEASES = 2_000;

const time = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** `evidence/<tenant>/<cascade>/<config hash>`: a lease, as published. Of a state that is not known nothing is accepted. */
const leaseRecord = v.object({
	version: v.literal(1),
	configHash: v.string(),
	state: v.picklist(["audition", "certified", "alarm", "closed"]),
	threshold: v.nullable(v.number()),
	epoch: count,
	phase: count,
	auditPropensity: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(CERTAIN)),
	sequence: count,
	issuedAt: time,
	expiresAt: time,
});

/** What holding leases needs of its surroundings. */
export interface EvidenceLeasePorts {
	/** A stub for each use: one belongs to the request that made it. May throw where there are no ledgers. */
	readonly ledgerOf: (address: EvidenceAddress) => Pick<EvidenceLedgerPort, "lease">;
	/** The copies; a part of the runtime's `KVNamespace`. */
	readonly kv: { readonly get: (key: string, options: { readonly type: "text" }) => Promise<string | null> };
	readonly clock: Clock;
	/** Keeps the running request's invocation alive until the promise settles; the runtime's own. */
	readonly waitUntil: (promise: Promise<unknown>) => void;
	readonly logFault: (fault: string, facts: Readonly<Record<string, string | number>>) => void;
}

/** The leases that an isolate holds. */
export interface EvidenceLeases {
	/** From memory; a promise where this isolate has to look into KV first. Never throws, never rejects. */
	readonly current: (asking: LeaseAsking) => EvidenceLease | null | Promise<EvidenceLease | null>;
}

/** What a ledger is asked with. */
type LeaseAsking = Parameters<EvidenceLedgerPort["lease"]>[0];

interface Held {
	/** Undefined: nobody has looked yet. */
	lease: EvidenceLease | null | undefined;
	askedAt: number;
}

/**
 * The leases of one isolate. A request is judged by what is in memory. A ledger whose cascade has traffic is asked every ten
 * seconds, after an answer has gone; where it does not answer, KV's copy is read instead, and where that is not newer
 * either, the lease held runs out at its own time. The first requests of an isolate read KV's copy.
 */
export function createEvidenceLeases({ ledgerOf, kv, clock, waitUntil, logFault }: EvidenceLeasePorts): EvidenceLeases {
	const leases = new QuickLRU<string, Held>({ maxSize: MOST_LEASES });

	/** An older one never takes the place of a newer: KV's copies converge one by one, and answers overtake each other. */
	const adopt = (held: Held, lease: EvidenceLease | null): void => {
		if (lease === null) held.lease ??= null;
		else if (held.lease == null || lease.sequence >= held.lease.sequence) held.lease = lease;
	};

	const fromKv = async (address: EvidenceAddress): Promise<EvidenceLease | null> => {
		try {
			const text = await settledWithin(kv.get(evidenceRecordName(address), { type: "text" }), MOST_KV_MS, clock);
			const record = v.safeParse(leaseRecord, parseJson(text ?? ""));
			return record.success ? record.output : null;
		} catch {
			return null;
		}
	};

	const refresh = async (held: Held, asking: LeaseAsking): Promise<void> => {
		const { address } = asking;
		const { tenant, cascade } = address;
		try {
			const asked = await settledWithin(ledgerOf(address).lease(asking), MOST_LEDGER_MS, clock);
			if (asked?.ok === true) {
				adopt(held, asked.value);
				return;
			}
			logFault("evidence-lease-unavailable", { tenant, cascade, reason: asked?.error.kind ?? "no answer in time" });
		} catch (error) {
			logFault("evidence-lease-unavailable", { tenant, cascade, reason: String(error) });
		}
		adopt(held, await fromKv(address));
	};

	const firstOf = async (held: Held, address: EvidenceAddress): Promise<EvidenceLease | null> => {
		adopt(held, await fromKv(address));
		return held.lease ?? null;
	};

	return {
		current(asking) {
			const { address } = asking;
			const name = evidenceLedgerName(address);
			const now = clock.now();
			let held = leases.get(name);
			if (held === undefined) {
				held = { lease: undefined, askedAt: Number.NEGATIVE_INFINITY };
				leases.set(name, held);
			}
			if (now - held.askedAt >= REFRESH_MS) {
				held.askedAt = now;
				waitUntil(refresh(held, asking));
			}
			return held.lease === undefined ? firstOf(held, address) : held.lease;
		},
	};
}
