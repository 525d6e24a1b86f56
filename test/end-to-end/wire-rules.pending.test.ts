/**
 * Comments that keep a connection alive while the cascade decides, and what each client makes of them. The product's own
 * times are too long for a test, so these are its routes in this process, with short times and stages that are slow.
 */
import { describe, expect, it } from "vitest";
import { systemClock as clock } from "../../src/adapters/system-clock.ts";
import type { CascadeStage } from "../../src/cascade/ports.ts";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import { err, ok } from "../../src/core/result.ts";
import { createApp } from "../../src/http/app.ts";
import { FakeClock, fakeStage, silent } from "../cascade/fakes.ts";
import { exampleAnswer } from "../core/examples.ts";
import { fakeCascade } from "../support/cascades.ts";
import { streamEvents } from "../support/openai-answers.ts";
import { CLIENTS, shownBy } from "./three-clients.ts";
import { noBudget } from "../support/no-budget.ts";
import { noRateTier } from "../support/no-rate-tier.ts";

const TIMES = { pendingAfterMs: 30, keepAliveEveryMs: 20, idleMs: 5_000, totalMs: 10_000 };

/** A stage that takes its time, which is much longer than the times above. */
function slowly<Value>(value: () => Value): Promise<Value> {
	return new Promise((resolve) => setTimeout(() => resolve(value()), 200));
}

const unasked = fakeStage(new FakeClock(), silent);
const smallAnswer = exampleAnswer({ text: "small" });
const STAGES: Readonly<Record<string, CascadeStage>> = {
	"@fake/slow": { ...unasked, complete: () => slowly(() => ok(smallAnswer)) },
	"slow-start": {
		...unasked,
		stream: () =>
			slowly(() => {
				const body = new Blob([streamEvents("large", "large").join("")]).stream();
				return ok({ head: [], rest: body.getReader() });
			}),
	},
	unreachable: { ...unasked, stream: () => slowly(() => err({ kind: "unreachable" as const })) },
};

const edge = { model: "@fake/slow", confidence: { method: "agreement", samples: 2 }, threshold: 1 };
const policy = parseTenantPolicy({
	version: 1,
	cascades: {
		fine: fakeCascade({ edge, origin: { model: "slow-start" } }),
		broken: fakeCascade({ edge, origin: { model: "unreachable" } }),
	},
});
if (!policy.ok) throw new Error(JSON.stringify(policy.error));
const published = {
	revision: 1,
	sequence: 1,
	publishedAt: 1_790_000_000,
	suspended: false,
	canary: null,
	policy: policy.value,
};

const app = createApp<object>(
	() => ({
		keys: { find: () => Promise.resolve(ok({ tenant: "demo", scopes: ["inference"] })) },
		policies: { read: () => Promise.resolve(ok(published)) },
		resolveStage: ({ model }) => Promise.resolve(ok(STAGES[model] ?? unasked)),
		embed: () => Promise.resolve(err({ kind: "unreachable" as const })),
		rateLimiter: noRateTier,
		spendingOf: noBudget,
		recordFeedback: async () => err("no-tenant"),
		observations: { record: () => {} },
		clock,
		times: TIMES,
	}),
	(fault, facts) => {
		throw new Error(`${fault}: ${JSON.stringify(facts)}`);
	},
);

/** Asks the routes above, and remembers what they sent. */
function recordingFetch() {
	const answers: { readonly stage: string | null; readonly text: Promise<string> }[] = [];
	return {
		async fetch(input: string | URL | Request, init?: RequestInit) {
			const response = await app.fetch(new Request(input, init), {});
			answers.push({ stage: response.headers.get("x-cascade-stage"), text: response.clone().text() });
			return response;
		},
		answers,
	};
}

describe.each(CLIENTS)("a stream that begins before it is decided, for $name", (client) => {
	it.each([
		["the origin", "origin", "large"],
		["the edge", "auto", "small"],
	])("is the answer of %s, and the comments before it are nothing", async (_which, route, text) => {
		const { fetch, answers } = recordingFetch();
		const answer = await client.stream("fine", { withTool: false, fetch, headers: { "x-cascade-route": route } });
		expect(answer).toMatchObject({ text, finishReason: "stop" });
		expect(answers.map(({ stage }) => stage)).toEqual(["pending"]);
		expect(await answers[0]?.text).toMatch(/^: \S.*\n\n: \S/u);
	});

	it("throws our own error where nothing comes of it, although the status was 200", async () => {
		const { fetch, answers } = recordingFetch();
		const error = await shownBy(client, "stream", "broken", { fetch, headers: { "x-cascade-route": "origin" } });
		expect(error).toMatchObject({ status: undefined, type: "server_error", code: "origin_unavailable" });
		expect(error.message).toMatch(/could not be reached/u);
		expect(answers.map(({ stage }) => stage)).toEqual(["pending"]);
	});
});
