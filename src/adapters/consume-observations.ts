import type { Clock } from "../cascade/ports.ts";
import type { TenantLedgerPort } from "../core/ledger/ledger-ports.ts";
import { readObservationMessage } from "../core/ledger/observation-message.ts";
import type { Observation } from "../core/observation.ts";
import { settledWithin } from "../web/settled-within.ts";

/** A ledger that takes longer is asked again later; a consumer's invocation may last 15 minutes. */
const MOST_LEDGER_MS = 30_000;

/** Seconds before a message is delivered again: ten after its first delivery, doubling, an hour at most. */
const FIRST_DELAY_SECONDS = 10;
const MOST_DELAY_SECONDS = 3_600;

/** What the consumer needs of its surroundings. */
export interface ObservationConsumerPorts {
	readonly ledgerOf: (tenant: string) => Pick<TenantLedgerPort, "recordObservations">;
	readonly clock: Pick<Clock, "setTimer">;
	readonly logFault: (fault: string, facts: Readonly<Record<string, string | number>>) => void;
}

/** What one batch holds of one tenant. */
interface TenantShare {
	readonly messages: Message[];
	readonly observations: Observation[];
}

/**
 * Brings a batch of the queue to the ledgers: one call a tenant, in which each observation counts once, however often
 * it is delivered. A message is acknowledged once its tenant's ledger has it, and asked for again, later each time,
 * where the ledger failed or was silent; other tenants' messages are not touched by that. After the queue's last
 * attempt it goes to the dead-letter queue.
 *
 * What is malformed will be so next time too: it is logged, by its message's id, and acknowledged. A ledger that
 * belongs to no tenant, never or no longer, counts nothing, and its messages are acknowledged.
 */
export async function consumeObservations(
	batch: Pick<MessageBatch, "messages">,
	ports: ObservationConsumerPorts,
): Promise<void> {
	const { ledgerOf, clock, logFault } = ports;
	const shares = new Map<string, TenantShare>();
	for (const message of batch.messages) {
		const read = readObservationMessage(message.body);
		if (!read.ok) {
			logFault("malformed-observations", { message: message.id, reason: read.error });
			message.ack();
			continue;
		}
		const { tenant, observations, malformed } = read.value;
		if (malformed > 0) logFault("malformed-observations", { message: message.id, tenant, count: malformed });
		const share = shares.get(tenant) ?? { messages: [], observations: [] };
		shares.set(tenant, share);
		share.messages.push(message);
		share.observations.push(...observations);
	}

	const recordShare = async (tenant: string, { messages, observations }: TenantShare): Promise<void> => {
		try {
			const recording = ledgerOf(tenant).recordObservations(observations);
			const recorded = await settledWithin(recording, MOST_LEDGER_MS, clock);
			if (recorded === undefined) throw new Error("no answer in time");
			for (const message of messages) message.ack();
		} catch (error) {
			const attempts = Math.max(...messages.map((message) => message.attempts));
			logFault("observations-not-recorded", { tenant, count: observations.length, attempts, reason: String(error) });
			for (const message of messages) message.retry({ delaySeconds: delayAfter(attempts) });
		}
	};
	await Promise.all([...shares].map(([tenant, share]) => recordShare(tenant, share)));
}

function delayAfter(attempts: number): number {
	return Math.min(MOST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** (attempts - 1));
}
