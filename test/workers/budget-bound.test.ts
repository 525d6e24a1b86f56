import { inject } from "vitest";
import { beforeAll, describe, expect, it } from "vitest";
import { callsTo } from "../support/far-side.ts";
import { createIsolationWorld, type IsolatedTenant } from "./tenant-isolation-world.ts";

let world: Awaited<ReturnType<typeof createIsolationWorld>>;
beforeAll(async () => {
	world = await createIsolationWorld();
});

/** What the origin was asked for a request with these fields. */
async function sent({ keys, secret }: IsolatedTenant, path: string, fields: Readonly<Record<string, unknown>>) {
	const headers = { "x-cascade-route": "origin" };
	const response = await world.ask(keys.inference.key, path, { model: "shared", ...fields }, headers);
	expect(response.status, await response.text()).toBe(200);
	const call = (await callsTo(inject("fakeOriginUrl"), secret)).at(-1);
	return call?.body as Readonly<Record<string, unknown>>;
}

const CHAT = { messages: [{ role: "user", content: "Hello" }] };

describe("an answer whose client sets no limit", () => {
	it("is bounded at the origin by what was set aside for it, where the tenant has a budget", async () => {
		const tenant = await world.addTenant("rich", { limits: { maxOutputTokens: 321 } });
		for (const stream of [false, true]) {
			const body = await sent(tenant, "/v1/chat/completions", { ...CHAT, stream });
			expect([body["max_tokens"], body["max_completion_tokens"]]).toEqual([321, undefined]);
		}
		expect((await sent(tenant, "/v1/responses", { input: "Hello" }))["max_tokens"]).toBe(321);
		expect(await sent(tenant, "/v1/chat/completions", { ...CHAT, max_tokens: 5 })).toMatchObject({ max_tokens: 5 });
		const newer = await sent(tenant, "/v1/chat/completions", { ...CHAT, max_completion_tokens: 6 });
		expect([newer["max_tokens"], newer["max_completion_tokens"]]).toEqual([undefined, 6]);
	});

	it("is left to the origin where there is no budget", async () => {
		const tenant = await world.addTenant("free", { budget: undefined });
		const body = await sent(tenant, "/v1/chat/completions", CHAT);
		expect([body["max_tokens"], body["max_completion_tokens"]]).toEqual([undefined, undefined]);
	});
});
