import { createEmbedder } from "./adapters/embeddings-resolver.ts";
import { createKvKeyStore } from "./adapters/kv-key-store.ts";
import { createKvPolicyStore } from "./adapters/kv-policy-store.ts";
import { logFault, observationLog } from "./adapters/observation-log.ts";
import { createKvOriginStore } from "./adapters/origin-store.ts";
import { createStageResolver } from "./adapters/stage-resolver.ts";
import { systemClock } from "./adapters/system-clock.ts";
import { checkBindings, type UncheckedBindings } from "./bindings.ts";
import { createApp } from "./http/app.ts";
import { STREAM_TIMES, type AppPorts } from "./http/app-ports.ts";

/** What a composition may change; production changes nothing. */
export interface WorkerOptions {
	/** Keys that are looked up although they have not the shape of a key. */
	readonly knownKeys?: readonly string[];
}

/** The composition root: bindings become ports, once an isolate, and ports become routes. */
export function createWorker(options: WorkerOptions = {}) {
	// The caches live in the ports, so they must outlive a request; the runtime hands every request the same bindings.
	const portsByBindings = new WeakMap<object, AppPorts>();
	return createApp<UncheckedBindings>((unchecked) => {
		const known = portsByBindings.get(unchecked);
		if (known !== undefined) return known;
		const ports = buildPorts(unchecked, options);
		portsByBindings.set(unchecked, ports);
		return ports;
	}, logFault);
}

function buildPorts(unchecked: UncheckedBindings, { knownKeys = [] }: WorkerOptions): AppPorts {
	const { ai, config: kv, allowLoopbackOrigins: allowLoopback, originSecret: secret } = checkBindings(unchecked);
	const clock = systemClock;
	const origins = createKvOriginStore({ kv, secret, allowLoopback, clock });
	return {
		keys: createKvKeyStore({ kv, clock, knownKeys }),
		policies: createKvPolicyStore({ kv, clock }),
		resolveStage: createStageResolver({ ai, origins, clock }),
		embed: createEmbedder({ ai, origins, clock }),
		observations: observationLog,
		clock,
		times: STREAM_TIMES,
	};
}

export { TenantLedger } from "./ledger/tenant-ledger.ts";
export default createWorker();
