import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, inject, it } from "vitest";
import { createKvKeyStore } from "../../src/adapters/kv-key-store.ts";
import { createKvPolicyStore } from "../../src/adapters/kv-policy-store.ts";
import { createOriginStage } from "../../src/adapters/origin-stage.ts";
import { systemClock as clock } from "../../src/adapters/system-clock.ts";
import { createWorkersAiStage } from "../../src/adapters/workers-ai-stage.ts";
import { err, ok } from "../../src/core/result.ts";
import { createApp } from "../../src/http/app.ts";
import { STREAM_TIMES } from "../../src/http/app-ports.ts";
import { FAKE_ORIGIN_KEY } from "../support/fake-origin-key.ts";
import { event } from "../support/openai-answers.ts";
import { readEvents } from "../support/read-events.ts";
import { publishTenant, type TestTenant } from "./tenant.ts";
import { noBudget } from "../support/no-budget.ts";
import { noRateTier } from "../support/no-rate-tier.ts";

const WORDS = "é👍🏽\u2028日";

/** How a body comes: a first read of so many bytes, then reads of so many. */
interface Reads {
	readonly first: number;
	readonly size: number;
}

/** Every way to come in reads of this size, so that every byte of a body is the last of a read in one of them. */
function readsOf(size: number): Reads[] {
	return Array.from({ length: size }, (_, position) => ({ first: position + 1, size }));
}

/** The same bytes in other reads. */
function reread(body: ReadableStream<Uint8Array>, { first, size }: Reads): ReadableStream<Uint8Array> {
	let left = first;
	return body.pipeThrough(
		new TransformStream<Uint8Array, Uint8Array>({
			transform(bytes, controller) {
				let start = 0;
				while (start < bytes.length) {
					const piece = bytes.slice(start, start + left);
					controller.enqueue(piece);
					start += piece.length;
					left = left === piece.length ? size : left - piece.length;
				}
			},
		}),
	);
}

/** The product's routes on the real adapters, whose upstreams' bodies come in these reads. */
function appWithReads(reads: Reads) {
	const fetcher: typeof fetch = async (input, init) => {
		const response = await fetch(input, init);
		return response.body === null ? response : new Response(reread(response.body, reads), response);
	};
	const origin = { baseUrl: `${inject("fakeOriginUrl")}/v1`, key: FAKE_ORIGIN_KEY };
	const ai = {
		run: async () => {
			const text = [...WORDS].map((response) => event({ response, p: "abc" })).join("") + event("[DONE]");
			return new Response(reread(new Response(text).body as ReadableStream<Uint8Array>, reads));
		},
	};
	const app = createApp<Cloudflare.Env>(
		() => ({
			keys: createKvKeyStore({ kv: env.CONFIG, clock }),
			policies: createKvPolicyStore({ kv: env.CONFIG, clock }),
			resolveStage: async ({ adapter, model }) =>
				ok(
					adapter === "openai"
						? createOriginStage(origin, clock, undefined, fetcher)
						: createWorkersAiStage(ai, model, undefined, clock),
				),
			embed: async () => err({ kind: "unreachable" }),
			rateLimiter: noRateTier,
			spendingOf: noBudget,
			recordFeedback: async () => err("no-tenant"),
			observations: { record: () => {} },
			clock,
			times: STREAM_TIMES,
		}),
		(fault) => {
			throw new Error(fault);
		},
	);
	return async (tenant: TestTenant, route: "edge" | "origin") => {
		const request = new Request("https://edge.example/v1/chat/completions", {
			method: "POST",
			headers: { authorization: `Bearer ${tenant.key}`, "x-cascade-route": route },
			body: JSON.stringify({ model: "cascade", messages: [{ role: "user", content: WORDS }], stream: true }),
		});
		return readEvents(await app.fetch(request, env, createExecutionContext()));
	};
}

const WHOLE = { status: 200, finishReasons: ["stop"], done: true, error: undefined };

describe("a stream of the origin in the Workers runtime", () => {
	it.each([1, 7, 61])("is whole wherever reads of %i bytes begin", async (size) => {
		const tenant = await publishTenant();
		for (const reads of readsOf(size)) {
			const reply = await appWithReads(reads)(tenant, "origin");
			expect(reply, JSON.stringify(reads)).toMatchObject({ ...WHOLE, content: `origin: ${WORDS}` });
		}
	});

	it.each(["crlf", "named-events", "with-comments", "no-last-line-break"])(
		"is whole wherever reads of 31 bytes begin, spelled otherwise: %s",
		async (model) => {
			const tenant = await publishTenant({ origin: { model } });
			for (const reads of readsOf(31)) {
				const reply = await appWithReads(reads)(tenant, "origin");
				expect(reply, JSON.stringify(reads)).toMatchObject({ ...WHOLE, content: "answer", comments: 0 });
			}
		},
	);

	it.each([
		["error-late", "half", "upstream_error"],
		["break-mid-event", "half", "upstream_invalid"],
	])("ends with its error wherever reads of 31 bytes begin: %s", async (model, content, code) => {
		const tenant = await publishTenant({ origin: { model } });
		for (const reads of readsOf(31)) {
			const reply = await appWithReads(reads)(tenant, "origin");
			expect(reply, JSON.stringify(reads)).toMatchObject({ status: 200, content, done: true, error: { code } });
		}
	});
});

describe("a native stream of Workers AI in the Workers runtime", () => {
	it.each([1, 7, 61])("is whole wherever reads of %i bytes begin", async (size) => {
		const tenant = await publishTenant();
		for (const reads of readsOf(size)) {
			const reply = await appWithReads(reads)(tenant, "edge");
			expect(reply, JSON.stringify(reads)).toMatchObject({ ...WHOLE, content: WORDS });
		}
	});
});
