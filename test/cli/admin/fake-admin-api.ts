import { createHash, randomBytes } from "node:crypto";
import { createAdminApp } from "../../../src/admin/admin-app.ts";
import type { AdminPorts } from "../../../src/admin/admin-ports.ts";
import { TenantLookUps } from "../../../src/admin/tenant-look-ups.ts";
import { ok } from "../../../src/core/result.ts";
import { readText, startFakeServer, type FakeServer } from "../../support/fake-server.ts";
import { createInMemoryEvidence } from "../../support/in-memory-evidence.ts";
import { createInMemoryLedger, createRisingClock, type InMemoryLedger } from "../../support/in-memory-ledger.ts";
import { createInMemoryRegistry } from "../../support/in-memory-registry.ts";

/** The operator's key that is deployed with the fake. */
export const OPERATOR_KEY = "operator-key-of-the-tests";

/** A request as the fake received it. */
interface ReceivedRequest {
	readonly method: string;
	/** Path and query. */
	readonly url: string;
	readonly ifMatch: string | undefined;
	readonly authorization: string | undefined;
	/** The headers that Cloudflare Access takes. */
	readonly access: Readonly<Record<string, unknown>>;
}

/** The admin API's own routes over ledgers in memory, in this process. */
export interface FakeAdminApi extends FakeServer {
	readonly ledgerOf: (tenant: string) => InMemoryLedger;
	readonly requests: ReceivedRequest[];
}

/** Starts one without tenants and origins. `hosts`: where origins may be. */
export async function startFakeAdminApi(hosts: readonly string[] = []): Promise<FakeAdminApi> {
	const ledgers = new Map<string, InMemoryLedger>();
	const ledgerOf = (tenant: string): InMemoryLedger => {
		const ledger = ledgers.get(tenant) ?? createInMemoryLedger(createRisingClock());
		ledgers.set(tenant, ledger);
		return ledger;
	};
	const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
	const ports: AdminPorts = {
		lookUps: new TenantLookUps(),
		ledgerOf,
		evidenceLedgerOf: (address) => createInMemoryEvidence(address, () => Date.now()),
		registry: createInMemoryRegistry(createRisingClock()),
		operatorKeyHashes: new Set([sha256(OPERATOR_KEY)]),
		verifyAccess: null,
		originRules: { hosts, allowLoopback: false },
		hasRateTier: (tier) => tier === "standard",
		sha256Hex: async (text) => sha256(text),
		randomKeyBytes: () => randomBytes(32),
		now: () => Date.now(),
	};
	const app = createAdminApp<object>(
		() => ok(ports),
		() => async () => null,
		(fault, facts) => {
			throw new Error(`${fault}: ${JSON.stringify(facts)}`);
		},
	);
	const requests: ReceivedRequest[] = [];
	const server = await startFakeServer(async (request, response) => {
		const { method = "GET", url = "/", headers } = request;
		const body = await readText(request);
		const access = Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("cf-access-")));
		requests.push({ method, url, ifMatch: headers["if-match"], authorization: headers.authorization, access });
		const reply =
			url === "/healthz"
				? new Response('{"status":"ok"}')
				: await app.fetch(
						new Request(`http://fake${url}`, {
							method,
							headers: Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
							body: body === "" ? null : body,
						}),
						{},
					);
		response.writeHead(reply.status, Object.fromEntries(reply.headers));
		response.end(await reply.text());
	});
	return { ...server, ledgerOf, requests };
}
