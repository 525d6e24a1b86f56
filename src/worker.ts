import * as runtime from "cloudflare:workers";
import { createTextEmbedder } from "./adapters/embeddings-on-workers-ai.ts";
import { createEmbedder } from "./adapters/embeddings-resolver.ts";
import { createAuditedTexts } from "./adapters/audited-texts.ts";
import { createEvidenceExchanges } from "./adapters/evidence-exchange.ts";
import { createEvidenceLeases } from "./adapters/evidence-leases.ts";
import { createEvidenceQueue, NO_EVIDENCE_QUEUE } from "./adapters/evidence-queue.ts";
import { createFaultCounter, type FaultLog } from "./adapters/fault-counter.ts";
import { createFeedbackRecorder } from "./adapters/feedback-recorder.ts";
import { createKvKeyStore } from "./adapters/kv-key-store.ts";
import { createKvPolicyStore } from "./adapters/kv-policy-store.ts";
import { evidenceLedgerOf, ledgerOf, metricShard, sharedOutage } from "./adapters/ledger-stubs.ts";
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
import type { PairLabeller } from "./admin/check-anchors.ts";
import { isForControl } from "./admin/control-paths.ts";
import { checkBindings, rateTierNames, rateTierOf, type Bindings, type UncheckedBindings } from "./bindings.ts";
import { onceEach, required } from "./bindings-of-an-isolate.ts";
import { labelAnswer } from "./cascade/label-answer.ts";
import type { LabelPorts } from "./cascade/label-ports.ts";
import type { EvidenceAddress } from "./core/evidence/evidence-entry.ts";
import { createHedgeBudget } from "./core/resilience/hedge-budget.ts";
import { handOver, type Deployment } from "./hand-over.ts";
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

/** The composition root of inference: bindings become ports, once an isolate, and ports become routes. */
export function createWorker(options: WorkerOptions = {}) {
	const app = createApp(
		onceEach((bindings: UncheckedBindings) => buildPorts(bindings, options)),
		logFault,
	);
	const deploymentOf = onceEach(describeDeployment);
	return {
		fetch(request: Request, bindings: UncheckedBindings, context: ExecutionContext): Response | Promise<Response> {
			if (isForControl(request.url)) return handOver(request, bindings.CONTROL, deploymentOf(bindings), logFault);
			return app.fetch(request, bindings, context);
		},
	};
}

function describeDeployment(unchecked: UncheckedBindings): Deployment {
	return {
		rateTiers: rateTierNames(unchecked),
		originHosts: unchecked.ORIGIN_HOSTS,
		allowLoopbackOrigins: unchecked.ALLOW_LOOPBACK_ORIGINS === "true",
		labelPair: pairLabeller(unchecked),
	};
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
			ledgerOf: (tenant) => ledgerOf(required(unchecked.TENANT_LEDGER, "TENANT_LEDGER"), tenant),
			clock,
			waitUntil,
			logFault,
			holder: `isolate_${isolate}`,
		}),
		recordFeedback: createFeedbackRecorder({
			ledgerOf: (tenant) => ledgerOf(required(unchecked.TENANT_LEDGER, "TENANT_LEDGER"), tenant),
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
	const ledgerOfEvidence = (address: EvidenceAddress) =>
		evidenceLedgerOf(required(unchecked.EVIDENCE_LEDGER, "EVIDENCE_LEDGER"), address);
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

export default createWorker();
