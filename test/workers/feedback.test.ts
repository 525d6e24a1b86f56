import { env, exports } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { createFeedbackRecorder } from "../../src/adapters/feedback-recorder.ts";
import type { TenantLedgerPort } from "../../src/core/ledger/ledger-ports.ts";
import { send, type ReplyBody } from "./ask.ts";
import { publishTenant, type TestTenant } from "./tenant.ts";

const ID = "req_00112233-4455-6677-8899-aabbccddeeff";

/** A tenant with a ledger. */
async function tenantWithLedger(): Promise<TestTenant & { readonly ledger: TenantLedgerPort }> {
	const tenant = await publishTenant();
	const ledger = env.TENANT_LEDGER.getByName(tenant.id) as unknown as TenantLedgerPort;
	const actor = { kind: "operator-key", name: "opkey_1" } as const;
	expect(await ledger.create({ tenant: tenant.id, name: "Example", actor })).toMatchObject({ ok: true });
	return { ...tenant, ledger };
}

async function say(
	tenant: Pick<TestTenant, "key">,
	body: unknown,
): Promise<{ status: number; body: ReplyBody; headers: Headers }> {
	const response = await exports.default.fetch("https://edge.example/v1/feedback", {
		method: "POST",
		headers: { authorization: `Bearer ${tenant.key}`, "content-type": "application/json" },
		body: typeof body === "string" ? body : JSON.stringify(body),
	});
	return { status: response.status, body: await response.json(), headers: response.headers };
}

describe("POST /v1/feedback", () => {
	it("joins what is said of an answer with the answer's own record", { timeout: 60_000 }, async () => {
		const tenant = await tenantWithLedger();
		const reply = await send(tenant);
		const requestId = reply.headers.get("x-request-id");
		const stage = reply.headers.get("x-cascade-stage");
		await reply.text();
		const said = await say(tenant, { request_id: requestId, correct: false });
		expect(said.status).toBe(200);
		expect(said.body).toMatchObject({ object: "feedback", request_id: requestId, changed: true });
		const rows = await vi.waitUntil(
			async () => {
				const report = await tenant.ledger.feedback();
				return report.rows.length > 0 ? report.rows : false;
			},
			{ timeout: 50_000, interval: 250 },
		);
		expect(rows).toMatchObject([{ cascade: "cascade", policyRevision: 1, stage, correct: 0, wrong: 1 }]);
		expect((await say(tenant, { request_id: requestId, correct: false })).body).toMatchObject({
			changed: false,
			joined: true,
		});
	});

	it("is of the key's tenant alone: another's says nothing of this one's answers", async () => {
		const [one, other] = [await tenantWithLedger(), await tenantWithLedger()];
		await say(one, { request_id: ID, item: 1, rating: 5 });
		expect(await one.ledger.feedback()).toMatchObject({ unjoined: 1 });
		expect(await other.ledger.feedback()).toMatchObject({ unjoined: 0 });
	});

	it.each([
		["no body", "{", 400, "invalid_json"],
		["neither verdict", { request_id: ID }, 400, "invalid_request"],
		["an unknown field", { request_id: ID, correct: true, text: "…" }, 400, "invalid_request"],
		["a long body", { request_id: ID, correct: true, text: "x".repeat(5_000) }, 413, "request_too_large"],
	])("refuses %s in OpenAI's shape", async (_what, body, status, code) => {
		const said = await say(await tenantWithLedger(), body);
		expect(said.status).toBe(status);
		expect(said.body.error).toMatchObject({ code, type: "invalid_request_error" });
	});

	it("asks for a key of scope inference", async () => {
		expect((await say({ key: "nothing" }, { request_id: ID, correct: true })).status).toBe(401);
		const reader = await publishTenant({}, {}, ["read"]);
		expect((await say(reader, { request_id: ID, correct: true })).status).toBe(403);
	});

	it("is no client's to try again where there is no ledger", async () => {
		const said = await say(await publishTenant(), { request_id: ID, correct: true });
		expect([said.status, said.body.error.code]).toEqual([404, "no_ledger"]);
	});
});

describe("a ledger in trouble", () => {
	const recorder = (recordFeedback: TenantLedgerPort["recordFeedback"], isLate = false) => {
		const faults: string[] = [];
		const record = createFeedbackRecorder({
			ledgerOf: () => ({ recordFeedback }),
			clock: {
				setTimer(_ms, onExpiry) {
					if (isLate) onExpiry();
					return () => {};
				},
			},
			logFault: (fault) => faults.push(fault),
		});
		return { faults, said: record("acme", { requestId: ID, verdict: { kind: "correct", correct: true } }) };
	};

	it("that throws is a passing fault, and logged", async () => {
		const { said, faults } = recorder(async () => {
			throw new Error("Network connection lost.");
		});
		expect(await said).toEqual({ ok: false, error: "unavailable" });
		expect(faults).toEqual(["feedback-not-recorded"]);
	});

	it("that is silent is not waited for", async () => {
		const { said, faults } = recorder(() => new Promise(() => {}), true);
		expect(await said).toEqual({ ok: false, error: "unavailable" });
		expect(faults).toEqual(["feedback-not-recorded"]);
	});
});
