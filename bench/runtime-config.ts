/** A Worker as the runtime is told of it. */
export interface ContenderConfig {
	/** Its bundle, beside the configuration. */
	readonly bundle: string;
	readonly bindings: readonly string[];
	/** Further services that its bindings name. */
	readonly services: readonly string[];
}

const COMPATIBILITY_DATE = "2026-11-01";

/**
 * A configuration with one Worker on one socket. Every contender has the same flags; `global_fetch_strictly_public`,
 * which production sets, is left out, since it would forbid the mock's address.
 */
export function runtimeConfig({ bundle, bindings, services }: ContenderConfig): string {
	return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
	services = [
		(name = "main", worker = ${worker(bundle, bindings)}),
		(name = "internet", network = (allow = ["public", "private"])),
		${services.join(",\n\t\t")}
	],
	sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
}

/** A Worker as a service of its own. */
export function workerService(name: string, bundle: string, bindings: readonly string[]): string {
	return `(name = "${name}", worker = ${worker(bundle, bindings)})`;
}

/** A server of this machine as a service. */
export function serverService(name: string, port: number): string {
	return `(name = "${name}", external = (address = "127.0.0.1:${port}", http = ()))`;
}

/** Bindings, as `env` has them. */
export const binding = {
	text: (name: string, value: string) => `(name = "${name}", text = ${JSON.stringify(value)})`,
	json: (name: string, value: unknown) => `(name = "${name}", json = ${JSON.stringify(JSON.stringify(value))})`,
	kv: (name: string, service: string) => `(name = "${name}", kvNamespace = "${service}")`,
	queue: (name: string, service: string) => `(name = "${name}", queue = "${service}")`,
	/** The runtime's own `Ai` class, as production has it; what it sends goes to the service. */
	ai: (name: string, service: string) =>
		`(name = "${name}", wrapped = (moduleName = "cloudflare-internal:ai-api", innerBindings = [(name = "fetcher", service = "${service}")]))`,
};

function worker(bundle: string, bindings: readonly string[]): string {
	return `(
			modules = [(name = "${bundle}", esModule = embed "${bundle}")],
			compatibilityDate = "${COMPATIBILITY_DATE}",
			compatibilityFlags = ["enable_request_signal"],
			bindings = [${bindings.join(", ")}],
		)`;
}
