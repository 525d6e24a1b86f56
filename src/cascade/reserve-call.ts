import type { ChatRequest, TokenUsage } from "../core/completion.ts";
import { costOfUsage, type Price } from "../core/cost.ts";
import { estimatedTokens } from "../core/gate.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { Deadline } from "./deadline.ts";
import type { Reservation, Spending } from "./ports.ts";

/** What a call costs at worst. */
interface WorstCase {
	readonly price: Price;
	readonly request: ChatRequest;
	/** In all choices together. */
	readonly outputTokens: number;
}

/** Of a tenant without a budget. */
export const UNLIMITED: Reservation = { settle: () => {} };

/**
 * A request as its stages are asked it. Under a budget it is bounded although its client set no limit, since what is
 * set aside for a call must be the most that it can cost; without one it stays as it is.
 */
export function boundedRequest(
	request: ChatRequest,
	maxOutputTokens: number,
	spending: Spending | undefined,
): ChatRequest {
	return spending === undefined || request.maxOutputTokens !== undefined ? request : { ...request, maxOutputTokens };
}

/**
 * Sets aside the worst case of a call: the prompt as it is estimated and all the output that may be asked for, at the
 * call's price. Fails where the budget does not cover it, or where nobody waits for the call any more.
 */
export function reserveCall(
	spending: Spending,
	{ price, request, outputTokens }: WorstCase,
	deadline: Deadline,
): Promise<Result<Reservation, StageFailure>> {
	return reserveUsage(spending, price, { inputTokens: estimatedTokens(request), outputTokens }, deadline);
}

/** Likewise, for a call that can take no more tokens than these. */
export async function reserveUsage(
	spending: Spending,
	price: Price,
	most: TokenUsage,
	deadline: Deadline,
): Promise<Result<Reservation, StageFailure>> {
	const asked = spending.reserve(costOfUsage(price, most));
	const reservation = asked instanceof Promise ? await unlessOver(asked, deadline) : asked;
	if (reservation === null) return err({ kind: "budget-exhausted" });
	if (reservation !== undefined && !deadline.signal.aborted) return ok(reservation);
	reservation?.settle(0);
	return err({ kind: "aborted" });
}

/** A reservation that comes when nobody waits for it any more is given back. */
async function unlessOver(
	asked: Promise<Reservation | null>,
	deadline: Deadline,
): Promise<Reservation | null | undefined> {
	const inTime = await deadline.race(asked);
	if (inTime === undefined) void asked.then((late) => late?.settle(0));
	return inTime;
}
