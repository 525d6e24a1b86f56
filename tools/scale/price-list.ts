/** What Cloudflare charges for beyond the plan, in what it counts. */
export type Meter =
	| "workersRequests"
	| "workersCpuMs"
	| "kvReads"
	| "kvWrites"
	| "objectRequests"
	| "objectGbSeconds"
	| "rowsRead"
	| "rowsWritten"
	| "storedGbMonths"
	| "queueOperations"
	| "logEvents";

/** One line of the price list. */
export interface Price {
	/** As tables name it. */
	readonly name: string;
	/** US dollars for each beyond what is included. */
	readonly usd: number;
	/** In the Workers Paid plan, a month and account. */
	readonly included: number;
	/** Below `https://developers.cloudflare.com/`. */
	readonly page: string;
}

/** When the pages' source was read (`github.com/cloudflare/cloudflare-docs`). */
export const PRICES_READ_ON = "2026-11-25";

/** The Workers Paid plan itself, US dollars a month. */
export const PLAN_USD_PER_MONTH = 5;

const MILLION = 1e6;

/** Cloudflare's list prices of the Workers Paid plan. */
export const PRICE_LIST: Readonly<Record<Meter, Price>> = {
	workersRequests: {
		name: "Workers requests",
		usd: 0.3 / MILLION,
		included: 10 * MILLION,
		page: "workers/platform/pricing/",
	},
	workersCpuMs: {
		name: "Workers CPU, ms",
		usd: 0.02 / MILLION,
		included: 30 * MILLION,
		page: "workers/platform/pricing/",
	},
	kvReads: { name: "KV reads", usd: 0.5 / MILLION, included: 10 * MILLION, page: "kv/platform/pricing/" },
	kvWrites: { name: "KV writes", usd: 5 / MILLION, included: MILLION, page: "kv/platform/pricing/" },
	objectRequests: {
		name: "Durable Object requests",
		usd: 0.15 / MILLION,
		included: MILLION,
		page: "durable-objects/platform/pricing/",
	},
	objectGbSeconds: {
		name: "Durable Object duration, GB-s",
		usd: 12.5 / MILLION,
		included: 400_000,
		page: "durable-objects/platform/pricing/",
	},
	rowsRead: {
		name: "SQL rows read",
		usd: 0.001 / MILLION,
		included: 25_000 * MILLION,
		page: "durable-objects/platform/pricing/",
	},
	rowsWritten: {
		name: "SQL rows written",
		usd: 1 / MILLION,
		included: 50 * MILLION,
		page: "durable-objects/platform/pricing/",
	},
	storedGbMonths: {
		name: "SQL data, GB-months",
		usd: 0.2,
		included: 5,
		page: "durable-objects/platform/pricing/",
	},
	queueOperations: {
		name: "Queue operations",
		usd: 0.4 / MILLION,
		included: MILLION,
		page: "queues/platform/pricing/",
	},
	logEvents: {
		name: "Workers Logs events",
		usd: 0.6 / MILLION,
		included: 20 * MILLION,
		page: "workers/platform/pricing/",
	},
};

/** A message is written, read and deleted, each charged for every 64 KB begun. */
export const OPERATIONS_A_MESSAGE = 3;

/** What is charged for an object while it runs, whatever it uses; 128 MB. */
export const OBJECT_GB = 0.128;

/** US dollars a million tokens. */
export interface TokenPrice {
	readonly input: number;
	readonly output: number;
}

/** Small models on Workers AI, by their page's prices of 2026-02-13 (`workers-ai/platform/pricing/`), which are in neurons of $0.011 a thousand. */
export const WORKERS_AI_PRICES: Readonly<Record<string, TokenPrice>> = {
	"@cf/ibm-granite/granite-4.0-h-micro": { input: 0.017, output: 0.112 },
	"@cf/meta/llama-3.2-1b-instruct": { input: 0.027, output: 0.201 },
	"@cf/meta/llama-3.1-8b-instruct-fp8-fast": { input: 0.045, output: 0.384 },
	"@cf/zai-org/glm-4.7-flash": { input: 0.06, output: 0.4 },
};
