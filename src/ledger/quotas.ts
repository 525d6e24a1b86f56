import type { LedgerRefusal } from "../core/ledger/ledger-ports.ts";
import { err } from "../core/result.ts";
import type { ActContext } from "./acts.ts";
import type { TenantStores } from "./tenant-stores.ts";

/**
 * How much a tenant may make a ledger hold. A Durable Object holds 10 GB, and its lists are read whole in one message;
 * a tenant's admin must not be able to fill the one or to make the other too long.
 */
export interface TenantQuotas {
	/** Keys that open something, for operators' acts as well. */
	readonly liveKeys: number;
	/** The rest is for the acts of a tenant's keys alone; an operator may go on. Keys of any age, revoked ones too. */
	readonly keys: number;
	/** Revisions of the policy; at 512 KiB each, half of what a ledger holds. */
	readonly revisions: number;
	/** Acts in a day of UTC that changed something, after which nothing more may be added on that day. */
	readonly changesADay: number;
	/** Acts in a day of UTC that were refused or changed nothing and have entries of their own in the audit trail. */
	readonly idleActsADay: number;
	/**
	 * Bytes of a database above which the oldest identities of what was counted are forgotten, so that counting goes on:
	 * of a ledger's 10 GB there is room left for two busy days and all that is no identity.
	 */
	readonly databaseBytes: number;
}

/** Production's. */
export const TENANT_QUOTAS: TenantQuotas = {
	liveKeys: 1_000,
	keys: 10_000,
	revisions: 10_000,
	changesADay: 2_000,
	idleActsADay: 200,
	databaseBytes: 6_000_000_000,
};

/**
 * What an act adds. `key-in-place`: a key for one that opens nothing from the same moment on; `candidate`: a policy to be
 * tried, with the current one once more.
 */
type Added = "key" | "key-in-place" | "revision" | "candidate" | "canary";

const REVISIONS: Readonly<Record<Added, number>> = {
	key: 0,
	"key-in-place": 0,
	revision: 1,
	candidate: 2,
	canary: 0,
};

/** Why nothing of this kind may be added now; undefined where it may. Taking away is never refused. */
export function quotaRefusal(
	{ keys, revisions, daily, quotas }: TenantStores,
	{ actor, now }: ActContext,
	added: Added,
): { readonly ok: false; readonly error: LedgerRefusal } | undefined {
	if (added === "key" && keys.countLive(now) >= quotas.liveKeys)
		return refusal(
			`A tenant has at most ${quotas.liveKeys} working keys: revoke those that nobody uses, or rotate one without an overlap.`,
		);
	if (actor.kind !== "tenant-key") return undefined;
	if ((added === "key" || added === "key-in-place") && keys.count() >= quotas.keys)
		return refusal(`The tenant has had ${quotas.keys} keys: only an operator makes more.`);
	if (REVISIONS[added] > 0 && (revisions.current() ?? 0) + REVISIONS[added] > quotas.revisions)
		return refusal(
			`The policy may have ${quotas.revisions} revisions by the tenant's keys: only an operator makes more.`,
		);
	if (daily.changes(now) >= quotas.changesADay)
		return refusal(
			`The tenant's keys have made ${quotas.changesADay} changes today (UTC): only an operator makes more.`,
		);
	return undefined;
}

function refusal(message: string) {
	return err<LedgerRefusal>({ kind: "not-applicable", message });
}
