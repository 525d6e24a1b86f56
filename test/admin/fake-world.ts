import { createHash } from "node:crypto";
import { createLocalJWKSet } from "jose";
import { createAccessVerifier } from "../../src/admin/access-token.ts";
import { createAdminApp } from "../../src/admin/admin-app.ts";
import { createDocumentReader } from "../../src/admin/document-files.ts";
import type { AdminPorts } from "../../src/admin/admin-ports.ts";
import { TenantLookUps } from "../../src/admin/tenant-look-ups.ts";
import { formatOperatorKey } from "../../src/admin/operator-key.ts";
import type { TenantLedgerPort } from "../../src/core/ledger/ledger-ports.ts";
import { err, ok, type Result } from "../../src/core/result.ts";
import type { EvidenceLedgerPort } from "../../src/core/evidence/evidence-ports.ts";
import { evidenceLedgerName } from "../../src/core/published-records.ts";
import { createInMemoryEvidence } from "../support/in-memory-evidence.ts";
import { createInMemoryLedger } from "../support/in-memory-ledger.ts";
import { createInMemoryRegistry } from "../support/in-memory-registry.ts";
import { AUDIENCE, createAccessTokens, TEAM_DOMAIN } from "./access-tokens.ts";
import { documentAssets } from "./document-assets.ts";
import type { AdminWorld } from "./admin-world.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** The admin API over fakes, with what it logged. */
export interface FakeWorld extends AdminWorld {
	readonly ports: AdminPorts;
	readonly faults: { readonly fault: string; readonly facts: Readonly<Record<string, string>> }[];
	readonly ledgers: Map<string, TenantLedgerPort>;
}

/** `changes` replaces ports; `notConfigured` says what is missing. */
export async function createFakeWorld(
	changes: Partial<AdminPorts> = {},
	notConfigured: string | null = null,
): Promise<FakeWorld> {
	const access = await createAccessTokens();
	const ledgers = new Map<string, TenantLedgerPort>();
	const evidence = new Map<string, EvidenceLedgerPort>();
	const faults: FakeWorld["faults"] = [];
	const operatorKey = formatOperatorKey(crypto.getRandomValues(new Uint8Array(32)));
	const now = () => Date.now();
	const ports: AdminPorts = {
		lookUps: new TenantLookUps(),
		ledgerOf(tenant) {
			const ledger = ledgers.get(tenant) ?? createInMemoryLedger(now);
			ledgers.set(tenant, ledger);
			return ledger;
		},
		evidenceLedgerOf(address) {
			const name = evidenceLedgerName(address);
			const ledger = evidence.get(name) ?? createInMemoryEvidence(address, now);
			evidence.set(name, ledger);
			return ledger;
		},
		registry: createInMemoryRegistry(now),
		operatorKeyHashes: new Set([sha256(operatorKey)]),
		verifyAccess: createAccessVerifier({
			teamDomain: TEAM_DOMAIN,
			audience: AUDIENCE,
			keys: createLocalJWKSet(access.keySet),
		}),
		originRules: { hosts: [], allowLoopback: false },
		hasRateTier: (tier) => tier === "standard",
		sha256Hex: async (text) => sha256(text),
		randomKeyBytes: () => crypto.getRandomValues(new Uint8Array(32)),
		now,
		...changes,
	};
	const configured: Result<AdminPorts, string> = notConfigured === null ? ok(ports) : err(notConfigured);
	const app = createAdminApp(
		() => configured,
		() => createDocumentReader(documentAssets),
		(fault, facts) => faults.push({ fault, facts }),
	);
	return {
		fetch: async (request) => app.fetch(request, {}),
		operatorKey,
		access,
		ledgerOf: ports.ledgerOf,
		ports,
		faults,
		ledgers,
	};
}
