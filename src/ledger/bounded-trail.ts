import type { AuditEntry } from "../core/ledger/ledger-ports.ts";
import type { AuditTrail } from "./audit-trail.ts";
import type { DailyActs } from "./daily-acts.ts";
import type { TenantQuotas } from "./quotas.ts";

type NewEntry = Omit<AuditEntry, "sequence">;

/**
 * An audit trail that a tenant's keys cannot fill: of their acts that were refused, or changed nothing, so many a day
 * have entries of their own. The others are counted, and the first act of a later day adds an entry with their number.
 * Acts that changed something always have one, and so has everything that an operator does.
 */
export function boundedTrail(trail: AuditTrail, daily: DailyActs, quotas: TenantQuotas): AuditTrail {
	return {
		...trail,
		record(entry) {
			if (entry.actor.kind !== "tenant-key") return trail.record(entry);
			const kind = isIdle(entry) ? "idle" : "changes";
			const { today, before } = daily.add(entry.at, kind);
			const leftOut = (before?.idle ?? 0) - quotas.idleActsADay;
			if (before !== undefined && leftOut > 0)
				trail.record({
					at: entry.at,
					actor: { kind: "system", name: "ledger" },
					act: "audit.left-out",
					outcome: "done",
					detail: { day: before.day, acts: leftOut },
				});
			if (kind === "changes" || today.idle <= quotas.idleActsADay) trail.record(entry);
		},
	};
}

/** A canary that ends is a change, also where the policy stays as it is. */
function isIdle({ outcome, detail }: NewEntry): boolean {
	return outcome === "refused" || (detail["changed"] === false && detail["canary"] === undefined);
}
