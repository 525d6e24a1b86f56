import { describe, expect, it } from "vitest";
import { judgeAnchors, type PairLabeller } from "../../src/admin/check-anchors.ts";
import { labelAnswer } from "../../src/cascade/label-answer.ts";
import type { Anchor } from "../../src/core/evidence/anchors.ts";
import { FakeClock } from "../cascade/fakes.ts";
import { ask, createCallers } from "./admin-world.ts";
import { createFakeWorld } from "./fake-world.ts";
import { policyAt } from "./samples.ts";

const anchor = (edge: string, reference = "Paris", wrong = false): Anchor => ({
	messages: [{ role: "user", content: "What is the capital of France?" }],
	edge,
	reference,
	wrong,
});

/** The product's own labellers, which ask no model here. */
const comparing: PairLabeller = ({ labeller, ...pair }) =>
	labelAnswer(
		{
			clock: new FakeClock(),
			resolveStage: () => Promise.reject(new Error("no model is asked")),
			embedTexts: () => Promise.reject(new Error("no model is asked")),
		},
		labeller,
		pair,
		{ timeoutMs: 1_000, signal: new AbortController().signal },
	);

describe("a labeller on anchors", () => {
	it("judges each as it would a request's answers, in their order", async () => {
		const anchors = [anchor("paris."), anchor("Lyon"), anchor(" PARIS "), anchor("Rome")];
		const judged = await judgeAnchors(comparing, { kind: "normalised" }, anchors, () => "req_1");
		expect(judged).toEqual({ verdicts: ["right", "wrong", "right", "wrong"], costUsd: 0 });
	});

	it("judges a few at the same time, each once, whichever is done first", async () => {
		let [running, most, asked] = [0, 0, 0];
		const slow: PairLabeller = async ({ edge: { text } }) => {
			asked += 1;
			most = Math.max(most, ++running);
			await new Promise((resolve) => setTimeout(resolve, Number(text) % 3));
			running -= 1;
			return { verdict: Number(text) % 2 === 0 ? "right" : "wrong", costUsd: 0.25 };
		};
		const anchors = Array.from({ length: 30 }, (_, index) => anchor(String(index)));
		const { verdicts, costUsd } = await judgeAnchors(slow, { kind: "exact" }, anchors, () => "req_1");
		expect(verdicts).toEqual(anchors.map((_, index) => (index % 2 === 0 ? "right" : "wrong")));
		expect([costUsd, asked, most]).toEqual([7.5, 30, 8]);
	});

	it("costs what is not known where one of them does", async () => {
		const costs = [0.5, null, 0.5];
		const labeller: PairLabeller = async ({ edge: { text } }) => ({
			verdict: "failed",
			costUsd: costs[Number(text)] ?? null,
		});
		const anchors = [anchor("0"), anchor("1"), anchor("2")];
		expect(await judgeAnchors(labeller, { kind: "exact" }, anchors, () => "req_1")).toEqual({
			verdicts: ["failed", "failed", "failed"],
			costUsd: null,
		});
	});
});

describe("the routes of anchors", () => {
	const path = (tenant: string, rest = "") => `/tenants/${tenant}/cascades/chat/evidence/anchors${rest}`;
	const body = { anchors: [anchor("Paris")], targetDisagreement: 0.1 };

	/** A tenant whose policy keeps text or does not, in a world whose labellers compare. */
	async function tenantWith(retainText: boolean) {
		const world = await createFakeWorld({ labelPair: comparing });
		const { ids, keys } = await createCallers(world);
		const policy = policyAt(0.5) as { cascades: { chat: object } };
		const chat = { ...policy.cascades.chat, ...(retainText ? { retainText: { hours: 24 } } : {}) };
		const key = keys.admin;
		const put = await ask(world, "PUT", `/tenants/${ids.tenant}/policy`, {
			key,
			headers: { "if-match": '"2"' },
			body: { ...policy, cascades: { chat } },
		});
		expect([200, 201]).toContain(put.status);
		return { world, key, tenant: ids.tenant };
	}

	it("take anchors, give them back, and have the cascade's labeller judge them", async () => {
		const { world, key, tenant } = await tenantWith(true);
		const put = await ask(world, "PUT", path(tenant), { key, body });
		expect([put.status, put.body]).toMatchObject([200, { set: 1, anchors: 1, targetDisagreement: 0.1 }]);
		expect((await ask(world, "GET", path(tenant), { key })).body).toMatchObject({ anchors: body.anchors });
		const checked = await ask(world, "POST", path(tenant, "/check"), { key });
		expect(checked.body).toMatchObject({ checks: [{ n: 1, failed: 0, costUsd: 0 }] });
	});

	it("keep no text where the policy does not, and take away what is there in any case", async () => {
		const { world, key, tenant } = await tenantWith(false);
		const put = await ask(world, "PUT", path(tenant), { key, body });
		expect([put.status, put.body]).toMatchObject([409, { error: { code: "text_not_retained" } }]);
		expect((await ask(world, "PUT", path(tenant), { key, body: { ...body, anchors: [] } })).status).toBe(200);
	});

	it.each([
		[{ ...body, targetDisagreement: 0 }, "targetDisagreement"],
		[{ ...body, anchors: Array.from({ length: 201 }, () => anchor("a")) }, "anchors"],
		[{ ...body, anchors: [{ ...anchor("a"), messages: [] }] }, "anchors[0].messages"],
		[{ ...body, anchors: [{ ...anchor("a"), edge: "x".repeat(16_001) }] }, "anchors[0].edge"],
	])("name what does not fit: %#", async (bad, param) => {
		const { world, key, tenant } = await tenantWith(true);
		const refused = await ask(world, "PUT", path(tenant), { key, body: bad });
		expect([refused.status, refused.body]).toMatchObject([422, { error: { param } }]);
	});

	it("ask no model where there is none to ask", async () => {
		const world = await createFakeWorld();
		const { ids, keys } = await createCallers(world);
		const checked = await ask(world, "POST", path(ids.tenant, "/check"), { key: keys.admin });
		// Without anchors there is nothing to ask.
		expect(checked.status).toBe(200);
	});
});
