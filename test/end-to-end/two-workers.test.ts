import { inject } from "vitest";
import { describe, expect, it } from "vitest";
import { MAIL_EDGE, MAIL_ORIGIN } from "../../src/local/demo-records.ts";
import { LOCAL_OPERATOR_KEY } from "../../src/local/seed-demo.ts";

const EDGE = { ...MAIL_EDGE, confidence: { method: "mean-logprob" }, threshold: 0.8 };

/** Asks the one address that there is. */
async function ask(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
	const response = await fetch(`${inject("stackUrl")}${path}`, {
		method,
		redirect: "manual",
		headers: { authorization: `Bearer ${LOCAL_OPERATOR_KEY}`, "content-type": "application/json", ...headers },
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
	return { status: response.status, headers: response.headers, text: await response.text() };
}

const json = ({ text }: { readonly text: string }) => JSON.parse(text) as Record<string, unknown>;

describe("the address of the inference Worker", () => {
	it("is that of the admin API, its description, the metrics and the dashboard too", async () => {
		expect(json(await ask("GET", "/admin/v1/tenants/demo"))).toMatchObject({ tenant: "demo" });
		expect(json(await ask("GET", "/admin/v1/openapi.json"))).toMatchObject({ openapi: "3.1.1" });
		expect((await ask("GET", "/metrics")).text).toContain("edge_cascade_requests_total");
		const page = await ask("GET", "/dashboard/");
		expect(page.status).toBe(200);
		expect(page.headers.get("content-security-policy")).toContain("require-trusted-types-for 'script'");
		const [, script = ""] = /src="([^"]+)"/u.exec(page.text) ?? [];
		const file = await ask("GET", `/dashboard/${script}`);
		expect(file.headers.get("content-type")).toContain("javascript");
		expect(file.headers.get("cache-control")).toContain("immutable");
	});

	it("sends whoever asks for the dashboard without its slash to the one with it, and has no files but the dashboard's", async () => {
		const redirect = await ask("GET", "/dashboard");
		expect([redirect.status, redirect.headers.get("location")]).toEqual([307, "/dashboard/"]);
		for (const path of ["/admin-documents/openapi.json", "/dashboard/..%2fadmin-documents/openapi.json", "/_headers"])
			expect((await ask("GET", path)).status).toBe(404);
	});

	it("has files that a browser keeps, until there are others", async () => {
		const etag = (await ask("GET", "/dashboard/")).headers.get("etag") ?? "";
		expect((await ask("GET", "/dashboard/", undefined, { "if-none-match": etag })).status).toBe(304);
	});

	it("lets nobody in without a key, whatever a request says of where it comes from", async () => {
		const forged = {
			authorization: "",
			"cf-worker": "edge-cascade",
			"x-forwarded-host": "edge-cascade-control",
			"cf-access-jwt-assertion": "forged",
		};
		for (const path of ["/admin/v1/tenants", "/metrics"])
			expect((await ask("GET", path, undefined, forged)).status).toBe(401);
	});

	it("passes on whole bodies, and the headers that a write goes by", async () => {
		await ask("POST", "/admin/v1/tenants", { tenant: "passed-on" });
		const policy = { version: 1, cascades: { mail: { stages: [EDGE, MAIL_ORIGIN] } } };
		const path = "/admin/v1/tenants/passed-on/policy?reason=first";
		expect((await ask("PUT", path, policy)).status).toBe(428);
		const put = await ask("PUT", path, policy, { "if-none-match": "*" });
		expect([put.status, put.headers.get("etag")]).toEqual([201, '"1"']);
		const tooLarge = { ...policy, padding: "x".repeat(2_000_000) };
		expect((await ask("PUT", path, tooLarge, { "if-match": '"1"' })).status).toBe(413);
	});
});

describe("what the inference Worker tells the control Worker of itself", () => {
	it("are its rate tiers", async () => {
		const warningsAt = async (rateTier: string) => {
			const policy = { version: 1, cascades: { mail: { stages: [EDGE, MAIL_ORIGIN] } }, limits: { rateTier } };
			return json(await ask("POST", "/admin/v1/tenants/demo/policy/validate", policy))["warnings"];
		};
		expect(await warningsAt("trial")).toEqual([]);
		expect(await warningsAt("gold")).toMatchObject([{ path: "limits.rateTier" }]);
	});

	it("is a way to judge a pair of answers, with models and secrets that the control Worker has not", async () => {
		await ask("POST", "/admin/v1/tenants", { tenant: "judged" });
		const stages = [
			{
				...MAIL_EDGE,
				confidence: { method: "mean-logprob" },
				guarantee: { risk: "selective", targetRisk: 0.05, delta: 0.05 },
			},
			MAIL_ORIGIN,
		];
		const { adapter, model, origin, price } = MAIL_ORIGIN;
		const policy = {
			version: 1,
			cascades: {
				same: { stages, auditRate: 0.2, retainText: { hours: 1 }, labeller: { kind: "exact" } },
				asked: {
					stages,
					auditRate: 0.2,
					retainText: { hours: 1 },
					labeller: { kind: "judge", adapter, model, origin, price },
				},
			},
		};
		const put = await ask("PUT", "/admin/v1/tenants/judged/policy?reason=first", policy, { "if-none-match": "*" });
		expect(put).toMatchObject({ status: 201 });
		const checked = async (cascade: string) => {
			const path = `/admin/v1/tenants/judged/cascades/${cascade}/evidence/anchors`;
			const messages = [{ role: "user", content: "Is this spam or ham? Buy now." }];
			const anchors = [
				{ messages, edge: "spam", reference: "ham", wrong: true },
				{ messages, edge: "ham", reference: "ham", wrong: false },
			];
			expect(await ask("PUT", path, { anchors, targetDisagreement: 0.5 })).toMatchObject({ status: 200 });
			return json(await ask("POST", `${path}/check`))["checks"];
		};
		expect(await checked("same")).toMatchObject([{ n: 2, disagreements: 0, failed: 0, costUsd: 0 }]);
		// Whatever it says: it was asked, and has told its price.
		const [check] = (await checked("asked")) as { n: number; costUsd: number }[];
		expect(check?.n).toBe(2);
		expect(check?.costUsd).toBeGreaterThan(0);
	});
});
