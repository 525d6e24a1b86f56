import QuickLRU from "quick-lru";
import type { Clock } from "../cascade/ports.ts";
import { isOutage, type StageFailure } from "../core/stage-failure.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";
import type { UpstreamGuards } from "./upstream-guard.ts";

/** For so long after its failure a stage is taken to be down; each probe that fails doubles it, up to the most. */
export const DOWN_MS = 10_000;
const MOST_DOWN_MS = 300_000;

const MOST_STAGES = 2_000;

interface Outage {
	readonly until: number;
	readonly pauseMs: number;
}

/** What one isolate knows of last stages, each as one tenant asks it: nobody's short time limit speaks for others. */
export interface UpstreamHealth {
	readonly isDown: (tenant: string, stage: StagePolicy) => boolean;
	/** Null: it answered. */
	readonly note: (tenant: string, stage: StagePolicy, failure: StageFailure | null) => void;
}

/**
 * Remembers for a while which stages have failed. An audit that fails counts as a wrong answer, as one that fails could be
 * hiding one; so while the last stage is known to be down no audits are drawn, lest an outage looks like a small model
 * that has become worse.
 */
export function createUpstreamHealth(
	clock: Pick<Clock, "now">,
	guards: Pick<UpstreamGuards, "isDown"> = { isDown: () => false },
): UpstreamHealth {
	const outages = new QuickLRU<string, Outage>({ maxSize: MOST_STAGES });
	const keyOf = (tenant: string, { adapter, origin, model }: StagePolicy) =>
		JSON.stringify([tenant, adapter, origin, model]);
	return {
		isDown: (tenant, stage) =>
			guards.isDown(stage, tenant) ||
			(outages.size > 0 && clock.now() < (outages.get(keyOf(tenant, stage))?.until ?? 0)),
		note(tenant, stage, failure) {
			if (failure === null && outages.size === 0) return;
			const key = keyOf(tenant, stage);
			if (failure === null) {
				outages.delete(key);
				return;
			}
			if (!isOutage(failure.kind)) return;
			const now = clock.now();
			const known = outages.get(key);
			// Calls that fail while it is known to be down are not probes: many fail at once.
			const isProbe = known !== undefined && now >= known.until;
			const pauseMs = isProbe ? Math.min(MOST_DOWN_MS, 2 * known.pauseMs) : (known?.pauseMs ?? DOWN_MS);
			outages.set(key, { until: Math.max(known?.until ?? 0, now + (isProbe ? pauseMs : DOWN_MS)), pauseMs });
		},
	};
}
