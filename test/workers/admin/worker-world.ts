import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { formatOperatorKey } from "../../../src/admin/operator-key.ts";
import { sha256Hex } from "../../../src/adapters/kv-key-store.ts";
import { createWorker, type WholeBindings } from "../whole-worker.ts";
import type { TenantLedgerPort } from "../../../src/core/ledger/ledger-ports.ts";
import { AUDIENCE, createAccessTokens, TEAM_DOMAIN } from "../../admin/access-tokens.ts";
import { documentAssets } from "../../admin/document-assets.ts";
import type { AdminWorld } from "../../admin/admin-world.ts";

/** The admin API over the real ledgers, with what it has asked of other hosts. */
export interface WorkerWorld extends AdminWorld {
	readonly outbound: string[];
}

/** The Worker as production composes it; only Cloudflare Access's published keys come from here. */
export async function createWorkerWorld(changes: Partial<WholeBindings> = {}): Promise<WorkerWorld> {
	const access = await createAccessTokens();
	const operatorKey = formatOperatorKey(crypto.getRandomValues(new Uint8Array(32)));
	const outbound: string[] = [];
	vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
		const url = new Request(input).url;
		outbound.push(url);
		if (url === `https://${TEAM_DOMAIN}/cdn-cgi/access/certs`) return Response.json(access.keySet);
		throw new Error(`A test asked for ${url}.`);
	});
	const bindings: WholeBindings = {
		...(env as unknown as WholeBindings),
		ASSETS: documentAssets,
		OPERATOR_KEY_SHA256: await sha256Hex(operatorKey),
		ACCESS_TEAM_DOMAIN: TEAM_DOMAIN,
		ACCESS_AUD: AUDIENCE,
		...changes,
	};
	const worker = createWorker();
	return {
		async fetch(request) {
			const context = createExecutionContext();
			const response = await worker.fetch(request, bindings, context);
			await waitOnExecutionContext(context);
			return response;
		},
		operatorKey,
		access,
		ledgerOf: (tenant) => env.TENANT_LEDGER.getByName(tenant) as unknown as TenantLedgerPort,
		outbound,
	};
}
