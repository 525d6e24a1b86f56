import type * as v from "valibot";
import { ADMIN_ROUTES } from "../../src/admin/routes.ts";
import { policy } from "../../src/core/policy-schema/policy.ts";
import type { FuzzedEndpoint } from "./endpoints.ts";
import { fuzzedPolicy } from "./fuzzed-policy.ts";
import type { RandomSource } from "./random-source.ts";
import type { KnownValues } from "./valid-value.ts";

/** Names that stand in the admin API's paths. */
export interface AdminNames {
	readonly tenant: string;
	readonly keyId: string;
	readonly origin: string;
	/** In what a body says of itself, so that it can be told whose it is. */
	readonly secret: string;
}

/**
 * Every admin operation that takes a body. A policy's route takes any object and lets the ledger judge it, so its bodies are made
 * from the policy's own schema, or spoiled from one that is right.
 */
export function adminEndpoints({ tenant, keyId, origin, secret }: AdminNames): readonly FuzzedEndpoint[] {
	const parameters: Readonly<Record<string, string>> = {
		tenant,
		id: keyId,
		name: origin,
		cascade: "shared",
		revision: "1",
	};
	return ADMIN_ROUTES.flatMap((route): FuzzedEndpoint[] => {
		if (!("body" in route)) return [];
		const path = route.path.replaceAll(/\{(\w+)\}/gu, (_whole, name: string) => parameters[name] ?? name);
		const isPolicy = route.operationId.startsWith("policy.") && route.operationId !== "policy.rollback";
		const contentType = "contentTypes" in route ? (route.contentTypes as readonly string[])[0] : "application/json";
		const written = fuzzedPolicy(secret, origin);
		return [
			{
				method: route.method,
				path: `/admin/v1${path}`,
				schema: (isPolicy ? policy : route.body) as v.GenericSchema,
				known: isPolicy ? fieldsOf(written) : KNOWN,
				headers: { "content-type": contentType ?? "application/json" },
			},
		];
	});
}

/** What rules between fields, or the length of a list, would mostly refuse. A canary has a revision or a policy, and never both. */
const KNOWN: KnownValues = {
	tenant: (random) => `made-${random.seed()}`,
	scopes: (random) => random.pick<unknown>([["inference"], ["read", "admin"]]),
	revision: (random) => random.whole(1, 4),
	expiresAt: () => null,
	policy: () => undefined,
	labels: () => [{ requestId: "req_1", wrong: true }],
	anchors: () =>
		Array.from({ length: 30 }, (_, index) => ({
			messages: [{ role: "user", content: `Is this spam? ${index}` }],
			edge: "spam",
			reference: "ham",
			wrong: index % 2 === 0,
		})),
};

/** Each field as it is in a policy that is right. */
function fieldsOf(written: ReturnType<typeof fuzzedPolicy>): KnownValues {
	return Object.fromEntries(Object.entries(written).map(([name, value]) => [name, () => structuredClone(value)]));
}

/** What a writer may say of the revision it has seen. */
export function precondition(random: RandomSource, current: string): Readonly<Record<string, string>> {
	if (random.chance(0.6)) return { "if-match": current };
	return random.pick<Readonly<Record<string, string>>>([
		{},
		{ "if-match": "*" },
		{ "if-match": '"1"' },
		{ "if-match": 'W/"1"' },
		{ "if-match": "__proto__" },
		{ "if-none-match": "*" },
		{ "if-match": '"999999999999999999999"' },
	]);
}
