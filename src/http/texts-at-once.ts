import { describeMethod } from "../core/confidence/method.ts";
import type { Cascade } from "../core/tenant-policy.ts";

/**
 * An invocation may wait for the answers to so many calls at once; the runtime queues the others
 * (developers.cloudflare.com/workers/platform/limits, "Simultaneous open connections").
 */
const MOST_CONNECTIONS = 6;

/**
 * How many texts of a batch may run this cascade side by side, 1 to 6, so that no call is queued: its stage's time would
 * pass while it waits. A run needs a connection for its stage's answer, one for each sample taken beside it, and one for
 * a last stage that is asked at the same time. Several samples of one text may still be more than all.
 */
export function textsAtOnce({ stages, mode }: Cascade): number {
	const besideAnswer = stages.slice(0, -1).map(({ confidence }) => {
		const cost = confidence === undefined ? undefined : describeMethod(confidence);
		return cost?.latency === "beside-answer" ? cost.extraCalls : 0;
	});
	const ofOneText = 1 + Math.max(0, ...besideAnswer) + (mode === "parallel" && stages.length > 1 ? 1 : 0);
	return Math.max(1, Math.floor(MOST_CONNECTIONS / ofOneText));
}
