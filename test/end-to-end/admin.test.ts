import { inject } from "vitest";
import { describe, expect, it } from "vitest";
import type { UsageReport } from "../../src/core/ledger/usage.ts";
import { demoPolicy } from "../../src/local/demo-records.ts";
import { LOCAL_OPERATOR_KEY } from "../../src/local/seed-demo.ts";
import { openaiClient } from "./client.ts";
import { SURE_MAIL, UNSURE_MAIL } from "./mails.ts";

interface Reply {
	readonly status: number;
	readonly etag: string | null;
	readonly body: Readonly<Record<string, unknown>>;
}

/** Asks the admin API of the running stack. */
async function admin(
	method: string,
	path: string,
	body?: unknown,
	headers: Readonly<Record<string, string>> = {},
	key = LOCAL_OPERATOR_KEY,
): Promise<Reply> {
	const response = await fetch(`${inject("stackUrl")}/admin/v1${path}`, {
		method,
		headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	return {
		status: response.status,
		etag: response.headers.get("etag"),
		body: (await response.json()) as Reply["body"],
	};
}

const policyAt = (threshold: number) => {
	const { cascades } = demoPolicy(undefined) as { cascades: Record<string, { stages: { threshold?: number }[] }> };
	const mail = structuredClone(cascades["cascade"]);
	if (mail?.stages[0] !== undefined) mail.stages[0].threshold = threshold;
	return { version: 1, cascades: { mail } };
};

/** A tenant of this test alone, with a policy and a key that asks. */
async function tenantWithKey(name: string) {
	expect(await admin("POST", "/tenants", { tenant: name })).toMatchObject({ status: 201 });
	const put = await admin("PUT", `/tenants/${name}/policy?reason=first`, policyAt(0.8), { "if-none-match": "*" });
	expect(put).toMatchObject({ status: 201, etag: '"1"', body: { revision: 1, publication: { pending: 0 } } });
	const made = await admin("POST", `/tenants/${name}/keys`, { name: "app", scopes: ["inference", "read"] });
	return String(made.body["key"]);
}

describe("a tenant made by the admin API", () => {
	it("asks with its key, and what it asked is counted by cascade, revision and stage", async () => {
		const key = await tenantWithKey("counted");
		const client = openaiClient(key);
		for (const mail of [SURE_MAIL, SURE_MAIL, UNSURE_MAIL])
			await client.chat.completions.create({ model: "mail", messages: mail.messages, temperature: 0 });
		const day = 86_400_000;
		const [from, to] = [-day, day].map((ms) => new Date(Date.now() + ms).toISOString());
		const range = `from=${from}&to=${to}&by=day`;
		const report = async () =>
			(await admin("GET", `/tenants/counted/usage?${range}`, undefined, {}, key)).body as unknown as UsageReport;
		// The queue delivers a batch after a second.
		await expect.poll(async () => (await report()).rows[0]?.requests, { timeout: 12_000, interval: 250 }).toBe(3);
		const [row] = (await report()).rows;
		expect(row).toMatchObject({ cascade: "mail", policyRevision: 1, outcomes: { answered: 3 } });
		expect(row?.stages).toEqual({ edge: 2, origin: 1 });
		expect(row?.reasons).toEqual({ accepted: 2, "low-confidence": 1 });
		expect(row?.cost.usd).toBeGreaterThan(0);
		expect(row?.cost.unknown).toBe(0);
	});

	it("is refused a write on what has changed since it was read, and goes back to any revision in one call", async () => {
		await tenantWithKey("rolled-back");
		const path = "/tenants/rolled-back/policy";
		expect(await admin("PUT", path, policyAt(0.9), { "if-match": '"1"' })).toMatchObject({ status: 200, etag: '"2"' });
		expect(await admin("PUT", path, policyAt(0.5), { "if-match": '"1"' })).toMatchObject({ status: 412, etag: '"2"' });
		expect(await admin("PUT", path, policyAt(0.5))).toMatchObject({ status: 428 });
		expect(await admin("POST", `${path}/rollback`, { revision: 1, reason: "too dear" })).toMatchObject({
			status: 200,
			etag: '"3"',
		});
		const current = await admin("GET", path);
		expect(current.body).toEqual(policyAt(0.8));
		const { body } = await admin("GET", `${path}/revisions`);
		expect(body["items"]).toMatchObject([
			{ revision: 3, cause: "rollback", reason: "too dear" },
			{ revision: 2 },
			{ revision: 1, reason: "first" },
		]);
	});

	it("cannot be seen with another tenant's key, nor told from one that is not there", async () => {
		const key = await tenantWithKey("curious");
		const other = await admin("GET", "/tenants/demo/policy", undefined, {}, key);
		const absent = await admin("GET", "/tenants/nobody-at-all/policy", undefined, {}, key);
		expect(other.status).toBe(404);
		expect(other).toEqual(absent);
		expect(await admin("GET", "/tenants", undefined, {}, key)).toMatchObject({ status: 403 });
		const own = await admin("PUT", "/tenants/curious/policy", policyAt(0), { "if-match": '"1"' }, key);
		expect(own).toMatchObject({ status: 403, body: { error: { code: "insufficient_scope" } } });
	});
});
