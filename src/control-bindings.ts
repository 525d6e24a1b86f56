import type { AssetsBinding } from "./admin/document-files.ts";
import type { ObjectNamespace } from "./adapters/ledger-stubs.ts";

/** What the runtime hands over to the control Worker: anything may be missing, since configuration is written by people. */
export interface UncheckedControlBindings {
	/** The sources behind what is published. */
	readonly TENANT_LEDGER?: ObjectNamespace;
	readonly OPERATOR_REGISTRY?: ObjectNamespace;
	readonly EVIDENCE_LEDGER?: ObjectNamespace;
	/** Sums for `/metrics`; without it, there are none. */
	readonly METRIC_SHARD?: ObjectNamespace;
	/** The static files: the dashboard, and the admin API's description; without it, there is neither. */
	readonly ASSETS?: AssetsBinding;
	/** SHA-256, in hex, of operators' keys, with commas between them. */
	readonly OPERATOR_KEY_SHA256?: string;
	/** The Cloudflare Access team, such as `example.cloudflareaccess.com`, and the application's audience tag. */
	readonly ACCESS_TEAM_DOMAIN?: string;
	readonly ACCESS_AUD?: string;
}
