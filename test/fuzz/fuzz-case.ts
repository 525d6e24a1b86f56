import type { FuzzedEndpoint } from "./endpoints.ts";
import { TEXT_MUTATIONS, writeJson } from "./mutate-text.ts";
import { VALUE_MUTATIONS, type Mutation } from "./mutate-body.ts";
import type { RandomSource } from "./random-source.ts";
import { validValue } from "./valid-value.ts";

/** One generated request. */
export interface FuzzCase {
	readonly endpoint: FuzzedEndpoint;
	/** What was done to the valid body, in order; nothing where it is valid. */
	readonly mutations: readonly Mutation[];
	readonly bytes: Uint8Array;
	readonly headers: Readonly<Record<string, string>>;
}

/** Headers that a client may send, wrong ones among them. */
const HEADERS: readonly Readonly<Record<string, string>>[] = [
	{},
	{},
	{},
	{ "x-cascade-route": "origin" },
	{ "x-cascade-route": "edge" },
	{ "x-cascade-route": "__proto__" },
	{ "x-request-id": "req_00000000-0000-0000-0000-000000000000" },
	{ "x-client-request-id": "x".repeat(2_000) },
	{ "x-tenant-id": "b", "openai-organization": "b", "openai-project": "b" },
	{ "idempotency-key": "__proto__" },
];

/** Two cases in ten are valid; five have something changed in the value, and three in its text. */
export function fuzzCase(endpoint: FuzzedEndpoint, random: RandomSource): FuzzCase {
	const body = validValue(endpoint.schema, random, endpoint.known) as Record<string, unknown>;
	// What two cases have in common must not be shared: a mutation changes it in place.
	const own = structuredClone(body);
	const headers = { ...endpoint.headers, ...random.pick(HEADERS) };
	const kind = random.whole(0, 9);
	if (kind < 2) return { endpoint, mutations: [], bytes: new TextEncoder().encode(writeJson(own)), headers };
	const mutations: Mutation[] = [];
	if (kind < 7) {
		const times = random.chance(0.75) ? 1 : random.whole(2, 4);
		for (let time = 0; time < times && Object.keys(own).length > 0; time++) {
			const mutation = VALUE_MUTATIONS[random.pick(Object.keys(VALUE_MUTATIONS))]!(own, random);
			mutations.push(mutation);
			// Several of these multiply.
			if (/^(?:giant|many|deep)/u.test(mutation.kind)) break;
		}
		return { endpoint, mutations, bytes: new TextEncoder().encode(writeJson(own)), headers };
	}
	const name = random.pick(Object.keys(TEXT_MUTATIONS));
	const bytes = TEXT_MUTATIONS[name]!(writeJson(own), random);
	return { endpoint, mutations: [{ kind: name, field: null }], bytes, headers };
}
