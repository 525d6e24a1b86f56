import type { Actor, LedgerRefusal } from "../core/ledger/ledger-ports.ts";
import { err } from "../core/result.ts";

/** That part of the state of evidence. */
interface Closure {
	isClosed: boolean;
	closedBy?: Actor["kind"];
}

/** Who has closed the evidence; null where nobody has. Of a closure of before that was noted: an operator, to be safe. */
export function closedBy({ isClosed, closedBy: kind }: Closure): Actor["kind"] | null {
	return isClosed ? (kind ?? "operator-key") : null;
}

/** Closes it. A tenant does not take an operator's place, and an operator takes a tenant's. */
export function close(state: Closure, { kind }: Actor): void {
	const before = closedBy(state);
	state.isClosed = true;
	state.closedBy = before === null || before === "tenant-key" ? kind : before;
}

/** Opens it again. */
export function reopen(state: Closure): void {
	state.isClosed = false;
	delete state.closedBy;
}

/** Why this actor may not open it again. */
export function mayNotReopen(
	state: Closure,
	{ kind }: Actor,
): { readonly ok: false; readonly error: LedgerRefusal } | undefined {
	const before = closedBy(state);
	if (kind !== "tenant-key" || before === null || before === "tenant-key") return undefined;
	return err({
		kind: "not-applicable",
		message: "An operator has closed this evidence: only an operator restarts it.",
	});
}
