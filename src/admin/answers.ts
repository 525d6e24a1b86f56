import type { LedgerRefusal, TenantLedgerPort } from "../core/ledger/ledger-ports.ts";
import { err, ok, type Result } from "../core/result.ts";
import { ledgerRefusal, type AdminRefusal } from "./admin-reply.ts";
import type { AdminSuccess } from "./define-route.ts";

/** The answer of a route that sends what a ledger answered. */
export function answer<Value>(
	result: Result<Value, LedgerRefusal>,
	more: (value: Value) => Omit<AdminSuccess<Value>, "body"> = () => ({}),
): Result<AdminSuccess<Value>, AdminRefusal> {
	return result.ok ? ok({ body: result.value, ...more(result.value) }) : err(ledgerRefusal(result.error));
}

/** The same for what writes a policy: its revision is the reply's, and what does not fit is the policy. */
export function revisionAnswer<Value extends { readonly revision: number }>(
	result: Result<Value, LedgerRefusal>,
): Result<AdminSuccess<Value>, AdminRefusal> {
	if (!result.ok) return err(ledgerRefusal(result.error, "invalid_policy"));
	const { revision } = result.value;
	return ok({ body: result.value, revision: revision > 0 ? revision : undefined });
}

/** The answer of a route that reads a list: a ledger without a tenant has empty ones, which would look like a tenant's. */
export async function answerOfTenant<Value>(
	ledger: TenantLedgerPort,
	read: Promise<Value>,
): Promise<Result<AdminSuccess<Value>, AdminRefusal>> {
	const [state, body] = await Promise.all([ledger.state(), read]);
	return state.ok ? ok({ body }) : err(ledgerRefusal(state.error));
}
