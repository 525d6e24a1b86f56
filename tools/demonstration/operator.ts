import type { EvidenceReport } from "../../src/core/evidence/evidence-ports.ts";
import { EDGE_MODEL_PATH } from "../../src/local/demonstration/control.ts";
import { DEMO_TENANT } from "../../src/local/demo-records.ts";
import { LOCAL_OPERATOR_KEY } from "../../src/local/seed-demo.ts";
import type { EdgeModel } from "./population.ts";

/** What one row of usage says of money. */
export interface Money {
	readonly requests: number;
	readonly cost: { readonly usd: number };
	/** Net of audits. */
	readonly saved: { readonly usd: number };
	readonly audits: { readonly count: number; readonly usd: number };
}

/** The operator of the demonstration: what an operator does by the admin API, and the switch of the small model's weights. */
export function createOperator(url: string, cascade: string) {
	const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
		const response = await fetch(`${url}${path}`, {
			method,
			headers: { authorization: `Bearer ${LOCAL_OPERATOR_KEY}`, "content-type": "application/json" },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
		return JSON.parse(text) as unknown;
	};
	const evidence = `/admin/v1/tenants/${DEMO_TENANT}/cascades/${cascade}/evidence`;
	return {
		/** Null while there is none. */
		async report(): Promise<EvidenceReport | null> {
			try {
				return (await send("GET", evidence)) as EvidenceReport;
			} catch (error) {
				if (String(error).includes("answered 404")) return null;
				throw error;
			}
		},
		exported: () => send("GET", `${evidence}/export`),
		restart: (reason: string) => send("POST", `${evidence}/restart`, { reason }),
		answerBy: (model: EdgeModel) => send("PUT", EDGE_MODEL_PATH, { worse: model === "worse" }),
		/** Of the whole demonstration, whose clock may be ahead of this one. */
		async money(): Promise<Money> {
			const [from, to] = [Date.now() - 86_400_000, Date.now() + 3 * 86_400_000].map((at) => new Date(at).toISOString());
			const query = new URLSearchParams({ from: from as string, to: to as string, by: "day" });
			const { rows } = (await send("GET", `/admin/v1/tenants/${DEMO_TENANT}/usage?${query}`)) as {
				rows: (Money & { cascade: string })[];
			};
			const own = rows.filter((row) => row.cascade === cascade);
			const sum = (of: (row: Money) => number) => own.reduce((total, row) => total + of(row), 0);
			return {
				requests: sum(({ requests }) => requests),
				cost: { usd: sum(({ cost }) => cost.usd) },
				saved: { usd: sum(({ saved }) => saved.usd) },
				audits: { count: sum(({ audits }) => audits.count), usd: sum(({ audits }) => audits.usd) },
			};
		},
	};
}
