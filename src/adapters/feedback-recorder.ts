import type { Clock } from "../cascade/ports.ts";
import type { Feedback, FeedbackRecorded, FeedbackRefusal } from "../core/ledger/feedback.ts";
import type { TenantLedgerPort } from "../core/ledger/ledger-ports.ts";
import { err, type Result } from "../core/result.ts";
import { settledWithin } from "../web/settled-within.ts";

/** A client waits for this, so a ledger may not take longer. */
const MOST_LEDGER_MS = 5_000;

/** Keeps what a tenant's client says of an answer in the tenant's ledger. What it makes never throws. */
export function createFeedbackRecorder(ports: {
	readonly ledgerOf: (tenant: string) => Pick<TenantLedgerPort, "recordFeedback">;
	readonly clock: Pick<Clock, "setTimer">;
	readonly logFault: (fault: string, facts: Readonly<Record<string, string>>) => void;
}): (tenant: string, feedback: Feedback) => Promise<Result<FeedbackRecorded, FeedbackRefusal | "unavailable">> {
	const { ledgerOf, clock, logFault } = ports;
	return async (tenant, feedback) => {
		try {
			const recorded = await settledWithin(ledgerOf(tenant).recordFeedback(feedback), MOST_LEDGER_MS, clock);
			if (recorded !== undefined) return recorded;
			logFault("feedback-not-recorded", { tenant, reason: "no answer in time" });
		} catch (error) {
			logFault("feedback-not-recorded", { tenant, reason: String(error) });
		}
		return err("unavailable");
	};
}
