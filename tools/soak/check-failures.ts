import type { Received } from "./client.ts";
import type { FarSideReport } from "./far-side/report.ts";
import type { SoakRequest } from "./requests.ts";

/** Which codes a failure may have after each fault; none after those that do not keep an answer from being whole. */
const CODES_OF: Readonly<Record<string, readonly string[]>> = {
	reset: ["origin_unavailable"],
	"status-500": ["upstream_error"],
	"status-503": ["upstream_error"],
	outage: ["upstream_error"],
	"status-429": ["rate_limit_exceeded"],
	hang: ["upstream_timeout"],
	"truncated-json": ["upstream_invalid", "upstream_broken_off"],
	"broken-off": ["upstream_broken_off"],
	html: ["upstream_invalid"],
};

/** A failed answer that is to be explained. */
export interface FailedAnswer {
	readonly sent: SoakRequest;
	readonly received: Received;
	readonly code: string | null;
	/** An upstream's breaker was open. */
	readonly wasResting: boolean;
}

/**
 * Why a failure was to be expected; null where nothing explains it. `ownFaultOf`: what the Worker says has befallen a request, by its
 * id. A machine whose disk stands still for two seconds answers no claim of an idempotency key, and then nothing may be run.
 */
export function explainFailure(
	{ sent, received, code, wasResting }: FailedAnswer,
	{ faultsOf }: Pick<FarSideReport, "faultsOf">,
	ownFaultOf: ReadonlyMap<string, string>,
): string | null {
	if (code === null) return null;
	if (wasResting) return "circuit-open";
	if (code === "insufficient_quota") return sent.tenant === "thrifty" ? "budget" : null;
	if (code === "idempotency_in_progress") return "idempotency-key" in sent.headers ? "repeated" : null;
	if (code === "idempotency_record_unavailable") {
		const fault = ownFaultOf.get(String(received.headers["x-request-id"]));
		return fault === "idempotency-record-unavailable" ? fault : null;
	}
	const befell = sent.markers.flatMap((marker) => faultsOf[marker] ?? []);
	return befell.find((kind) => CODES_OF[kind]?.includes(code)) ?? null;
}
