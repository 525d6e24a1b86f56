import type { ObjectNamespace } from "./adapters/ledger-stubs.ts";
import type { RateLimitBinding } from "./adapters/rate-tiers.ts";
import type { WorkersAiBinding } from "./adapters/workers-ai-stage.ts";
import type { QueueMessage } from "./core/ledger/observation-message.ts";
import type { DataPoint } from "./core/metrics/data-point.ts";
import { listedValues } from "./core/listed-values.ts";
import { isOriginSecretName } from "./core/published-records.ts";
import { rateTierBinding } from "./core/rate-tier.ts";
import type { ControlPlanePort } from "./hand-over.ts";

/** What the runtime hands over: anything may be missing, since configuration is written by people. */
export interface UncheckedBindings {
	readonly AI?: WorkersAiBinding;
	readonly CONFIG?: KVNamespace;
	/** "true" allows `http:` origins on this machine. Never set it in production. */
	readonly ALLOW_LOOPBACK_ORIGINS?: string;
	/** Where the admin API, the metrics and the dashboard are; without it, their paths answer 503. */
	readonly CONTROL?: ControlPlanePort;
	/** The sources of leases on budgets, and where feedback goes. */
	readonly TENANT_LEDGER?: ObjectNamespace;
	/** The sources of leases on guaranteed cascades. */
	readonly EVIDENCE_LEDGER?: ObjectNamespace;
	/** Sums for `/metrics`; without it, nothing is counted for it. */
	readonly METRIC_SHARD?: ObjectNamespace;
	/** What isolates know together of upstreams that fail; without it, each knows what it has seen. */
	readonly UPSTREAM_OUTAGE?: ObjectNamespace;
	/** Answers kept for repeats; without it, requests with an idempotency key are refused. */
	readonly REPLAY_RECORD?: ObjectNamespace;
	/** Where records of requests go; without it, usage is not counted. */
	readonly OBSERVATIONS?: Queue<QueueMessage>;
	/** Where a data point of each request goes; without it, none is written. */
	readonly REQUESTS_DATASET?: { readonly writeDataPoint: (point: DataPoint) => void };
	/** "off" writes no line for each request into the log; faults are logged whatever it says. */
	readonly REQUEST_LOG?: string;
	/** Where origins may be, with commas between them; any public host where absent. No secret, in spite of its prefix. */
	readonly ORIGIN_HOSTS?: string;
	/** Origin credentials, named by origin records. */
	readonly [originSecret: `ORIGIN_${string}`]: string | undefined;
	/** Rate limits, named by the `limits.rateTier` of policies. */
	readonly [rateTier: `RATE_TIER_${string}`]: RateLimitBinding | undefined;
}

/** What the program relies on. */
export interface Bindings {
	readonly ai: WorkersAiBinding;
	readonly config: KVNamespace;
	/** Null: there is none. */
	readonly observations: Queue<QueueMessage> | null;
	readonly allowLoopbackOrigins: boolean;
	/** Where origins may be; empty: any public host. An entry that is no host name lets none in. */
	readonly originHosts: readonly string[];
	readonly originSecret: (name: string) => string | undefined;
}

/** The Worker is deployed without something it needs. The message is the operator's; it holds no secret. */
class ConfigurationError extends Error {
	override readonly name = "ConfigurationError";
}

/** The rate limit of a tier; undefined where there is none, or what has its name is something else. */
export function rateTierOf(unchecked: UncheckedBindings, tier: string): RateLimitBinding | undefined {
	const binding = unchecked[rateTierBinding(tier)];
	return isRateLimit(binding) ? binding : undefined;
}

function isRateLimit(binding: RateLimitBinding | undefined): binding is RateLimitBinding {
	return typeof binding?.limit === "function";
}

/** Names of the bindings of all rate tiers that there are. */
export function rateTierNames(unchecked: UncheckedBindings): string[] {
	return Object.keys(unchecked)
		.filter((name) => name.startsWith("RATE_TIER_"))
		.filter((name) => isRateLimit(unchecked[name as `RATE_TIER_${string}`]));
}

/** Checks each binding by name; throws with the one that is missing, since nothing can work without it. */
export function checkBindings(unchecked: UncheckedBindings): Bindings {
	const { AI, CONFIG, OBSERVATIONS = null } = unchecked;
	if (AI === undefined)
		throw new ConfigurationError('The binding AI is missing: add [ai] binding = "AI" to wrangler.toml.');
	if (CONFIG === undefined)
		throw new ConfigurationError(
			'The binding CONFIG is missing: add a [[kv_namespaces]] with binding = "CONFIG" to wrangler.toml.',
		);
	return {
		ai: AI,
		config: CONFIG,
		observations: OBSERVATIONS,
		allowLoopbackOrigins: unchecked.ALLOW_LOOPBACK_ORIGINS === "true",
		originHosts: listedValues(unchecked.ORIGIN_HOSTS),
		originSecret(name) {
			const secret = isOriginSecretName(name) ? unchecked[name as `ORIGIN_${string}`] : undefined;
			return typeof secret === "string" ? secret : undefined;
		},
	};
}
