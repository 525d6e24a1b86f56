import { createHash } from "node:crypto";
import { formatApiKey } from "../src/core/api-key.ts";

/** A key of fixed bytes: it opens nothing but this benchmark. */
export const BENCH_KEY = formatApiKey(new Uint8Array(32).fill(7));

const STAGES = (threshold: number) => [
	{
		name: "edge",
		adapter: "workers-ai",
		model: "@cf/meta/llama-3.2-3b-instruct",
		logprobs: true,
		confidence: { method: "mean-logprob" },
		threshold,
		price: { inputUsdPerMillion: 0.05, outputUsdPerMillion: 0.34 },
	},
	{
		name: "origin",
		adapter: "openai",
		model: "large",
		origin: "bench",
		price: { inputUsdPerMillion: 2.5, outputUsdPerMillion: 10 },
	},
];

/** What KV holds of the bench's tenant: one policy whose two cascades differ in their threshold alone. */
export function benchRecords(originUrl: string): Readonly<Record<string, unknown>> {
	const hash = createHash("sha256").update(BENCH_KEY).digest("hex");
	const policy = { version: 1, cascades: { accepts: { stages: STAGES(0) }, escalates: { stages: STAGES(1) } } };
	return {
		[`key/${hash}`]: { version: 1, tenant: "bench", scopes: ["inference"] },
		"tenant/bench/policy": { version: 1, revision: 1, publishedAt: 0, policy },
		"origin/bench": { version: 1, baseUrl: originUrl },
	};
}
