import { beforeAll, beforeEach } from "vitest";
import { ask, createCallers, type AdminWorld, type Callers } from "./admin-world.ts";
import { describeKeys } from "./key-suite.ts";
import { describePolicyOrigins } from "./policy-origins-suite.ts";
import { describePolicies } from "./policy-suite.ts";
import { describeRequests } from "./request-suite.ts";
import { describeTenants } from "./tenant-suite.ts";

/** What the routes do, over fakes and over the real ledgers alike. Each test has tenants of its own. */
export function describeRoutes(createWorld: () => Promise<AdminWorld>): void {
	let world: AdminWorld;
	let callers: Callers;
	beforeAll(async () => {
		world = await createWorld();
	});
	beforeEach(async () => {
		callers = await createCallers(world);
	});
	const asked = {
		world: () => world,
		callers: () => callers,
		send: (...[method, path, options]: [string, string, Parameters<typeof ask>[3]?]) =>
			ask(world, method, path, options),
	};
	describePolicies(asked);
	describePolicyOrigins(asked);
	describeKeys(asked);
	describeTenants(asked);
	describeRequests(asked);
}
