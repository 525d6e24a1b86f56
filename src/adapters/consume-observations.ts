import type { Clock } from "../cascade/ports.ts";
import type { AuditVerdict, EvidenceAddress, EvidenceEntry } from "../core/evidence/evidence-entry.ts";
import type { EvidenceLedgerPort } from "../core/evidence/evidence-ports.ts";
import { auditCosts, type AuditCost } from "../core/ledger/audit-cost.ts";
import type { TenantLedgerPort } from "../core/ledger/ledger-ports.ts";
import { readQueueMessage, type ReadMessage } from "../core/ledger/observation-message.ts";
import type { Observation } from "../core/observation.ts";
import { evidenceLedgerName } from "../core/published-records.ts";
import { settledWithin } from "../web/settled-within.ts";
import { delaySecondsAfter, MOST_LEDGER_MS } from "./redelivery.ts";

/** What the consumer needs of its surroundings. */
export interface ObservationConsumerPorts {
	readonly ledgerOf: (tenant: string) => Pick<TenantLedgerPort, "recordObservations">;
	readonly evidenceLedgerOf: (address: EvidenceAddress) => Pick<EvidenceLedgerPort, "record">;
	readonly clock: Pick<Clock, "setTimer">;
	readonly logFault: (fault: string, facts: Readonly<Record<string, string | number>>) => void;
}

/** What one batch holds of one tenant. */
interface TenantShare {
	readonly tenant: string;
	readonly messages: Message[];
	readonly observations: Observation[];
	readonly audits: AuditCost[];
}

/** What it holds for one ledger of evidence. */
interface EvidenceShare {
	readonly address: EvidenceAddress;
	readonly messages: Message[];
	readonly entries: EvidenceEntry[];
	readonly verdicts: AuditVerdict[];
}

/**
 * Brings a batch of the queue to the ledgers: one call a tenant and one a ledger of evidence, in which each observation,
 * entry, verdict and audit's cost counts once, however often it is delivered. A message is acknowledged once every ledger
 * that it concerns has it, and asked for again, later each time, where one failed or was silent; other messages are not
 * touched by that. After the queue's last attempt it goes to the dead-letter queue.
 *
 * What is malformed will be so next time too: it is logged, by its message's id, and acknowledged. A ledger that
 * belongs to no tenant, never or no longer, counts nothing, and its messages are acknowledged.
 */
export async function consumeObservations(
	batch: Pick<MessageBatch, "messages">,
	ports: ObservationConsumerPorts,
): Promise<void> {
	const { ledgerOf, evidenceLedgerOf, clock, logFault } = ports;
	const shares = shareOut(batch.messages, logFault);
	/** Messages to be asked for again, and after how many seconds. */
	const failed = new Map<Message, number>();

	const record = async (
		share: { readonly messages: readonly Message[] },
		facts: Readonly<Record<string, string | number>>,
		ask: () => Promise<unknown>,
	): Promise<void> => {
		try {
			const recorded = await settledWithin(ask(), MOST_LEDGER_MS, clock);
			if (recorded === undefined) throw new Error("no answer in time");
		} catch (error) {
			const attempts = Math.max(...share.messages.map((message) => message.attempts));
			logFault("observations-not-recorded", { ...facts, attempts, reason: String(error) });
			for (const message of share.messages) failed.set(message, delaySecondsAfter(attempts));
		}
	};
	await Promise.all([
		...[...shares.tenants.values()].map((share) => {
			const { tenant, observations, audits } = share;
			return record(share, { tenant, count: observations.length + audits.length }, async () =>
				audits.length === 0
					? ledgerOf(tenant).recordObservations(observations)
					: ledgerOf(tenant).recordObservations(observations, audits),
			);
		}),
		...[...shares.evidence.values()].map((share) => {
			const { address, entries, verdicts } = share;
			const { tenant, cascade } = address;
			return record(share, { tenant, cascade, count: entries.length + verdicts.length }, async () =>
				evidenceLedgerOf(address).record({ address, entries, verdicts }),
			);
		}),
	]);
	for (const message of shares.read) {
		const delaySeconds = failed.get(message);
		if (delaySeconds === undefined) message.ack();
		else message.retry({ delaySeconds });
	}
}

/** Sorts what messages hold by the ledger that it is for. A message may be in several shares. */
function shareOut(
	messages: readonly Message[],
	logFault: ObservationConsumerPorts["logFault"],
): {
	/** Those that hold something. */
	readonly read: readonly Message[];
	readonly tenants: ReadonlyMap<string, TenantShare>;
	readonly evidence: ReadonlyMap<string, EvidenceShare>;
} {
	const understood: Message[] = [];
	const tenants = new Map<string, TenantShare>();
	const evidence = new Map<string, EvidenceShare>();
	for (const message of messages) {
		const read = readQueueMessage(message.body);
		if (!read.ok) {
			logFault("malformed-observations", { message: message.id, reason: read.error });
			message.ack();
			continue;
		}
		understood.push(message);
		const { tenant, malformed } = read.value;
		if (malformed > 0) logFault("malformed-observations", { message: message.id, tenant, count: malformed });
		const { observations, audits } = forTenant(read.value);
		if (observations.length + audits.length > 0) {
			const share = tenants.get(tenant) ?? { tenant, messages: [], observations: [], audits: [] };
			tenants.set(tenant, share);
			share.messages.push(message);
			share.observations.push(...observations);
			share.audits.push(...audits);
		}
		if (read.value.kind === "evidence") {
			const { address, entries, verdicts } = read.value;
			const name = evidenceLedgerName(address);
			const share = evidence.get(name) ?? { address, messages: [], entries: [], verdicts: [] };
			evidence.set(name, share);
			share.messages.push(message);
			share.entries.push(...entries);
			share.verdicts.push(...verdicts);
		}
	}
	return { read: understood, tenants, evidence };
}

function forTenant(read: ReadMessage): Pick<TenantShare, "observations" | "audits"> {
	if (read.kind === "observations") return { observations: [...read.observations], audits: [] };
	return { observations: [], audits: auditCosts(read.address.cascade, read.verdicts) };
}
