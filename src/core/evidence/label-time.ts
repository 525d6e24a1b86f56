import type { Cascade, PolicyProblem, TenantPolicy } from "../tenant-policy.ts";

/** A ledger of evidence closes ten seconds of arrivals so long after their end; a label that comes later counts as wrong. */
export const BUCKET_CLOSES_AFTER_MS = 60_000;

/** What an audit may take in all, with its labeller, and a labeller that asks a model; an invocation lives for 30 s after its answer has gone. */
export const AUDIT_MS = 25_000;

/** What the queue may keep a label: messages are gathered for a second, and batches for up to five. */
const QUEUE_MS = 5_000;

/**
 * The latest at which the answer to a request may be there so that its label comes in time for the evidence, in milliseconds
 * after the request: 55 s, and 30 s where a model labels, which may take 25 s more.
 */
function answersWithinMs({ labeller: { kind } }: Pick<Cascade, "labeller">): number {
	return BUCKET_CLOSES_AFTER_MS - QUEUE_MS - (kind === "judge" || kind === "similarity" ? AUDIT_MS : 0);
}

/**
 * Time limits under which a guaranteed cascade may go without a certificate: an answer that takes longer than its label can wait
 * for is served, and counts as wrong. A warning, since it is about answers that are as slow as they may be, not about all.
 */
export function labelTimeWarnings({ cascades }: Pick<TenantPolicy, "cascades">): PolicyProblem[] {
	return Object.entries(cascades).flatMap(([alias, cascade]) => {
		const [first] = cascade.stages;
		if (first?.guarantee === undefined) return [];
		const warnings: PolicyProblem[] = [];
		const warn = (field: string, most: number, what: string) =>
			warnings.push({
				path: `cascades.${alias}.${field}`,
				message: `${what} after more than ${most} ms gets its label too late for the guarantee's evidence, and counts as wrong; where many do, nothing is certified`,
			});
		const most = answersWithinMs(cascade);
		if (cascade.timeoutMs > most) warn("timeoutMs", most, "an answer that comes");
		// The audit of an accepted answer begins when that is there, and asks the last stage.
		const accepted = BUCKET_CLOSES_AFTER_MS - QUEUE_MS - AUDIT_MS;
		if ((first.timeoutMs ?? 0) > accepted) warn("stages[0].timeoutMs", accepted, "an accepted answer that comes");
		return warnings;
	});
}
