import { waitUntil } from "cloudflare:workers";
import { consumeObservations } from "./adapters/consume-observations.ts";
import { createEmbedder } from "./adapters/embeddings-resolver.ts";
import { createKvKeyStore, sha256Hex } from "./adapters/kv-key-store.ts";
import { createKvPolicyStore } from "./adapters/kv-policy-store.ts";
import { ledgerOf, registryOf } from "./adapters/ledger-stubs.ts";
import { createLeaseHolder } from "./adapters/lease-holder.ts";
import { logFault, observationLog } from "./adapters/observation-log.ts";
import { createObservationQueue } from "./adapters/observation-queue.ts";
import { createKvOriginStore } from "./adapters/origin-store.ts";
import { createRateLimiter, logRateLimited } from "./adapters/rate-tiers.ts";
import { createStageResolver } from "./adapters/stage-resolver.ts";
import { systemClock } from "./adapters/system-clock.ts";
import { createAccessVerifier } from "./admin/access-token.ts";
import { ADMIN_PATH, createAdminApp } from "./admin/admin-app.ts";
import type { AdminPorts } from "./admin/admin-ports.ts";
import { readAdminSettings } from "./admin/admin-settings.ts";
import { checkBindings, rateTierOf, type Bindings, type UncheckedBindings } from "./bindings.ts";
import type { ObservationSink } from "./cascade/ports.ts";
import { err, ok, type Result } from "./core/result.ts";
import { createApp } from "./http/app.ts";
import { STREAM_TIMES, type AppPorts } from "./http/app-ports.ts";

/** What a composition may change; production changes nothing. */
export interface WorkerOptions {
	/** Keys that are looked up although they have not the shape of a key. */
	readonly knownKeys?: readonly string[];
}

/** The composition root: bindings become ports, once an isolate, and ports become routes. */
export function createWorker(options: WorkerOptions = {}) {
	const app = createApp<UncheckedBindings>(
		onceEach((bindings) => buildPorts(bindings, options)),
		logFault,
	);
	// Made when it is first asked for: most isolates never serve the admin API.
	let admin: ReturnType<typeof createAdminApp<UncheckedBindings>> | undefined;
	return {
		// Two apps and not one: the admin's middleware, errors and configuration are nothing to inference.
		fetch(request: Request, bindings: UncheckedBindings, context: ExecutionContext): Response | Promise<Response> {
			if (!isForAdmin(request.url)) return app.fetch(request, bindings, context);
			admin ??= createAdminApp<UncheckedBindings>(onceEach(buildAdminPorts), logFault);
			return admin.fetch(request, bindings, context);
		},
		queue(batch: MessageBatch, bindings: UncheckedBindings): Promise<void> {
			return consumeObservations(batch, {
				ledgerOf: (tenant) => requiredLedgerOf(bindings, tenant),
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

/** Whether an address is the admin API's. Other addresses, on every request for inference, are not parsed for it. */
function isForAdmin(url: string): boolean {
	if (!url.includes(ADMIN_PATH)) return false;
	const { pathname } = new URL(url);
	return pathname === ADMIN_PATH || pathname.startsWith(`${ADMIN_PATH}/`);
}

/**
 * Builds a value once for each bindings object: caches live in the ports, so they must outlive a request, and the
 * runtime hands every request of an isolate the same bindings.
 */
function onceEach<Value>(build: (bindings: UncheckedBindings) => Value): (bindings: UncheckedBindings) => Value {
	const built = new WeakMap<object, { readonly value: Value }>();
	return (bindings) => {
		const known = built.get(bindings) ?? { value: build(bindings) };
		built.set(bindings, known);
		return known.value;
	};
}

function buildAdminPorts(unchecked: UncheckedBindings): Result<AdminPorts, string> {
	const { TENANT_LEDGER, OPERATOR_REGISTRY } = unchecked;
	if (TENANT_LEDGER === undefined || OPERATOR_REGISTRY === undefined)
		return err("the bindings TENANT_LEDGER and OPERATOR_REGISTRY must be there");
	const settings = readAdminSettings(unchecked);
	if (!settings.ok) return settings;
	const { operatorKeyHashes, access, originHosts } = settings.value;
	return ok({
		ledgerOf: (tenant) => ledgerOf(TENANT_LEDGER, tenant),
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

function buildPorts(unchecked: UncheckedBindings, { knownKeys = [] }: WorkerOptions): AppPorts {
	const bindings = checkBindings(unchecked);
	const { ai, config: kv, allowLoopbackOrigins: allowLoopback, originSecret: secret } = bindings;
	const clock = systemClock;
	const origins = createKvOriginStore({ kv, secret, allowLoopback, clock });
	return {
		keys: createKvKeyStore({ kv, clock, knownKeys }),
		policies: createKvPolicyStore({ kv, clock }),
		rateLimiter: createRateLimiter({
			bindingOf: (tier) => rateTierOf(unchecked, tier),
			clock,
			logFault,
			logRefusal: logRateLimited,
		}),
		resolveStage: createStageResolver({ ai, origins, clock }),
		embed: createEmbedder({ ai, origins, clock }),
		spendingOf: createLeaseHolder({
			ledgerOf: (tenant) => requiredLedgerOf(unchecked, tenant),
			clock,
			waitUntil,
			logFault,
			holder: `isolate_${crypto.randomUUID()}`,
		}),
		observations: observationSink(bindings),
		clock,
		times: STREAM_TIMES,
	};
}

/** The log has every observation; the queue, where there is one, brings them to the ledgers. */
function observationSink({ observations: queue }: Bindings): ObservationSink {
	if (queue === null) return observationLog;
	const queued = createObservationQueue({ queue, clock: systemClock, waitUntil, logFault });
	return {
		record(observation) {
			observationLog.record(observation);
			queued.record(observation);
		},
	};
}

export { OperatorRegistry } from "./ledger/operator-registry.ts";
export { TenantLedger } from "./ledger/tenant-ledger.ts";
export default createWorker();
