import type { PolicyDocument } from "../../admin/client-types.ts";
import { ok } from "../../core/result.ts";
import type { AdminClient } from "../api/admin-client.ts";
import { useResource, type Resource } from "../api/use-resource.ts";
import type { Session } from "./session.ts";

/** The tenants that somebody may choose from, by name. */
export function useTenants(admin: AdminClient, session: Session): Resource<readonly string[]> {
	return useResource(session.tenant ?? "*", async () => {
		if (session.tenant !== null) return ok([session.tenant]);
		const names: string[] = [];
		let after: string | null = null;
		do {
			const page: Awaited<ReturnType<typeof nextPage>> = await nextPage(admin, after);
			if (!page.ok) return page;
			names.push(...page.value.body.items.map(({ tenant }) => tenant));
			after = page.value.body.next;
		} while (after !== null);
		return ok(names);
	});
}

function nextPage(admin: AdminClient, after: string | null) {
	return admin.call("tenants.list", { query: after === null ? {} : { after } });
}

/** A tenant's policy and its revision; both null where there is none yet. */
export interface CurrentPolicy {
	readonly policy: PolicyDocument | null;
	readonly revision: number | null;
}

/** The policy of a tenant, as it is now. */
export function usePolicy(admin: AdminClient, tenant: string | null): Resource<CurrentPolicy> {
	return useResource<CurrentPolicy>(tenant, async () => {
		const state = await admin.call("tenants.get", { parameters: { tenant: tenant ?? "" } });
		if (!state.ok) return state;
		// Asked for first, since a policy that is not there is a 404, which browsers complain of.
		if (state.value.body.revision === null) return ok({ policy: null, revision: null });
		const answer = await admin.call("policy.get", { parameters: { tenant: tenant ?? "" } });
		return answer.ok ? ok({ policy: answer.value.body, revision: answer.value.revision }) : answer;
	});
}
