import { describe, expect, it } from "vitest";
import type { PublishedPolicy } from "../../src/cascade/ports.ts";
import { err, ok } from "../../src/core/result.ts";
import { createApp } from "../../src/http/app.ts";
import { EVERY_ROUTE } from "../support/every-route.ts";
import { STREAM_TIMES } from "../../src/http/app-ports.ts";
import { exampleCascade, FULL_MODEL } from "../core/examples.ts";
import { answering, FakeClock, fakeStage } from "../cascade/fakes.ts";
import { noBudget } from "../support/no-budget.ts";

/** What is answered also to a tenant over its limit: these ask no model. Every other route must be limited. */
const UNLIMITED = ["GET /healthz", "GET /v1/models", "GET /v1/models/:id"];

const LIMITS = { maxBodyBytes: 1_000, maxOutputTokens: 100 };

function policyOf(rateTier: string | null): PublishedPolicy["policy"] {
	const limits = rateTier === null ? LIMITS : { ...LIMITS, rateTier };
	return { version: 1, cascades: { chat: exampleCascade() }, embeddings: {}, defaults: {}, limits };
}

/** The product's routes for one tenant, whose tier admits or refuses everything; they tell what was counted. */
function routes({
	isAdmitted = false,
	rateTier = "standard" as string | null,
	published = {} as Partial<PublishedPolicy>,
} = {}) {
	const clock = new FakeClock();
	const counted: string[] = [];
	const observed: unknown[] = [];
	const policy = policyOf(rateTier);
	const found = { revision: 1, sequence: 1, publishedAt: 1, suspended: false, canary: null, policy, ...published };
	const app = createApp<object>(
		() => ({
			keys: {
				find: async (key) => ok(key === "unknown" ? null : { tenant: "acme", scopes: ["inference"] }),
			},
			policies: { read: async () => ok(found) },
			rateLimiter: {
				async admits(tier, tenant) {
					counted.push(`${tier} ${tenant}`);
					return isAdmitted;
				},
			},
			resolveStage: async () => ok(fakeStage(clock, answering("yes"), FULL_MODEL)),
			embed: async () => err({ kind: "unreachable" }),
			spendingOf: noBudget,
			recordFeedback: async () => err("no-tenant"),
			observations: { record: (observation) => void observed.push(observation) },
			clock,
			times: STREAM_TIMES,
		}),
		(fault, facts) => {
			throw new Error(`${fault}: ${JSON.stringify(facts)}`);
		},
	);
	const send = async (method: string, path: string, key = "key") => {
		const request = new Request(`https://edge.example${path.replace(":id", "chat")}`, {
			method,
			headers: { authorization: `Bearer ${key}` },
			...(method === "GET" ? {} : { body: "{" }),
		});
		return { request, response: await app.fetch(request, {}) };
	};
	return { counted, observed, send };
}

/** Every method and path that the Worker serves, as its list of routes has them. */
async function served(): Promise<{ readonly method: string; readonly path: string }[]> {
	const { send } = routes({ isAdmitted: true });
	const found: { readonly method: string; readonly path: string }[] = [];
	for (const { method, path } of EVERY_ROUTE)
		if ((await send(method, path)).response.status !== 405) found.push({ method, path });
	return found;
}

const ALL = await served();
const isLimited = ({ method, path }: (typeof ALL)[number]) => !UNLIMITED.includes(`${method} ${path}`);

describe("a tenant over its rate limit", () => {
	it("is asked about on the routes below, and the others are these", () => {
		expect(ALL.filter((route) => !isLimited(route)).map(({ method, path }) => `${method} ${path}`)).toEqual(UNLIMITED);
		expect(ALL.filter(isLimited).map(({ path }) => path)).toEqual(
			expect.arrayContaining(["/v1/chat/completions", "/v1/responses", "/v1/embeddings"]),
		);
	});

	it.each(ALL.filter(isLimited))("is refused by $method $path, with its body unread", async ({ method, path }) => {
		const { send, counted, observed } = routes();
		const { request, response } = await send(method, path);
		expect(response.status).toBe(429);
		expect(response.headers.get("retry-after")).toBe("10");
		expect(response.headers.get("x-should-retry")).toBeNull();
		expect(response.headers.get("x-request-id")).toMatch(/^req_/u);
		expect(await response.json()).toEqual({
			error: {
				message: "You send more requests than your rate tier 'standard' allows. Try again in 10 seconds.",
				type: "rate_limit_error",
				param: null,
				code: "rate_limit_exceeded",
			},
		});
		expect(request.bodyUsed).toBe(false);
		expect(counted).toEqual(["standard acme"]);
		expect(observed).toEqual([]);
	});

	it.each(ALL.filter((route) => !isLimited(route)))("is served by $method $path", async ({ method, path }) => {
		const { send, counted } = routes();
		expect((await send(method, path)).response.status).toBe(200);
		expect(counted).toEqual([]);
	});
});

describe("a request", () => {
	const CHAT = ["POST", "/v1/chat/completions"] as const;

	it("within the limit is counted once and goes on to its body", async () => {
		const { send, counted } = routes({ isAdmitted: true });
		const { response } = await send(...CHAT);
		expect(await response.json()).toMatchObject({ error: { code: "invalid_json" } });
		expect(counted).toEqual(["standard acme"]);
	});

	it("of a tenant without a tier is not counted", async () => {
		const { send, counted } = routes({ rateTier: null });
		expect((await send(...CHAT)).response.status).toBe(400);
		expect(counted).toEqual([]);
	});

	it.each([
		["with an unknown key", "unknown", {}, 401],
		["of a suspended tenant", "key", { suspended: true }, 403],
	])("%s uses up nothing of the allowance", async (_which, key, published, status) => {
		const { send, counted } = routes({ published });
		expect((await send(...CHAT, key)).response.status).toBe(status);
		expect(counted).toEqual([]);
	});

	it("is counted by the current policy's tier, whatever a canary's is", async () => {
		const canary = { revision: 2, share: 0.999, policy: policyOf("gold") };
		const { send, counted } = routes({ published: { canary } });
		await send(...CHAT);
		expect(counted).toEqual(["standard acme"]);
		const untiered = routes({ rateTier: null, published: { canary } });
		expect((await untiered.send(...CHAT)).response.status).toBe(400);
		expect(untiered.counted).toEqual([]);
	});
});
