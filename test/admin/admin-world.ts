import type { KeyScope, TenantLedgerPort } from "../../src/core/ledger/ledger-ports.ts";
import { exampleObservation } from "../core/ledger/observations.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { policyAt, SAMPLE_REQUEST, type SampleIds } from "./samples.ts";

/** An admin API to ask, over fakes or over the real ledgers. */
export interface AdminWorld {
	readonly fetch: (request: Request) => Promise<Response>;
	/** Deployed with the Worker. */
	readonly operatorKey: string;
	readonly access: AccessTokens;
	/** As the queue's consumer has it. */
	readonly ledgerOf: (tenant: string) => Pick<TenantLedgerPort, "recordObservations">;
}

/** A reply as far as tests look at it. */
export interface AdminAnswer {
	readonly status: number;
	readonly headers: Headers;
	// The parts that a test looks at say themselves what they are.
	readonly body: any; // oxlint-disable-line typescript/no-explicit-any
}

export interface AskOptions {
	readonly key?: string | undefined;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: unknown;
	/** Sent as it is, in place of `body`. */
	readonly text?: string;
}

/** Asks a path under `/admin/v1`, as the operator unless another key is given. */
export async function ask(
	world: AdminWorld,
	method: string,
	path: string,
	options: AskOptions = {},
): Promise<AdminAnswer> {
	const { key = world.operatorKey, headers = {}, body, text } = options;
	const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
	const response = await world.fetch(
		new Request(`https://edge.example/admin/v1${path}`, {
			method,
			headers: {
				...(key === "" ? {} : { authorization: `Bearer ${key}` }),
				...(content === undefined ? {} : { "content-type": "application/json" }),
				...headers,
			},
			...(content === undefined ? {} : { body: content }),
		}),
	);
	return { status: response.status, headers: response.headers, body: await response.json() };
}

/** Who asks, by the headers they send. */
export interface Callers {
	readonly ids: SampleIds;
	readonly keys: Readonly<
		Record<"inference" | "reader" | "admin" | "otherAdmin" | "otherInference" | "revokedAdmin" | "operator", string>
	>;
}

/** Makes a tenant through the API: at revision 2, a canary on revision 1, keys of every kind, a request of two texts; and another tenant with keys. */
export async function createCallers(world: AdminWorld): Promise<Callers> {
	const tenant = `t-${crypto.randomUUID()}`;
	const other = `o-${crypto.randomUUID()}`;
	const made = async (method: string, path: string, options: AskOptions) => {
		const reply = await ask(world, method, path, options);
		if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
		return reply.body;
	};
	const keyOf = (of: string, scopes: readonly KeyScope[]) =>
		made("POST", `/tenants/${of}/keys`, { body: { name: scopes.join(), scopes } });

	// The one that the samples' policies name.
	await made("PUT", "/origins/main", { body: { baseUrl: "https://main.example.com/v1" } });
	await made("POST", "/tenants", { body: { tenant, name: "Example" } });
	await made("POST", "/tenants", { body: { tenant: other } });
	await made("PUT", `/tenants/${tenant}/policy`, { headers: { "if-none-match": "*" }, body: policyAt(0.7) });
	await made("PUT", `/tenants/${tenant}/policy`, { headers: { "if-match": '"1"' }, body: policyAt(0.8) });
	await made("PUT", `/tenants/${tenant}/policy/canary`, { body: { revision: 1, share: 0.1, reason: "try" } });
	const requests = [0, 1].map((item) =>
		exampleObservation({ tenant, requestId: SAMPLE_REQUEST, item, at: Date.now(), endpoint: "classifications" }),
	);
	await world.ledgerOf(tenant).recordObservations(requests);
	const origin = `o-${crypto.randomUUID()}`;
	await made("PUT", `/origins/${origin}`, { body: { baseUrl: "https://gpu.example.com/v1" } });
	const spare = await keyOf(tenant, ["inference"]);
	const revoked = await keyOf(tenant, ["admin"]);
	await made("DELETE", `/tenants/${tenant}/keys/${revoked.id}`, {});
	const spareOperator = await made("POST", "/operator-keys", { body: { name: "Spare" } });
	const operator = await made("POST", "/operator-keys", { body: { name: "Ada" } });
	return {
		ids: { tenant, keyId: spare.id, operatorKeyId: spareOperator.id, origin },
		keys: {
			inference: (await keyOf(tenant, ["inference"])).key,
			reader: (await keyOf(tenant, ["read"])).key,
			admin: (await keyOf(tenant, ["admin"])).key,
			otherAdmin: (await keyOf(other, ["admin", "read", "inference"])).key,
			otherInference: (await keyOf(other, ["inference"])).key,
			revokedAdmin: revoked.key,
			operator: operator.key,
		},
	};
}

/** A world that tests ask, each with callers of its own. */
export interface AskedWorld {
	readonly world: () => AdminWorld;
	readonly callers: () => Callers;
	/** Asks as the operator unless another key is given. */
	readonly send: (method: string, path: string, options?: AskOptions) => Promise<AdminAnswer>;
}
