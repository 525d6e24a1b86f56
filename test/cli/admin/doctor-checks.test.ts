import { describe, expect, it } from "vitest";
import { checkClock, checkTenant, type TenantFacts } from "../../../src/cli/admin/doctor-checks.ts";
import { policyWith } from "./example-policy.ts";

const now = Date.parse("2026-11-25T12:00:00Z");

function facts(changes: Partial<TenantFacts> = {}, state: Partial<TenantFacts["state"]> = {}): TenantFacts {
	return {
		state: {
			tenant: "acme",
			name: "Acme",
			suspended: false,
			revision: 3,
			canary: null,
			createdAt: 0,
			publication: { pending: 0, oldestAt: null },
			...state,
		},
		policy: policyWith(0.8),
		keys: [key({})],
		hasDemoKey: false,
		problems: [],
		warnings: [],
		...changes,
	};
}

function key(changes: Partial<TenantFacts["keys"][number]>): TenantFacts["keys"][number] {
	const shown = { id: "key_1", name: "CI", prefix: "ec_live_abcd", lastFour: "wxyz", createdAt: 0 };
	return { ...shown, scopes: ["inference"], expiresAt: null, revokedAt: null, ...changes };
}

/** What is found, as `fail message`. */
function found(given: TenantFacts): string[] {
	return checkTenant(given, now).map(({ status, message }) => `${status} ${message}`);
}

/** A policy whose first stage has these fields. */
function withStage(changes: Record<string, unknown>): Record<string, unknown> {
	const [first, ...rest] = policyWith(0.8).cascades["chat"]?.stages ?? [];
	return { version: 1, cascades: { chat: { stages: [{ ...first, ...changes }, ...rest] } } };
}

describe("the doctor's look at a clock", () => {
	it.each([
		[0, "ok"],
		[5_000, "ok"],
		[5_001, "warn"],
		[-5_001, "warn"],
		[300_000, "warn"],
		[300_001, "fail"],
	])("%i ms apart is %s", (skew, status) => {
		expect(checkClock(now - skew, now, false).status).toBe(status);
	});

	it("compares nothing where both are the same clock", () => {
		expect(checkClock(null, now, true).status).toBe("ok");
	});

	it("says that it could not compare where the Worker does not tell its time", () => {
		expect(checkClock(null, now, false)).toMatchObject({ status: "warn", message: expect.stringContaining("no Date") });
	});
});

describe("the doctor's look at a tenant", () => {
	it("finds nothing where all is well", () => {
		expect(checkTenant(facts(), now)).toEqual([
			{ status: "ok", subject: "tenant acme", message: "revision 3, 1 cascades" },
		]);
	});

	it("warns of one that is suspended, or has no policy", () => {
		expect(found(facts({}, { suspended: true }))).toEqual([
			expect.stringMatching(/^warn is suspended; .*tenant resume acme/u),
		]);
		expect(found(facts({ policy: null }, { revision: null }))).toEqual([
			expect.stringMatching(/^warn has no policy; .*policy set --tenant acme/u),
		]);
	});

	it("warns of records that wait for KV, and fails where they wait for longer than retries take", () => {
		const pendingSince = (ms: number) => facts({}, { publication: { pending: 2, oldestAt: now - ms } });
		expect(found(pendingSince(120_000))).toEqual([expect.stringMatching(/^warn 2 records/u)]);
		expect(found(pendingSince(120_001))).toEqual([expect.stringMatching(/^fail 2 records/u)]);
	});

	it.each([
		["none", []],
		["one that may only read", [key({ scopes: ["read"] })]],
		["a revoked one", [key({ revokedAt: now })]],
		["an expired one", [key({ expiresAt: now })]],
	])("warns where no key may ask: %s", (_case, keys) => {
		expect(found(facts({ keys }))).toEqual([expect.stringMatching(/^warn has no key that may ask/u)]);
	});

	it("finds no fault with the local demo tenant, whose key no ledger holds", () => {
		expect(found(facts({ keys: [], hasDemoKey: true }))).toEqual([expect.stringMatching(/^ok/u)]);
	});

	it("takes a key that is being rotated out for one that may ask", () => {
		expect(found(facts({ keys: [key({ expiresAt: now + 1 })] }))).toEqual([expect.stringMatching(/^ok/u)]);
	});

	it("fails for an origin that is not there, by its place in the policy", () => {
		const embeddings = {
			vectors: {
				adapter: "openai",
				model: "m",
				origin: "other",
				price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 },
			},
		};
		const policy = { ...policyWith(0.8), embeddings };
		const problems = [
			{ path: "cascades.chat.stages[1].origin", message: "there is no origin 'gpu'" },
			{ path: "embeddings.vectors.origin", message: "there is no origin 'other'" },
		];
		expect(found(facts({ policy, problems }))).toEqual([
			"fail cascades.chat.stages[1].origin: there is no origin 'gpu'; `cascade origin set gpu URL` defines it",
			"fail embeddings.vectors.origin: there is no origin 'other'; `cascade origin set other URL` defines it",
		]);
	});

	it("fails for an origin that was withdrawn, which hinders nobody who changes the policy", () => {
		const warnings = [{ path: "cascades.chat.stages[1].origin", message: "there is no origin 'gpu'" }];
		expect(found(facts({ policy: policyWith(0.8), warnings }))).toEqual([
			"fail cascades.chat.stages[1].origin: there is no origin 'gpu'; `cascade origin set gpu URL` defines it",
		]);
	});

	it("does not advise to define an origin that is another tenant's", () => {
		const problems = [{ path: "cascades.chat.stages[1].origin", message: "an origin whose name has a dot must …" }];
		expect(found(facts({ policy: policyWith(0.8), problems }))).toEqual([
			"fail cascades.chat.stages[1].origin: an origin whose name has a dot must …; name one of the tenant's own, or one without a dot",
		]);
	});

	it("warns of what the Worker itself warns of", () => {
		const warnings = [{ path: "limits.rateTier", message: "limits nothing" }];
		expect(found(facts({ warnings }))).toEqual(["warn limits.rateTier: limits nothing"]);
	});

	it("fails for a policy that this version does not read, with every problem", () => {
		expect(found(facts({ policy: { version: 2 } }))).toEqual([
			expect.stringMatching(/^fail version: must be 1; /u),
			expect.stringMatching(/^fail cascades: is required; /u),
		]);
	});

	it("warns of a model that nobody has looked at, unless the policy says what it gives", () => {
		const agreement = { method: "agreement", samples: 3 };
		const unknown = { model: "@cf/new/model", confidence: agreement };
		expect(found(facts({ policy: withStage(unknown) }))).toEqual([
			expect.stringMatching(/^warn cascades\.chat\.stages\[0\]: @cf\/new\/model is not in the capability table/u),
		]);
		for (const declared of [{ shape: "native" }, { logprobs: false }])
			expect(found(facts({ policy: withStage({ ...unknown, ...declared }) }))).toEqual([expect.stringMatching(/^ok/u)]);
	});

	it.each([
		[{ model: "@cf/meta/llama-4-scout-17b-16e-instruct" }, true],
		[{ model: "@cf/meta/llama-4-scout-17b-16e-instruct", logprobs: true }, false],
		[{ model: "@cf/openai/gpt-oss-20b", logprobs: false }, true],
		[{ model: "@cf/openai/gpt-oss-20b", shape: "native" }, true],
		[{ model: "@cf/new/model", shape: "chat-completions" }, false],
	])("warns of a method whose log-probabilities the model does not give: %j", (stage, isWarned) => {
		const remarks = found(facts({ policy: withStage(stage) })).filter((line) =>
			line.includes("needs log-probabilities"),
		);
		expect(remarks).toHaveLength(isWarned ? 1 : 0);
	});
});
