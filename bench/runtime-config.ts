/** A Worker as the runtime is told of it. */
export interface WorkerConfig {
	/** Its bundle, beside the configuration. */
	readonly bundle: string;
	readonly bindings: readonly string[];
	/** Classes of Durable Objects that its bundle exports, each bound by the name that goes with it. */
	readonly objects?: Readonly<Record<string, string>>;
	/** Those of another Worker's, the service of this name, bound as its own would be. */
	readonly objectsOf?: { readonly service: string; readonly objects: Readonly<Record<string, string>> };
	/** The service that is told of its traces: with one, every request is sampled, and without, none. */
	readonly tail?: string;
}

/** What one process of the runtime is told. */
export interface ContenderConfig extends WorkerConfig {
	/** Further services that its bindings name. */
	readonly services: readonly string[];
	/** Services beside the Worker that listen too, each on a socket of its own name. */
	readonly sockets?: readonly string[];
}

const COMPATIBILITY_DATE = "2026-11-01";

/** Takes data points and keeps nothing: the runtime alone has no Analytics Engine. */
const DATASET_MODULE = "bench:dataset";
const DATASET_SOURCE = "export default () => ({ writeDataPoint() {} });";

/**
 * A configuration with one Worker on the socket `http`. Every contender has the same flags; `global_fetch_strictly_public`,
 * which production sets, is left out, since it would forbid the mock's address.
 */
export function runtimeConfig({ services, sockets = [], ...main }: ContenderConfig): string {
	return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
	services = [
		(name = "main", worker = ${worker("main", main)}),
		(name = "internet", network = (allow = ["public", "private"])),
		${services.join(",\n\t\t")}
	],
	sockets = [${[["http", "main"], ...sockets.map((name) => [name, name])].map(socket).join(", ")}],
	extensions = [(modules = [(name = "${DATASET_MODULE}", internal = true, esModule = ${JSON.stringify(DATASET_SOURCE)})])],
);
`;
}

/** A Worker as a service of its own. */
export function workerService(name: string, config: WorkerConfig): string {
	return `(name = "${name}", worker = ${worker(name, config)})`;
}

/** A server of this machine as a service. */
export function serverService(name: string, port: number): string {
	return `(name = "${name}", external = (address = "127.0.0.1:${port}", http = ()))`;
}

/** Where the objects of every Worker keep what they have: a directory that is there. */
export function objectsDisk(path: string): string {
	return `(name = "${OBJECTS_DISK}", disk = (path = ${JSON.stringify(path)}, writable = true))`;
}

const OBJECTS_DISK = "objects";

/** Bindings, as `env` has them. */
export const binding = {
	text: (name: string, value: string) => `(name = "${name}", text = ${JSON.stringify(value)})`,
	json: (name: string, value: unknown) => `(name = "${name}", json = ${JSON.stringify(JSON.stringify(value))})`,
	kv: (name: string, service: string) => `(name = "${name}", kvNamespace = "${service}")`,
	queue: (name: string, service: string) => `(name = "${name}", queue = "${service}")`,
	/** The runtime's own `Ai` class, as production has it; what it sends goes to the service. */
	ai: (name: string, service: string) =>
		`(name = "${name}", wrapped = (moduleName = "cloudflare-internal:ai-api", innerBindings = [(name = "fetcher", service = "${service}")]))`,
	/** An entrypoint of another Worker, as production's service bindings have it. */
	entrypoint: (name: string, service: string, entrypoint: string) =>
		`(name = "${name}", service = (name = "${service}", entrypoint = "${entrypoint}"))`,
	dataset: (name: string) => `(name = "${name}", wrapped = (moduleName = "${DATASET_MODULE}"))`,
};

function socket([name, service]: readonly string[]): string {
	return `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${service}")`;
}

function worker(service: string, { bundle, bindings, objects = {}, objectsOf, tail }: WorkerConfig): string {
	const classes = Object.entries(objects);
	const bound = classes.map(([name, className]) => `(name = "${name}", durableObjectNamespace = "${className}")`);
	const boundThere = Object.entries(objectsOf?.objects ?? {}).map(
		([name, className]) =>
			`(name = "${name}", durableObjectNamespace = (className = "${className}", serviceName = "${objectsOf?.service}"))`,
	);
	const namespaces = classes.map(
		([, className]) => `(className = "${className}", uniqueKey = "${service}-${className}", enableSql = true)`,
	);
	return `(
			modules = [(name = "${bundle}", esModule = embed "${bundle}")],
			compatibilityDate = "${COMPATIBILITY_DATE}",
			compatibilityFlags = ["enable_request_signal"],
			bindings = [${[...bindings, ...bound, ...boundThere].join(", ")}],
			durableObjectNamespaces = [${namespaces.join(", ")}],
			durableObjectStorage = (${classes.length === 0 ? "none = void" : `localDisk = "${OBJECTS_DISK}"`}),
			streamingTails = [${tail === undefined ? "" : `"${tail}"`}],
		)`;
}
