import { createWorker } from "../worker.ts";
import { DEMO_KEY } from "./demo-records.ts";
import { withSettledSignals } from "./settled-signals.ts";

/** The local composition root: the product's own Worker, which here also knows the demo key, beside its `AI` stand-in. */
export default createWorker({ knownKeys: [DEMO_KEY], prepareAi: withSettledSignals });
export { LocalAI } from "./local-ai.ts";
export { EvidenceLedger } from "../ledger/evidence-ledger.ts";
export { MetricShard } from "../ledger/metric-shard.ts";
export { OperatorRegistry } from "../ledger/operator-registry.ts";
export { ReplayRecord } from "../ledger/replay-record.ts";
export { TenantLedger } from "../ledger/tenant-ledger.ts";
export { UpstreamOutage } from "../ledger/upstream-outage.ts";
