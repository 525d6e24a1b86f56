import { WorkerEntrypoint } from "cloudflare:workers";
import { consumeObservations } from "./adapters/consume-observations.ts";
import { sha256Hex } from "./adapters/kv-key-store.ts";
import { evidenceLedgerOf, ledgerOf, metricShard, registryOf } from "./adapters/ledger-stubs.ts";
import { logFault } from "./adapters/observation-log.ts";
import { systemClock } from "./adapters/system-clock.ts";
import { createAccessVerifier } from "./admin/access-token.ts";
import { createAdminApp } from "./admin/admin-app.ts";
import type { AdminPorts } from "./admin/admin-ports.ts";
import { readAdminSettings, readOriginHosts } from "./admin/admin-settings.ts";
import { DASHBOARD_PATH, isBelow, METRICS_PATH } from "./admin/control-paths.ts";
import { createDocumentReader } from "./admin/document-files.ts";
import { answerMetrics, type MetricsPorts } from "./admin/metrics-endpoint.ts";
import { answerDashboard } from "./admin/dashboard-files.ts";
import { TenantLookUps } from "./admin/tenant-look-ups.ts";
import { onceEach, required } from "./bindings-of-an-isolate.ts";
import type { UncheckedControlBindings } from "./control-bindings.ts";
import { rateTierBinding } from "./core/rate-tier.ts";
import { err, ok, type Result } from "./core/result.ts";
import type { ControlPlanePort, Deployment } from "./hand-over.ts";

/** A request's surroundings: this Worker's own bindings, and what the Worker that has passed it on says of its own. */
interface Surroundings {
	readonly bindings: UncheckedControlBindings;
	readonly deployment: Deployment;
}

/** The composition root of the control plane: the admin API, the metrics, the dashboard, and the queue's consumer. */
export function createControlPlane() {
	const portsOf = onceEach(adminPortsOf);
	const portsIn = ({ bindings, deployment }: Surroundings) => portsOf(bindings)(deployment);
	const admin = createAdminApp(portsIn, ({ bindings }) => createDocumentReader(bindings.ASSETS), logFault);
	return {
		async answer(request: Request, surroundings: Surroundings): Promise<Response> {
			const { pathname } = new URL(request.url);
			const { bindings } = surroundings;
			if (pathname === METRICS_PATH) return answerMetrics(request, metricsPorts(bindings, portsIn(surroundings)));
			if (isBelow(pathname, DASHBOARD_PATH)) return answerDashboard(request, bindings.ASSETS, logFault);
			return admin.fetch(request, surroundings);
		},
		queue(batch: MessageBatch, { TENANT_LEDGER, EVIDENCE_LEDGER }: UncheckedControlBindings): Promise<void> {
			return consumeObservations(batch, {
				ledgerOf: (tenant) => ledgerOf(required(TENANT_LEDGER, "TENANT_LEDGER"), tenant),
				evidenceLedgerOf: (address) => evidenceLedgerOf(required(EVIDENCE_LEDGER, "EVIDENCE_LEDGER"), address),
				clock: systemClock,
				logFault,
			});
		},
	};
}

/** What the bindings say is read once; what the deployment says, with each request. */
function adminPortsOf(bindings: UncheckedControlBindings): (deployment: Deployment) => Result<AdminPorts, string> {
	const { TENANT_LEDGER, OPERATOR_REGISTRY, EVIDENCE_LEDGER } = bindings;
	if (TENANT_LEDGER === undefined || OPERATOR_REGISTRY === undefined || EVIDENCE_LEDGER === undefined)
		return () => err("the bindings TENANT_LEDGER, OPERATOR_REGISTRY and EVIDENCE_LEDGER must be there");
	const settings = readAdminSettings(bindings);
	if (!settings.ok) return () => settings;
	const { operatorKeyHashes, access } = settings.value;
	const verifyAccess = access === null ? null : createAccessVerifier(access);
	const lookUps = new TenantLookUps();
	return ({ rateTiers, originHosts, allowLoopbackOrigins, labelPair }) => {
		const hosts = readOriginHosts(originHosts);
		if (!hosts.ok) return hosts;
		return ok({
			ledgerOf: (tenant) => ledgerOf(TENANT_LEDGER, tenant),
			evidenceLedgerOf: (address) => evidenceLedgerOf(EVIDENCE_LEDGER, address),
			labelPair,
			// A stub for each use: one belongs to the request that made it, and is of no more use once a call on it has thrown.
			get registry() {
				return registryOf(OPERATOR_REGISTRY);
			},
			operatorKeyHashes,
			verifyAccess,
			originRules: { hosts: hosts.value, allowLoopback: allowLoopbackOrigins },
			lookUps,
			hasRateTier: (tier) => rateTiers.includes(rateTierBinding(tier)),
			sha256Hex,
			randomKeyBytes: () => crypto.getRandomValues(new Uint8Array(32)),
			now: () => systemClock.now(),
		});
	};
}

function metricsPorts({ METRIC_SHARD }: UncheckedControlBindings, admin: MetricsPorts["admin"]): MetricsPorts {
	const shardOf = METRIC_SHARD === undefined ? null : (name: string) => metricShard(METRIC_SHARD, name);
	return { admin, shardOf, logFault };
}

const controlPlane = createControlPlane();

/**
 * What the inference Worker calls. This Worker has no address, and no handler of requests that one could lead to; yet that a
 * request has come this way lets nobody do anything.
 */
export class ControlPlane extends WorkerEntrypoint<UncheckedControlBindings> implements ControlPlanePort {
	answer(request: Request, deployment: Deployment): Promise<Response> {
		return controlPlane.answer(request, { bindings: this.env, deployment });
	}
}

export { EvidenceLedger } from "./ledger/evidence-ledger.ts";
export { MetricShard } from "./ledger/metric-shard.ts";
export { OperatorRegistry } from "./ledger/operator-registry.ts";
export { ReplayRecord } from "./ledger/replay-record.ts";
export { TenantLedger } from "./ledger/tenant-ledger.ts";
export { UpstreamOutage } from "./ledger/upstream-outage.ts";
export default { queue: controlPlane.queue };
