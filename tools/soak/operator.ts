import type { EvidenceReport } from "../../src/core/evidence/evidence-ports.ts";
import { GUARANTEED, POLICIES, TENANTS, type TenantName } from "./tenants.ts";

/** One row of a tenant's usage. */
interface UsageRow {
	readonly requests: number;
	readonly outcomes: Readonly<Record<string, number>>;
	readonly cost: { readonly usd: number; readonly unknown: number };
}

/** What an operator does by the admin API of the running Worker. */
export function createOperator(url: string, key: string) {
	const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
		const response = await fetch(`${url}/admin/v1${path}`, {
			method,
			headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
		return JSON.parse(text) as unknown;
	};
	return {
		/** Makes the origins, the tenants and their policies; a key of each. */
		async makeTenants(farSideUrl: string): Promise<Readonly<Record<TenantName, string>>> {
			for (const origin of ["origin-a", "origin-b"])
				await send("PUT", `/origins/${origin}`, { baseUrl: `${farSideUrl}/${origin}/v1` });
			const keys = await Promise.all(
				TENANTS.map(async (tenant) => {
					await send("POST", "/tenants", { tenant, name: tenant });
					const policy = { version: 1, ...POLICIES[tenant] };
					await send("PUT", `/tenants/${tenant}/policy`, policy, { "if-none-match": "*" });
					const made = await send("POST", `/tenants/${tenant}/keys`, { name: "soak", scopes: ["inference"] });
					return [tenant, (made as { readonly key: string }).key] as const;
				}),
			);
			return Object.fromEntries(keys) as Record<TenantName, string>;
		},
		/** What a tenant's ledger has counted since yesterday. */
		async usage(tenant: TenantName) {
			const [from, to] = [-1, 1].map((days) => new Date(Date.now() + days * 86_400_000).toISOString());
			const query = new URLSearchParams({ from: from as string, to: to as string, by: "hour" });
			const { rows } = (await send("GET", `/tenants/${tenant}/usage?${query}`)) as { readonly rows: UsageRow[] };
			const sum = (of: (row: UsageRow) => number) => rows.reduce((total, row) => total + of(row), 0);
			return {
				requests: sum(({ requests }) => requests),
				answered: sum(({ outcomes }) => outcomes["answered"] ?? 0),
				usd: sum(({ cost }) => cost.usd),
				unknownCosts: sum(({ cost }) => cost.unknown),
			};
		},
		evidence: async (): Promise<EvidenceReport> =>
			(await send("GET", `/tenants/${GUARANTEED.tenant}/cascades/${GUARANTEED.cascade}/evidence`)) as EvidenceReport,
	};
}

export type Operator = ReturnType<typeof createOperator>;
