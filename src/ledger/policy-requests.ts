import type { CanaryState, RevisionWritten, TenantLedgerPort } from "../core/ledger/ledger-ports.ts";
import { keptReason } from "./acts.ts";
import type { Act } from "./ledger-transactions.ts";
import { endCanary, putPolicy, rollback, startCanary, startCanaryOf } from "./policy-acts.ts";
import { quotaRefusal } from "./quotas.ts";
import type { TenantStores } from "./tenant-stores.ts";

type Input<Method extends keyof TenantLedgerPort> = Parameters<TenantLedgerPort[Method]>[0];
type Written = Act<Omit<RevisionWritten, "publication">>;

/** What is asked of a tenant's policy, as acts: their names, what the audit trail says of them, and their quotas. */
export const policyRequests = {
	put(stores: TenantStores, { actor, ...input }: Input<"putPolicy">): Written {
		const { expected, reason, cause } = input;
		return {
			name: `policy.${cause}`,
			actor,
			asked: { expected, reason: keptReason(reason) },
			work: (context) => quotaRefusal(stores, context, "revision") ?? putPolicy(stores, input, context),
		};
	},
	rollback(stores: TenantStores, { actor, ...input }: Input<"rollback">): Written {
		const { to, expected, reason } = input;
		return {
			name: "policy.rollback",
			actor,
			asked: { to, expected, reason: keptReason(reason) },
			work: (context) => quotaRefusal(stores, context, "revision") ?? rollback(stores, input, context),
		};
	},
	startCanary(stores: TenantStores, { actor, ...input }: Input<"startCanary">): Act<CanaryState> {
		const { revision, expected, share, reason } = input;
		return {
			name: "canary.start",
			actor,
			asked: { revision, ...(expected === undefined ? {} : { expected }), share, reason: keptReason(reason) },
			work: (context) => quotaRefusal(stores, context, "canary") ?? startCanary(stores, input, context),
		};
	},
	startCanaryOf(stores: TenantStores, { actor, ...input }: Input<"startCanaryOf">): Act<CanaryState> {
		const { expected, share, reason } = input;
		return {
			name: "canary.start",
			actor,
			asked: { expected, share, reason: keptReason(reason) },
			work: (context) => quotaRefusal(stores, context, "candidate") ?? startCanaryOf(stores, input, context),
		};
	},
	endCanary(stores: TenantStores, { actor, ...input }: Input<"endCanary">): Written {
		return {
			name: input.promote ? "canary.promote" : "canary.drop",
			actor,
			asked: { reason: keptReason(input.reason) },
			// Dropping a canary adds nothing.
			work: (context) =>
				(input.promote ? quotaRefusal(stores, context, "revision") : undefined) ?? endCanary(stores, input, context),
		};
	},
};
