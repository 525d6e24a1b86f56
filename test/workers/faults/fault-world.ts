import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { createEmbedder } from "../../../src/adapters/embeddings-resolver.ts";
import { createKvKeyStore } from "../../../src/adapters/kv-key-store.ts";
import { createKvPolicyStore } from "../../../src/adapters/kv-policy-store.ts";
import { createKvOriginStore, type OriginStore } from "../../../src/adapters/origin-store.ts";
import { NO_OUTAGE_EXCHANGE } from "../../../src/adapters/outage-exchange.ts";
import { createGuardedResolver } from "../../../src/adapters/stage-resolver.ts";
import { systemClock } from "../../../src/adapters/system-clock.ts";
import { createUpstreamGuards } from "../../../src/adapters/upstream-guard.ts";
import type { WorkersAiBinding } from "../../../src/adapters/workers-ai-stage.ts";
import type { Clock } from "../../../src/cascade/ports.ts";
import type { Observation } from "../../../src/core/observation.ts";
import { err, ok } from "../../../src/core/result.ts";
import { createApp } from "../../../src/http/app.ts";
import { STREAM_TIMES, type AppPorts } from "../../../src/http/app-ports.ts";
import type { FakeClock } from "../../cascade/fakes.ts";
import { FAKE_ORIGIN_KEY } from "../../support/fake-origin-key.ts";
import { noBudget } from "../../support/no-budget.ts";
import { noRateTier } from "../../support/no-rate-tier.ts";
import { readEvents } from "../../support/read-events.ts";
import { MESSAGES } from "../ask.ts";
import type { TestTenant } from "../tenant.ts";

/** Of the runtime's timers, a request leaves its clock's own behind, which go with it: one, and another where an earlier one was needed (`src/http/request-clock.ts`). */
export const REQUEST_TIMERS = 2;

/** What is broken, or held in a test's hand, in one composition of the product. */
interface Faults {
	readonly clock?: Clock;
	readonly ai?: WorkersAiBinding;
	readonly kv?: Pick<KVNamespace, "get">;
	/** Where every origin is, whatever its record says: addresses that no operator may name. */
	readonly originAt?: string;
	readonly ports?: Partial<AppPorts>;
}

/** One isolate: the product's routes on its real stores and adapters, but for what a test breaks. */
export function faultWorld(faults: Faults = {}) {
	const { clock = systemClock, ai = env.AI, kv = env.CONFIG, originAt } = faults;
	const observations: Observation[] = [];
	const origins: OriginStore =
		originAt === undefined
			? createKvOriginStore({ kv, secret: () => env.ORIGIN_FAKE_KEY, allowLoopback: true, clock })
			: { find: async () => ok({ baseUrl: originAt, key: FAKE_ORIGIN_KEY }) };
	const guards = createUpstreamGuards({ now: clock.now, outages: NO_OUTAGE_EXCHANGE });
	const ports: AppPorts = {
		keys: createKvKeyStore({ kv, clock }),
		policies: createKvPolicyStore({ kv, clock }),
		// Without a pause before a call that is made once more.
		resolveStage: createGuardedResolver({ ai, origins, clock, guards, random: () => 0 }),
		embed: createEmbedder({ ai, origins, clock }),
		rateLimiter: noRateTier,
		spendingOf: noBudget,
		recordFeedback: async () => err("no-tenant"),
		observations: { record: (observation) => void observations.push(observation) },
		clock,
		times: STREAM_TIMES,
		...faults.ports,
	};
	const app = createApp<Cloudflare.Env>(
		() => ports,
		(fault) => {
			throw new Error(fault);
		},
	);
	return {
		observations,
		async ask(tenant: TestTenant, { route, signal = null, path = "/v1/chat/completions", ...fields }: Asked = {}) {
			const request = new Request(`https://edge.example${path}`, {
				method: "POST",
				headers: {
					authorization: `Bearer ${tenant.key}`,
					...(route === undefined ? {} : { "x-cascade-route": route }),
				},
				body: JSON.stringify({ model: "cascade", messages: MESSAGES, ...fields }),
				signal,
			});
			return app.fetch(request, env, createExecutionContext());
		},
	};
}

interface Asked {
	readonly route?: "edge" | "origin";
	readonly signal?: AbortSignal | null;
	readonly path?: string;
	readonly [field: string]: unknown;
}

/** What a client is told of a failure. */
export interface ExpectedError {
	readonly status: number;
	readonly code: string;
	/** Seconds, or `never`: told not to try again. Null where clients do not try again by themselves. */
	readonly retryAfter: number | "never" | null;
}

/** A reply that is an error: OpenAI's shape, when to try again, and nothing of an upstream's own. */
export async function expectError(response: Response, { status, code, retryAfter }: ExpectedError): Promise<void> {
	const text = await response.text();
	const body = JSON.parse(text) as { error: Record<string, unknown> };
	expect({ status: response.status, code: body.error["code"] }).toEqual({ status, code });
	expect(response.headers.get("content-type")).toBe("application/json");
	expect(Object.keys(body)).toEqual(["error"]);
	expect(Object.keys(body.error).toSorted()).toEqual(["code", "message", "param", "type"]);
	const types: Readonly<Record<number, string>> = { 400: "invalid_request_error", 429: "rate_limit_error" };
	// OpenAI has a type of its own for an account without money.
	expect(body.error["type"]).toBe(code === "insufficient_quota" ? code : (types[status] ?? "server_error"));
	expect(body.error["message"]).toMatch(/\w/u);
	expect(response.headers.get("x-request-id")).toMatch(/^req_/u);
	expect(response.headers.get("retry-after")).toBe(typeof retryAfter === "number" ? String(retryAfter) : null);
	expect(response.headers.get("x-should-retry")).toBe(retryAfter === "never" ? "false" : null);
	expectNothingLeaks(text);
	expectNothingLeaks(JSON.stringify([...response.headers]));
}

/** A reply that is one whole answer, plain or a stream, made by this stage. */
export async function expectAnswer(
	response: Response,
	stream: boolean,
	expected: { readonly stage: string; readonly reason: string; readonly content: string },
): Promise<void> {
	const { stage, reason, content } = expected;
	expect(response.status).toBe(200);
	expect(response.headers.get("x-cascade-stage")).toBe(stage);
	expect(response.headers.get("x-cascade-reason")).toBe(reason);
	if (stream) {
		const reply = await readEvents(response);
		expect(reply).toMatchObject({ content, finishReasons: ["stop"], done: true, error: undefined });
		expect(reply.facts).toMatchObject({ stage, reason });
		expectNothingLeaks(JSON.stringify(reply.chunks));
		return;
	}
	const text = await response.text();
	expectNothingLeaks(text);
	expect(JSON.parse(text)).toMatchObject({
		choices: [{ message: { content }, finish_reason: "stop" }],
		cascade: { stage, reason },
	});
}

/** A stream that had begun when its upstream failed: what it said until then, one error, one end, and no other answer. */
export async function expectBrokenStream(
	response: Response,
	expected: { readonly content: string; readonly code: string },
): Promise<void> {
	expect(response.status).toBe(200);
	const text = await response.text();
	expectNothingLeaks(text);
	const reply = await readEvents(new Response(text));
	expect(reply).toMatchObject({ content: expected.content, finishReasons: [], done: true });
	expect(reply.error).toEqual({
		message: expect.stringMatching(/\w/u),
		type: "server_error",
		param: null,
		code: expected.code,
	});
	expect(reply.chunks.filter(({ error }) => error !== undefined)).toHaveLength(1);
	expect(text.match(/data: \[DONE\]/gu)).toHaveLength(1);
}

/** Neither what proxies and servers say of themselves nor a key is for clients or logs. */
export function expectNothingLeaks(text: string): void {
	for (const secret of [FAKE_ORIGIN_KEY, "<html", "gpu.internal", "127.0.0.1", "localhost:"])
		expect(text).not.toContain(secret);
}

/** Waits for a reply, and lets so much time pass each time that something hangs; `hung` counts how often it has. */
export async function answered(
	ask: () => Promise<Response>,
	clock: FakeClock,
	hung: () => number,
	ms: number,
): Promise<Response> {
	let response: Response | undefined;
	let waitedFor = hung();
	void ask().then((settled) => (response = settled));
	while (response === undefined) {
		await scheduler.wait(1);
		if (hung() === waitedFor) continue;
		waitedFor += 1;
		await clock.advance(ms);
	}
	return response;
}
