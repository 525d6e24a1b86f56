import type { EvidenceAddress } from "../core/evidence/evidence-entry.ts";
import type { EvidenceLedgerPort } from "../core/evidence/evidence-ports.ts";
import type { OperatorRegistryPort } from "../core/ledger/registry-ports.ts";
import type { TenantLedgerPort } from "../core/ledger/ledger-ports.ts";
import type { AccessVerifier } from "./access-token.ts";
import type { PairLabeller } from "./check-anchors.ts";
import type { OriginRules } from "./origin-rules.ts";
import type { TenantLookUps } from "./tenant-look-ups.ts";

/** Everything the admin routes need of the outside; the composition root builds it, tests may build it otherwise. */
export interface AdminPorts {
	/** The ledger of a tenant of that name, whether or not there is such a tenant. */
	readonly ledgerOf: (tenant: string) => TenantLedgerPort;
	/** The ledger of the evidence on a configuration, whether or not it has begun. */
	readonly evidenceLedgerOf: (address: EvidenceAddress) => EvidenceLedgerPort;
	/** Judges the anchors of evidence; absent where no model can be asked. */
	readonly labelPair?: PairLabeller;
	readonly registry: OperatorRegistryPort;
	/** SHA-256, in lower-case hex, of the operator keys that are deployed with the Worker. */
	readonly operatorKeyHashes: ReadonlySet<string>;
	/** Null: Cloudflare Access is not set up, and its header means nothing. */
	readonly verifyAccess: AccessVerifier | null;
	readonly originRules: OriginRules;
	/** The same for all requests of an isolate. */
	readonly lookUps: TenantLookUps;
	/** Whether the Worker has a rate limit for this tier. */
	readonly hasRateTier: (tier: string) => boolean;
	/** SHA-256 of the text's UTF-8 bytes, in lower-case hex. */
	readonly sha256Hex: (text: string) => Promise<string>;
	/** 32 random bytes from a cryptographic source. */
	readonly randomKeyBytes: () => Uint8Array;
	/** Milliseconds since the Unix epoch. */
	readonly now: () => number;
}
