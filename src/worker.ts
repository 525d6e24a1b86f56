import * as runtime from "cloudflare:workers";
import { consumeObservations } from "./adapters/consume-observations.ts";
import { createTextEmbedder } from "./adapters/embeddings-on-workers-ai.ts";
import { createEmbedder } from "./adapters/embeddings-resolver.ts";
import { createAuditedTexts } from "./adapters/audited-texts.ts";
import { createEvidenceExchanges } from "./adapters/evidence-exchange.ts";
import { createEvidenceLeases } from "./adapters/evidence-leases.ts";
import { createEvidenceQueue, NO_EVIDENCE_QUEUE } from "./adapters/evidence-queue.ts";
import { createFaultCounter, type FaultLog } from "./adapters/fault-counter.ts";
import { createFeedbackRecorder } from "./adapters/feedback-recorder.ts";
import { createKvKeyStore, sha256Hex } from "./adapters/kv-key-store.ts";
import { createKvPolicyStore } from "./adapters/kv-policy-store.ts";
import { evidenceLedgerOf, ledgerOf, metricShard, registryOf, sharedOutage } from "./adapters/ledger-stubs.ts";
import { createLeaseHolder } from "./adapters/lease-holder.ts";
import { logFault } from "./adapters/observation-log.ts";
import { createOutageExchange, NO_OUTAGE_EXCHANGE } from "./adapters/outage-exchange.ts";
import { createObservationSinks } from "./adapters/observation-sinks.ts";
import { createKvOriginStore } from "./adapters/origin-store.ts";
import { createTracers } from "./adapters/platform-tracer.ts";
import { createRandomUnit } from "./adapters/random-unit.ts";
import { createRateLimiter, logRateLimited } from "./adapters/rate-tiers.ts";
import { createReplays, logReplay, replayRecordOf, type ReplayPorts } from "./adapters/replay-records.ts";
import { createGuardedResolver, createStageResolver } from "./adapters/stage-resolver.ts";
import { systemClock } from "./adapters/system-clock.ts";
import { createUpstreamGuards, type UpstreamGuards } from "./adapters/upstream-guard.ts";
import { createUpstreamHealth } from "./adapters/upstream-health.ts";
import type { WorkersAiBinding } from "./adapters/workers-ai-stage.ts";
import { createAccessVerifier } from "./admin/access-token.ts";
import { ADMIN_PATH, createAdminApp } from "./admin/admin-app.ts";
import { createDocumentReader } from "./admin/document-files.ts";
import type { PairLabeller } from "./admin/check-anchors.ts";
import type { AdminPorts } from "./admin/admin-ports.ts";
import { answerMetrics, METRICS_PATH, type MetricsPorts } from "./admin/metrics-endpoint.ts";
import { readAdminSettings } from "./admin/admin-settings.ts";
import { checkBindings, onceEach, rateTierOf, type Bindings, type UncheckedBindings } from "./bindings.ts";
import { labelAnswer } from "./cascade/label-answer.ts";
import type { LabelPorts } from "./cascade/label-ports.ts";
import type { EvidenceAddress } from "./core/evidence/evidence-entry.ts";
import { createHedgeBudget } from "./core/resilience/hedge-budget.ts";
import { err, ok, type Result } from "./core/result.ts";
import { createAdmission } from "./http/admission.ts";
import { createApp } from "./http/app.ts";
import { STREAM_TIMES, type AppPorts } from "./http/app-ports.ts";

const { waitUntil } = runtime;

/** A runtime of before there were spans of one's own has no `tracing`. */
const tracers = createTracers(runtime.tracing);

/** Of one pair of answers, beside any request. */
const MOST_JUDGING_MS = 25_000;

/** What a composition may change; production changes nothing. */
export interface WorkerOptions {
	/** Keys that are looked up although they have not the shape of a key. */
	readonly knownKeys?: readonly string[];
	/** What is to be done with the binding of Workers AI before it is used. */
	readonly prepareAi?: (ai: WorkersAiBinding) => WorkersAiBinding;
}

/** The composition root: bindings become ports, once an isolate, and ports become routes. */
export function createWorker(options: WorkerOptions = {}) {
	const app = createApp<UncheckedBindings>(
		onceEach((bindings) => buildPorts(bindings, options)),
		logFault,
	);
	const adminPortsOf = onceEach(buildAdminPorts);
	// Made when it is first asked for: most isolates never serve the admin API.
	let admin: ReturnType<typeof createAdminApp<UncheckedBindings>> | undefined;
	return {
		// Two apps and not one: the admin's middleware, errors and configuration are nothing to inference.
		fetch(request: Request, bindings: UncheckedBindings, context: ExecutionContext): Response | Promise<Response> {
			if (isForMetrics(request.url)) return answerMetrics(request, metricsPorts(bindings, adminPortsOf(bindings)));
			if (!isForAdmin(request.url)) return app.fetch(request, bindings, context);
			admin ??= createAdminApp<UncheckedBindings>(adminPortsOf, ({ ASSETS }) => createDocumentReader(ASSETS), logFault);
			return admin.fetch(request, bindings, context);
		},
		queue(batch: MessageBatch, bindings: UncheckedBindings): Promise<void> {
			return consumeObservations(batch, {
				ledgerOf: (tenant) => requiredLedgerOf(bindings, tenant),
				evidenceLedgerOf: (address) => requiredEvidenceLedgerOf(bindings, address),
				clock: systemClock,
				logFault,
			});
		},
	};
}

function requiredLedgerOf({ TENANT_LEDGER }: UncheckedBindings, tenant: string): ReturnType<typeof ledgerOf> {
	if (TENANT_LEDGER === undefined) throw new Error("the binding TENANT_LEDGER is missing");
	return ledgerOf(TENANT_LEDGER, tenant);
}

function requiredEvidenceLedgerOf({ EVIDENCE_LEDGER }: UncheckedBindings, address: EvidenceAddress) {
	if (EVIDENCE_LEDGER === undefined) throw new Error("the binding EVIDENCE_LEDGER is missing");
	return evidenceLedgerOf(EVIDENCE_LEDGER, address);
}

/** Whether an address is the admin API's. Other addresses, on every request for inference, are not parsed for it. */
function isForAdmin(url: string): boolean {
	if (!url.includes(ADMIN_PATH)) return false;
	const { pathname } = new URL(url);
	return pathname === ADMIN_PATH || pathname.startsWith(`${ADMIN_PATH}/`);
}

function isForMetrics(url: string): boolean {
	return url.includes(METRICS_PATH) && new URL(url).pathname === METRICS_PATH;
}

function metricsPorts({ METRIC_SHARD }: UncheckedBindings, admin: Result<AdminPorts, string>): MetricsPorts {
	const shardOf = METRIC_SHARD === undefined ? null : (name: string) => metricShard(METRIC_SHARD, name);
	return { admin, shardOf, logFault };
}

function buildAdminPorts(unchecked: UncheckedBindings): Result<AdminPorts, string> {
	const { TENANT_LEDGER, OPERATOR_REGISTRY, EVIDENCE_LEDGER } = unchecked;
	if (TENANT_LEDGER === undefined || OPERATOR_REGISTRY === undefined || EVIDENCE_LEDGER === undefined)
		return err("the bindings TENANT_LEDGER, OPERATOR_REGISTRY and EVIDENCE_LEDGER must be there");
	const settings = readAdminSettings(unchecked);
	if (!settings.ok) return settings;
	const { operatorKeyHashes, access, originHosts } = settings.value;
	return ok({
		ledgerOf: (tenant) => ledgerOf(TENANT_LEDGER, tenant),
		evidenceLedgerOf: (address) => evidenceLedgerOf(EVIDENCE_LEDGER, address),
		labelPair: pairLabeller(unchecked),
		// A stub for each use: one belongs to the request that made it, and is of no more use once a call on it has thrown.
		get registry() {
			return registryOf(OPERATOR_REGISTRY);
		},
		operatorKeyHashes,
		verifyAccess: access === null ? null : createAccessVerifier(access),
		originRules: { hosts: originHosts, allowLoopback: unchecked.ALLOW_LOOPBACK_ORIGINS === "true" },
		hasRateTier: (tier) => rateTierOf(unchecked, tier) !== undefined,
		sha256Hex,
		randomKeyBytes: () => crypto.getRandomValues(new Uint8Array(32)),
		now: () => systemClock.now(),
	});
}

/** Judges outside of any request; what it asks is paid for, and no tenant's budget is asked. */
function pairLabeller(unchecked: UncheckedBindings): PairLabeller {
	const clock = systemClock;
	const portsOf = (): LabelPorts => {
		const { ai, ...bindings } = checkBindings(unchecked);
		const origins = createKvOriginStore({ ...originsOf(bindings), clock });
		return { clock, resolveStage: createStageResolver({ ai, origins, clock }), embedTexts: createTextEmbedder(ai) };
	};
	let ports: LabelPorts | undefined;
	return async ({ labeller, ...pair }) => {
		ports ??= portsOf();
		return labelAnswer(ports, labeller, pair, { timeoutMs: MOST_JUDGING_MS, signal: new AbortController().signal });
	};
}

/** Where origins are, and where they may be. */
function originsOf({ config, allowLoopbackOrigins, originHosts, originSecret }: Omit<Bindings, "ai">) {
	return { kv: config, allowLoopback: allowLoopbackOrigins, hosts: originHosts, secret: originSecret };
}

function buildPorts(unchecked: UncheckedBindings, { knownKeys = [], prepareAi = (ai) => ai }: WorkerOptions): AppPorts {
	const bindings = checkBindings(unchecked);
	const { config: kv } = bindings;
	const ai = prepareAi(bindings.ai);
	const clock = systemClock;
	const isolate = crypto.randomUUID();
	const logFault = faultLog(unchecked, isolate);
	const origins = createKvOriginStore({ ...originsOf(bindings), clock, logFault });
	const random = createRandomUnit((words) => crypto.getRandomValues(words));
	const guards = upstreamGuards(unchecked, isolate, random, logFault);
	return {
		admission: createAdmission(),
		hedges: createHedgeBudget(),
		keys: createKvKeyStore({ kv, clock, knownKeys, logFault }),
		policies: createKvPolicyStore({ kv, clock, logFault }),
		rateLimiter: createRateLimiter({
			bindingOf: (tier) => rateTierOf(unchecked, tier),
			clock,
			logFault,
			logRefusal: logRateLimited,
		}),
		resolveStage: createGuardedResolver({ ai, origins, clock, guards, random }),
		embed: createEmbedder({ ai, origins, clock }),
		spendingOf: createLeaseHolder({
			ledgerOf: (tenant) => requiredLedgerOf(unchecked, tenant),
			clock,
			waitUntil,
			logFault,
			holder: `isolate_${isolate}`,
		}),
		recordFeedback: createFeedbackRecorder({
			ledgerOf: (tenant) => requiredLedgerOf(unchecked, tenant),
			clock,
			logFault,
		}),
		evidenceOf: evidenceExchanges(unchecked, { ...bindings, ai }, guards, logFault),
		...replays(unchecked, logFault),
		observations: createObservationSinks({
			isLogged: unchecked.REQUEST_LOG !== "off",
			queue: bindings.observations,
			dataset: unchecked.REQUESTS_DATASET,
			clock,
			waitUntil: tracers.behind("observations", waitUntil),
			logFault,
		}),
		tracerOf: tracers.tracerOf,
		clock,
		times: STREAM_TIMES,
	};
}

/** Faults are logged, and where there are shards of metrics, counted. */
function faultLog({ METRIC_SHARD }: UncheckedBindings, isolate: string): FaultLog {
	if (METRIC_SHARD === undefined) return logFault;
	const shardOf = (name: string) => metricShard(METRIC_SHARD, name);
	return createFaultCounter({ shardOf, logFault, clock: systemClock, waitUntil, isolate });
}

/** Isolates tell each other of upstreams that fail, where there are objects to tell it to. */
function upstreamGuards(
	{ UPSTREAM_OUTAGE }: UncheckedBindings,
	isolate: string,
	random: () => number,
	faults: FaultLog,
): UpstreamGuards {
	const clock = systemClock;
	const outages =
		UPSTREAM_OUTAGE === undefined
			? NO_OUTAGE_EXCHANGE
			: createOutageExchange({
					outageOf: (upstream) => sharedOutage(UPSTREAM_OUTAGE, upstream),
					clock,
					waitUntil,
					logFault: faults,
					reporter: isolate,
					random,
				});
	return createUpstreamGuards({ now: clock.now, outages });
}

/** Without a queue nothing is audited, and guaranteed stages go by what leases there are. */
function evidenceExchanges(
	unchecked: UncheckedBindings,
	{ ai, config: kv, observations: queue }: Bindings,
	guards: UpstreamGuards,
	logFault: FaultLog,
): ReturnType<typeof createEvidenceExchanges> {
	const clock = systemClock;
	const ledgerOfEvidence = (address: EvidenceAddress) => requiredEvidenceLedgerOf(unchecked, address);
	return createEvidenceExchanges({
		// Without a queue nothing could be audited, so nothing is accepted by a certificate that others earn.
		leases:
			queue === null
				? { current: () => null }
				: createEvidenceLeases({
						ledgerOf: ledgerOfEvidence,
						kv,
						clock,
						waitUntil: tracers.behind("evidence-lease", waitUntil),
						logFault,
					}),
		sink:
			queue === null
				? NO_EVIDENCE_QUEUE
				: createEvidenceQueue({ queue, clock, waitUntil: tracers.behind("evidence-queue", waitUntil), logFault }),
		health: createUpstreamHealth(clock, guards),
		embedTexts: createTextEmbedder(ai),
		texts: createAuditedTexts({ ledgerOf: ledgerOfEvidence, clock, waitUntil, logFault }),
		random: createRandomUnit((words) => crypto.getRandomValues(words)),
		clock,
		waitUntil,
		ledgerWork: tracers.ledgerWork,
		logFault,
	});
}

/** Without a binding no answer is kept, and a request that asks for it is refused. */
function replays({ REPLAY_RECORD }: UncheckedBindings, logFault: ReplayPorts["logFault"]): Pick<AppPorts, "replays"> {
	if (REPLAY_RECORD === undefined) return {};
	const recordOf = (name: string) => replayRecordOf(REPLAY_RECORD, name);
	return { replays: createReplays({ recordOf, clock: systemClock, waitUntil, logFault, logReplay }) };
}

export { EvidenceLedger } from "./ledger/evidence-ledger.ts";
export { MetricShard } from "./ledger/metric-shard.ts";
export { OperatorRegistry } from "./ledger/operator-registry.ts";
export { ReplayRecord } from "./ledger/replay-record.ts";
export { TenantLedger } from "./ledger/tenant-ledger.ts";
export { UpstreamOutage } from "./ledger/upstream-outage.ts";
export default createWorker();
