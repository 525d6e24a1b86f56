import { env } from "cloudflare:workers";
import { createExecutionContext, runInDurableObject } from "cloudflare:test";
import { createLeaseHolder } from "../../src/adapters/lease-holder.ts";
import type { Clock } from "../../src/cascade/ports.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { BudgetLedgerPort } from "../../src/core/ledger/lease-ports.ts";
import type { Observation } from "../../src/core/observation.ts";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import { err, ok } from "../../src/core/result.ts";
import { createApp } from "../../src/http/app.ts";
import { STREAM_TIMES } from "../../src/http/app-ports.ts";
import { FakeClock, fakeStage, type Behaviour } from "../cascade/fakes.ts";
import { exampleAnswer, FULL_MODEL, tokensWith } from "../core/examples.ts";
import { fakeCascade } from "../support/cascades.ts";
import { noRateTier } from "../support/no-rate-tier.ts";
import { ADMIN, policyNumber, tenantLedger, valueOf, type TestLedger } from "./ledger/ledgers.ts";

/** Dollars a million tokens of output; input is free, so that a call of `max_tokens` has a worst case that is easy to see. */
const PRICE = { inputUsdPerMillion: 0, outputUsdPerMillion: 1_000 };
/** At $0.001 a token: what a call of the tests below costs at worst. */
export const MAX_TOKENS = 10;
export const WORST = 10_000_000;

/** A tenant whose two stages cost the same, and who may spend so many US dollars a day. */
export async function tenantWith(now: () => number, usdPerDay: number, onExhausted = "fail") {
	const made = await tenantLedger();
	const cascade = fakeCascade({ edge: { price: PRICE, timeoutMs: 20_000 }, origin: { price: PRICE } });
	const document: JsonObject = {
		...policyNumber(1),
		cascades: { cascade: { ...cascade, timeoutMs: 60_000 } },
		embeddings: {
			embed: {
				adapter: "workers-ai",
				model: "@fake/embed",
				price: { inputUsdPerMillion: 1_000_000, outputUsdPerMillion: 0 },
			},
		},
		budget: { usdPerDay, onExhausted },
	};
	valueOf(await made.ledger.putPolicy({ document, expected: null, reason: "budget", cause: "put", actor: ADMIN }));
	return { ...made, now, policy: valueOf(parseTenantPolicy(document)) };
}

type TestTenant = Awaited<ReturnType<typeof tenantWith>>;

/** What the ledger has counted of today's budget, in nano-dollars, and how many leases are not closed. */
export async function books({ stub }: TestLedger) {
	return runInDurableObject(stub, (_instance, { storage: { sql } }) => ({
		counted: sql.exec<{ counted: number }>("SELECT counted FROM budget_day").one().counted,
		open: sql.exec<{ holder: string; counted: number }>("SELECT holder, counted FROM leases").toArray(),
	}));
}

/** Uniform in [0, 1), the same in every run. */
export function randomNumbers(seed: number) {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

/** An isolate: the product's routes with a lease holder of its own, over the tenant's real ledger. */
export function isolate(
	name: string,
	{ tenant, stub, policy, now }: TestTenant,
	edge: Behaviour,
	origin: Behaviour = edge,
) {
	const timers = new FakeClock();
	// Its time is the ledger's; its long timers fire when the test says so.
	const clock: Clock = {
		now,
		// One that waits for others' leases waits a moment of real time.
		setTimer(ms, onExpiry) {
			if (ms > 100) return timers.setTimer(ms, onExpiry);
			const timer = setTimeout(onExpiry, ms);
			return () => clearTimeout(timer);
		},
	};
	const stages = { edge: fakeStage(timers, edge, FULL_MODEL), origin: fakeStage(timers, origin, FULL_MODEL) };
	const ledgerCalls = { grants: 0, returns: 0 };
	const ledger = stub as unknown as BudgetLedgerPort;
	const observations: Observation[] = [];
	const waits: Promise<unknown>[] = [];
	let isDown = false;
	const published = { revision: 1, sequence: 1, publishedAt: 1, suspended: false, canary: null, policy };
	const spendingOf = createLeaseHolder({
		ledgerOf: () => ({
			grantLease(input) {
				ledgerCalls.grants++;
				return ledger.grantLease(input);
			},
			async returnLease(input) {
				if (isDown) return new Promise<never>(() => {});
				ledgerCalls.returns++;
				return ledger.returnLease(input);
			},
		}),
		clock,
		waitUntil: (work) => void waits.push(work),
		logFault: (fault) => {
			throw new Error(fault);
		},
		holder: name,
	});
	const app = createApp<Cloudflare.Env>(
		() => ({
			keys: { find: async () => ok({ tenant, scopes: ["inference"] }) },
			policies: { read: async () => ok(published) },
			resolveStage: async (stage) => ok(stage.name === "edge" ? stages.edge : stages.origin),
			embed: async ({ policy: { model } }) => ok({ body: { object: "list", data: [], model }, promptTokens: 1 }),
			rateLimiter: noRateTier,
			spendingOf,
			recordFeedback: async () => err("no-tenant"),
			observations: { record: (observation) => void observations.push(observation) },
			clock,
			times: STREAM_TIMES,
		}),
		(fault) => {
			throw new Error(fault);
		},
	);
	return {
		ledgerCalls,
		observations,
		timers,
		/** The whole isolate is gone: whatever it still does reaches nobody. */
		goDown() {
			isDown = true;
		},
		async ask(fields: JsonObject = {}, path = "/v1/chat/completions") {
			const request = new Request(`https://edge.example${path}`, {
				method: "POST",
				headers: { authorization: "Bearer key" },
				body: JSON.stringify({
					model: "cascade",
					max_tokens: MAX_TOKENS,
					messages: [{ role: "user", content: "Hello" }],
					...fields,
				}),
			});
			return app.fetch(request, env, createExecutionContext());
		},
	};
}

/** Answers with so many tokens, after so many turns of the event loop. */
export function answer(charge: (nanos: number) => void, outputTokens: () => number, turns: () => number): Behaviour {
	return async () => {
		const used = outputTokens();
		charge(used * 1_000_000);
		for (let turn = turns(); turn > 0; turn--) await scheduler.wait(0);
		return ok(exampleAnswer({ text: "yes", tokens: tokensWith(0), usage: { inputTokens: 5, outputTokens: used } }));
	};
}
