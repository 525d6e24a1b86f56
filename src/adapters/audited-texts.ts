import QuickLRU from "quick-lru";
import type { Clock } from "../cascade/ports.ts";
import { LONGEST_TEXT, type AuditedText, type AuditedTextLedgerPort } from "../core/evidence/audited-text.ts";
import type { EvidenceAddress } from "../core/evidence/evidence-entry.ts";
import { evidenceLedgerName } from "../core/published-records.ts";
import { settledWithin } from "../web/settled-within.ts";

/** An isolate gives away at most one text of a configuration in so long. */
const CHOSEN_EVERY_MS = 10_000;
/** And one of accepted answers, or of escalated ones, in so long: neither takes every place, however much more there is of it. */
const SAME_KIND_EVERY_MS = 20_000;
/** How long a ledger may take; nobody waits for it. */
const MOST_LEDGER_MS = 5_000;
const MOST_CONFIGURATIONS = 2_000;
const HOUR_MS = 3_600_000;

/** What giving texts to their ledger needs of its surroundings. */
export interface AuditedTextPorts {
	/** A stub for each use: one belongs to the request that made it. May throw where there are no ledgers. */
	readonly ledgerOf: (address: EvidenceAddress) => Pick<AuditedTextLedgerPort, "keepText">;
	readonly clock: Clock;
	/** Keeps the running request's invocation alive until the promise settles; the runtime's own. */
	readonly waitUntil: (promise: Promise<unknown>) => void;
	readonly logFault: (fault: string, facts: Readonly<Record<string, string | number>>) => void;
}

/** A text before it is known when it has to go. */
export type UndatedText = Omit<AuditedText, "expiresAt">;

/** Where texts of audited answers go, straight to their ledger: they are in no queue and no log. Nothing of it throws. */
export interface AuditedTexts {
	/** What takes the text of a row whose verdict is not known yet; null where this one is not kept. Time alone decides. */
	readonly choose: (
		address: EvidenceAddress,
		hours: number,
		served: AuditedText["served"],
	) => ((text: UndatedText) => void) | null;
}

/** When a configuration's last texts were chosen. */
type Chosen = Readonly<Record<AuditedText["served"], number>>;

/** The texts of one isolate. What cannot be given is logged as a fault, without it. */
export function createAuditedTexts({ ledgerOf, clock, waitUntil, logFault }: AuditedTextPorts): AuditedTexts {
	const chosen = new QuickLRU<string, Chosen>({ maxSize: MOST_CONFIGURATIONS });

	const give = async (address: EvidenceAddress, text: AuditedText): Promise<void> => {
		const { tenant, cascade } = address;
		try {
			const given = await settledWithin(ledgerOf(address).keepText({ address, text }), MOST_LEDGER_MS, clock);
			if (given === undefined) logFault("audited-text-not-given", { tenant, cascade, reason: "no answer in time" });
		} catch (error) {
			logFault("audited-text-not-given", { tenant, cascade, reason: error instanceof Error ? error.name : "unknown" });
		}
	};

	return {
		choose(address, hours, served) {
			const name = evidenceLedgerName(address);
			const now = clock.now();
			const last = chosen.get(name) ?? { accepted: Number.NEGATIVE_INFINITY, escalated: Number.NEGATIVE_INFINITY };
			if (now - Math.max(last.accepted, last.escalated) < CHOSEN_EVERY_MS) return null;
			if (now - last[served] < SAME_KIND_EVERY_MS) return null;
			chosen.set(name, { ...last, [served]: now });
			return (undated) => {
				const text = { ...withinLength(undated), expiresAt: undated.at + hours * HOUR_MS };
				waitUntil(give(address, text));
			};
		},
	};
}

function withinLength(text: UndatedText): UndatedText {
	const bytes = text.text === null ? 0 : new TextEncoder().encode(JSON.stringify(text.text)).length;
	return bytes > LONGEST_TEXT ? { ...text, text: null } : text;
}
