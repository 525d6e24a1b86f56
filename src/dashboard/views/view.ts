import type { ComponentType, JSX } from "preact";
import type { PolicyDocument } from "../../admin/client-types.ts";
import type { AdminClient } from "../api/admin-client.ts";
import type { Route } from "../app/route.ts";

/** What every view is given. */
export interface ViewProps {
	readonly admin: AdminClient;
	readonly tenant: string;
	/** A cascade of the policy; empty where the tenant has no policy yet. */
	readonly cascade: string;
	/** The tenant's current policy; null where there is none. */
	readonly policy: PolicyDocument | null;
	/** The policy's revision, to be named by who changes it; null where there is none. */
	readonly revision: number | null;
	/** To be called after a change. */
	readonly reloadPolicy: () => void;
	readonly route: Route;
	/** An operator's key, or Access; a tenant's key may be refused what an operator's is not. */
	readonly isOperator: boolean;
}

/** One view: a folder of its own, which exports one of these, and a line in `all-views.ts`. */
export interface View {
	/** In the address: `#/tenant/cascade/name`. */
	readonly name: string;
	readonly title: string;
	/** One sentence under the title: what is to be seen here. */
	readonly about: string;
	readonly icon: () => JSX.Element;
	/** It has nothing to show before the tenant has a policy. */
	readonly needsCascade: boolean;
	readonly Component: ComponentType<ViewProps>;
}
