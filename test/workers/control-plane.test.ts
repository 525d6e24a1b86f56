import { env, exports } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { UncheckedBindings } from "../../src/bindings.ts";
import * as control from "../../src/control-worker.ts";
import type { ControlPlanePort, Deployment } from "../../src/hand-over.ts";
import { createWorker } from "../../src/worker.ts";
import { documentAssets } from "../admin/document-assets.ts";
import type { WholeBindings } from "./whole-worker.ts";

const DEPLOYMENT: Deployment = {
	rateTiers: [],
	originHosts: undefined,
	allowLoopbackOrigins: false,
	labelPair: async () => ({ verdict: "right", costUsd: 0 }),
};

const request = (path: string) => new Request(`https://edge.example${path}`);

/** What the inference Worker, alone, answers with these bindings. */
async function asked(path: string, bindings: Partial<UncheckedBindings>) {
	const own = { ...(env as unknown as UncheckedBindings), ...bindings };
	return createWorker().fetch(request(path), own, createExecutionContext());
}

describe("the inference Worker without a control Worker", () => {
	it.each(["/admin/v1/tenants", "/metrics", "/dashboard/"])("answers 503 at %s", async (path) => {
		const { CONTROL: _, ...bindings } = env as unknown as UncheckedBindings;
		const response = await createWorker().fetch(request(path), bindings, createExecutionContext());
		expect(response.status).toBe(503);
		expect(await response.json()).toMatchObject({ error: { code: "admin_not_configured" } });
	});

	it("goes on with the rest", async () => {
		const response = await asked("/healthz", {});
		expect(response.status).toBe(200);
	});
});

describe("what the inference Worker hands over", () => {
	it("is what of its configuration the admin API goes by, and no secret", async () => {
		const handed: Deployment[] = [];
		const CONTROL: ControlPlanePort = {
			async answer(_, deployment) {
				handed.push(deployment);
				return new Response();
			},
		};
		const bindings = { CONTROL, ORIGIN_HOSTS: "*.example.com", RATE_TIER_BROKEN: "no rate limit" as never };
		await asked("/admin/v1/tenants", bindings);
		const [{ labelPair, ...rest } = DEPLOYMENT] = handed;
		expect(rest).toEqual({
			rateTiers: ["RATE_TIER_STANDARD"],
			originHosts: "*.example.com",
			allowLoopbackOrigins: true,
		});
		expect(typeof labelPair).toBe("function");
	});
});

describe("the control Worker", () => {
	it("is an entrypoint that is called over RPC, and authorises each request by itself", async () => {
		const plane = (exports as unknown as { readonly ControlPlane: ControlPlanePort }).ControlPlane;
		const response = await plane.answer(request("/admin/v1/tenants"), DEPLOYMENT);
		// The tests' own deployment has no operator.
		expect(response.status).toBe(503);
		expect(await response.json()).toMatchObject({ error: { code: "admin_not_configured" } });
	});

	it("has no handler of requests that an address could lead to", () => {
		expect(Object.keys(control.default)).toEqual(["queue"]);
	});

	it("says which hosts it was told wrongly, in its log, and answers 503", async () => {
		const bindings: WholeBindings = { ...(env as unknown as WholeBindings), OPERATOR_KEY_SHA256: "a".repeat(64) };
		const plane = control.createControlPlane();
		const answerWith = (originHosts: string | undefined) =>
			plane.answer(request("/admin/v1/tenants"), { bindings, deployment: { ...DEPLOYMENT, originHosts } });
		expect((await answerWith("https://gpu.example.com")).status).toBe(503);
		expect((await answerWith("gpu.example.com")).status).toBe(401);
	});

	it("sends the dashboard as it was built, and answers 503 where it was not", async () => {
		const plane = control.createControlPlane();
		const at = (path: string, ASSETS?: WholeBindings["ASSETS"]) =>
			plane.answer(request(path), { bindings: ASSETS === undefined ? {} : { ASSETS }, deployment: DEPLOYMENT });
		const missing = await at("/dashboard/");
		expect(missing.status).toBe(503);
		expect(await missing.json()).toMatchObject({ error: { code: "documents_missing" } });
		expect((await at("/dashboard/nothing.js", documentAssets)).status).toBe(404);
	});
});
