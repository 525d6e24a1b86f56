import type { WorkersAiBinding } from "../../src/adapters/workers-ai-stage.ts";
import type { EvidenceLedger } from "../../src/ledger/evidence-ledger.ts";
import type { MetricShard } from "../../src/ledger/metric-shard.ts";
import type { OperatorRegistry } from "../../src/ledger/operator-registry.ts";
import type { ReplayRecord } from "../../src/ledger/replay-record.ts";
import type { TenantLedger } from "../../src/ledger/tenant-ledger.ts";
import type { UpstreamOutage } from "../../src/ledger/upstream-outage.ts";
import type * as worker from "./whole-worker.ts";
import "../support/provided-context.d.ts";

/** The bindings that vitest.config.ts and the configurations of both Workers give the tests in the Workers runtime. */
declare global {
	namespace Cloudflare {
		interface Env {
			readonly AI: WorkersAiBinding;
			readonly CONFIG: KVNamespace;
			readonly TENANT_LEDGER: DurableObjectNamespace<TenantLedger>;
			readonly OPERATOR_REGISTRY: DurableObjectNamespace<OperatorRegistry>;
			readonly EVIDENCE_LEDGER: DurableObjectNamespace<EvidenceLedger>;
			readonly METRIC_SHARD: DurableObjectNamespace<MetricShard>;
			readonly UPSTREAM_OUTAGE: DurableObjectNamespace<UpstreamOutage>;
			readonly REPLAY_RECORD: DurableObjectNamespace<ReplayRecord>;
			readonly RATE_TIER_STANDARD: RateLimit;
			readonly ALLOW_LOOPBACK_ORIGINS: string;
			readonly ORIGIN_FAKE_KEY: string;
			readonly OTHER_SECRET: string;
		}
		interface GlobalProps {
			readonly mainModule: typeof worker;
		}
	}
}
