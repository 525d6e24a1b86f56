import type { PolicyProblem, TenantPolicy } from "../tenant-policy.ts";

const RULE = "may be loosened by an operator alone";

/**
 * Where a policy would loosen what its operator limits the tenant by: a budget raised or removed, a rate tier changed
 * or removed. A tenant may tighten either, by a first or a smaller budget or a first tier; what a change of tier means,
 * only the operator's bindings say, so any counts as loosening. `before`: the policy in force; null where none is.
 */
export function loosenedLimits(before: TenantPolicy | null, after: TenantPolicy): readonly PolicyProblem[] {
	if (before === null) return [];
	const problems: PolicyProblem[] = [];
	const limit = before.budget?.usdPerDay ?? Infinity;
	if ((after.budget?.usdPerDay ?? Infinity) > limit) {
		problems.push({ path: after.budget === undefined ? "budget" : "budget.usdPerDay", message: RULE });
	}
	const { rateTier } = before.limits;
	if (rateTier !== undefined && after.limits.rateTier !== rateTier) {
		problems.push({ path: "limits.rateTier", message: RULE });
	}
	return problems;
}
