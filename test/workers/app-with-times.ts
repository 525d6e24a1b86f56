import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { createEmbedder } from "../../src/adapters/embeddings-resolver.ts";
import { createKvKeyStore } from "../../src/adapters/kv-key-store.ts";
import { createKvPolicyStore } from "../../src/adapters/kv-policy-store.ts";
import { createKvOriginStore } from "../../src/adapters/origin-store.ts";
import { createStageResolver } from "../../src/adapters/stage-resolver.ts";
import { systemClock as clock } from "../../src/adapters/system-clock.ts";
import type { Observation } from "../../src/core/observation.ts";
import { err } from "../../src/core/result.ts";
import { createApp } from "../../src/http/app.ts";
import type { AppPorts, StreamTimes } from "../../src/http/app-ports.ts";
import { noBudget } from "../support/no-budget.ts";
import { noRateTier } from "../support/no-rate-tier.ts";
import { MESSAGES } from "./ask.ts";
import type { TestTenant } from "./tenant.ts";

/** Short enough for a test, long enough for a loaded machine. */
export const SHORT_TIMES: StreamTimes = { pendingAfterMs: 50, keepAliveEveryMs: 40, idleMs: 5_000, totalMs: 10_000 };

/** The product's routes on real stores and adapters, with times of our own and records that a test can read. */
export function appWithTimes(times: Partial<StreamTimes> = {}, others: Partial<AppPorts> = {}) {
	const kv = env.CONFIG;
	const observations: Observation[] = [];
	const origins = createKvOriginStore({ kv, secret: () => env.ORIGIN_FAKE_KEY, allowLoopback: true, clock });
	const app = createApp<Cloudflare.Env>(
		() => ({
			keys: createKvKeyStore({ kv, clock }),
			policies: createKvPolicyStore({ kv, clock }),
			resolveStage: createStageResolver({ ai: env.AI, origins, clock }),
			embed: createEmbedder({ ai: env.AI, origins, clock }),
			rateLimiter: noRateTier,
			spendingOf: noBudget,
			recordFeedback: async () => err("no-tenant"),
			observations: { record: (observation) => observations.push(observation) },
			clock,
			times: { ...SHORT_TIMES, ...times },
			...others,
		}),
		(fault) => {
			throw new Error(fault);
		},
	);
	return {
		app,
		observations,
		/** Sends a chat request, by default for a stream from the last stage. */
		async ask(
			tenant: TestTenant,
			fields: Readonly<Record<string, unknown>> = {},
			route = "origin",
			signal: AbortSignal | null = null,
			headers: Readonly<Record<string, string>> = {},
		) {
			const request = new Request("https://edge.example/v1/chat/completions", {
				method: "POST",
				headers: { authorization: `Bearer ${tenant.key}`, "x-cascade-route": route, ...headers },
				body: JSON.stringify({ model: "cascade", messages: MESSAGES, stream: true, ...fields }),
				signal,
			});
			return app.fetch(request, env, createExecutionContext());
		},
	};
}
