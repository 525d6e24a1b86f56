import type { TokenUsage } from "../core/completion.ts";
import { costOfUsage, type Price } from "../core/cost.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { CallRecord, TrailEntry } from "../core/trail.ts";

/** What has happened to a request so far: every stage considered and every call made, in order. */
export interface RunRecord {
	readonly trail: TrailEntry[];
	readonly calls: CallRecord[];
}

/** A record with nothing in it yet. */
export function emptyRecord(): RunRecord {
	return { trail: [], calls: [] };
}

const NOTHING: TokenUsage = { inputTokens: 0, outputTokens: 0 };

/** Adds an answered call; a usage that the upstream did not report leaves the cost unknown. */
export function recordCall(
	record: RunRecord,
	call: Pick<CallRecord, "stage" | "model" | "purpose" | "ms">,
	price: Price,
	usage: TokenUsage | null,
): void {
	record.calls.push({ ...call, usage, costUsd: usage === null ? null : costOfUsage(price, usage) });
}

/** Adds a failed call. Nobody bills a request that was refused; one that was cut short may have cost anything. */
export function recordFailedCall(
	record: RunRecord,
	call: Pick<CallRecord, "stage" | "model" | "purpose" | "ms">,
	failure: StageFailure,
): void {
	const refused =
		failure.kind === "unreachable" ||
		failure.kind === "overloaded" ||
		failure.kind === "daily-allocation" ||
		failure.kind === "bad-request" ||
		failure.kind === "misconfigured" ||
		failure.kind === "upstream-error";
	record.calls.push(refused ? { ...call, usage: NOTHING, costUsd: 0 } : { ...call, usage: null, costUsd: null });
}
