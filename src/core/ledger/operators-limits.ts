import type { JsonObject } from "../json.ts";
import type { PolicyProblem, TenantPolicy } from "../tenant-policy.ts";
import { fieldOf, isLowerPrice, pricedModels } from "./priced-models.ts";

/**
 * Where a policy would loosen what its operator limits the tenant by: a budget raised or removed; under a budget, a
 * model that is charged to it at less than any price that it has, or that has none yet; a rate tier changed or removed.
 * A tenant may tighten each: by a first or a smaller budget, by a higher price, by a first tier; what a change of tier
 * means, only the operator's bindings say, so any counts as loosening.
 *
 * `before`: the document in force, null where none is. It is read field by field, as leases read it, since it binds also
 * where this version would not take it any more.
 */
export function loosenedLimits(before: JsonObject | null, after: TenantPolicy): readonly PolicyProblem[] {
	if (before === null) return [];
	const problems: PolicyProblem[] = [];
	const limit = fieldOf(before["budget"], "usdPerDay");
	if (typeof limit === "number") {
		if ((after.budget?.usdPerDay ?? Infinity) > limit)
			problems.push({
				path: after.budget === undefined ? "budget" : "budget.usdPerDay",
				message: "may be raised or removed by an operator alone",
			});
		problems.push(...cheaperModels(before, after));
	}
	const rateTier = fieldOf(before["limits"], "rateTier");
	if (rateTier !== undefined && after.limits.rateTier !== rateTier)
		problems.push({ path: "limits.rateTier", message: "may be changed or removed by an operator alone" });
	return problems;
}

/**
 * A budget is money by the policy's own prices, so whoever writes prices writes the budget. A model may keep any price
 * that it has somewhere in the document in force: a tenant can put requests there anyway.
 */
function cheaperModels(before: JsonObject, after: TenantPolicy): readonly PolicyProblem[] {
	const inForce = Map.groupBy(pricedModels(before), ({ model }) => model);
	return pricedModels(after).flatMap(({ path, model, price }): PolicyProblem[] => {
		const known = inForce.get(model);
		if (known === undefined)
			return [{ path, message: "is of a model without a price yet, which under a budget an operator alone sets" }];
		return known.every((each) => isLowerPrice(price, each.price))
			? [{ path, message: "may be lowered under a budget by an operator alone" }]
			: [];
	});
}
