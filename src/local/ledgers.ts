/** The ledgers that the control Worker keeps and the inference Worker binds too, by the names of their bindings. */
export const SHARED_LEDGERS = {
	TENANT_LEDGER: "TenantLedger",
	EVIDENCE_LEDGER: "EvidenceLedger",
	METRIC_SHARD: "MetricShard",
	UPSTREAM_OUTAGE: "UpstreamOutage",
	REPLAY_RECORD: "ReplayRecord",
} as const;

/** A binding for each of them. */
export function eachSharedLedger<Binding>(bindingOf: (className: string) => Binding): Record<string, Binding> {
	return Object.fromEntries(Object.entries(SHARED_LEDGERS).map(([name, className]) => [name, bindingOf(className)]));
}
