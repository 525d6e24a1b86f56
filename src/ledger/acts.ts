import type { JsonObject } from "../core/json.ts";
import type { Actor, LedgerRefusal } from "../core/ledger/ledger-ports.ts";
import { err, type Result } from "../core/result.ts";

/** Who acts, and when. */
export interface ActContext {
	readonly actor: Actor;
	/** Milliseconds since the Unix epoch. */
	readonly now: number;
}

/** What an act came to: the answer, and what the audit trail says of it beside what was asked for. */
export type ActResult<Value> = Result<{ readonly value: Value; readonly detail: JsonObject }, LedgerRefusal>;

const MOST_REASON_CHARACTERS = 500;

/** A reason as it is kept: without space around it, and no longer than 500 characters. */
export function keptReason(reason: string): string {
	const kept = Array.from(reason.trim().slice(0, 2 * MOST_REASON_CHARACTERS));
	return kept.slice(0, MOST_REASON_CHARACTERS).join("");
}

/** A refusal for one thing wrong with what was asked. */
export function invalid(path: string, message: string): { readonly ok: false; readonly error: LedgerRefusal } {
	return err({ kind: "invalid", problems: [{ path, message }] });
}
