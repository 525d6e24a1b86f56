import { beforeEach, describe, expect, it } from "vitest";
import { edgeDocument, originDocument, policyOf } from "../core/policy-documents.ts";
import { ask, type AskOptions } from "./admin-world.ts";
import { createFakeWorld, type FakeWorld } from "./fake-world.ts";
import { policyAt } from "./samples.ts";

let world: FakeWorld;
beforeEach(async () => {
	world = await createFakeWorld();
	await send("PUT", "/origins/main", { body: { baseUrl: "https://main.example.com/v1" } });
	await send("POST", "/tenants", { body: { tenant: "acme" } });
	await send("PUT", "/tenants/acme/policy", { headers: { "if-none-match": "*" }, body: policyAt(0.7) });
});

const send = (method: string, path: string, options: AskOptions = {}) => ask(world, method, path, options);
const PATH = "/tenants/acme/cascades/chat/evidence";

/** Another configuration: the guarantee's target is another. */
const other = policyOf([
	edgeDocument({ guarantee: { risk: "selective", targetRisk: 0.05, delta: 0.1 } }),
	originDocument(),
]);

describe("the evidence on a cascade", () => {
	it("is shown of the current policy's configuration, and is there from the first time somebody asks", async () => {
		const { status, body } = await send("GET", PATH);
		expect(status).toBe(200);
		expect(body).toMatchObject({
			address: { tenant: "acme", cascade: "chat", configHash: expect.stringMatching(/^[0-9a-f]{64}$/u) },
			terms: { stage: "edge", guarantee: { targetRisk: 0.1 }, labeller: "normalised/1", auditPropensity: 50_000 },
			lease: { state: "audition", threshold: null },
		});
	});

	it("is another's under a policy that promises something else, and the former's under its revision", async () => {
		const first = (await send("GET", PATH)).body.address.configHash;
		await send("PUT", "/tenants/acme/policy", { headers: { "if-match": '"1"' }, body: other });
		const second = (await send("GET", PATH)).body.address.configHash;
		expect(second).not.toBe(first);
		expect((await send("GET", `${PATH}?revision=1`)).body.address.configHash).toBe(first);
		expect((await send("GET", `${PATH}?revision=2`)).body.address.configHash).toBe(second);
	});

	it("stays the same where only what it does not depend on has changed", async () => {
		const first = (await send("GET", PATH)).body.address.configHash;
		await send("PUT", "/tenants/acme/policy", { headers: { "if-match": '"1"' }, body: policyAt(0.9) });
		expect((await send("GET", PATH)).body.address.configHash).toBe(first);
	});

	it("is not made for a revision of the past", async () => {
		await send("PUT", "/tenants/acme/policy", { headers: { "if-match": '"1"' }, body: other });
		expect((await send("GET", `${PATH}?revision=1`)).status).toBe(404);
	});

	it("is not there where there is no such cascade, guarantee, revision or name", async () => {
		const plain = policyOf([edgeDocument(), originDocument()]);
		await send("PUT", "/tenants/acme/policy", { headers: { "if-match": '"1"' }, body: plain });
		const paths = [PATH, PATH.replace("chat", "none"), PATH.replace("chat", "constructor"), `${PATH}?revision=9`];
		for (const path of paths) expect((await send("GET", path)).status, path).toBe(404);
		expect((await send("GET", `${PATH}?revision=0`)).status).toBe(400);
	});

	it("can be closed, and begun anew", async () => {
		expect((await send("POST", `${PATH}/close`, { body: { reason: "worse" } })).body).toMatchObject({
			state: "closed",
		});
		expect((await send("GET", PATH)).body.lease.state).toBe("closed");
		expect((await send("POST", `${PATH}/restart`, { body: { reason: "mended" } })).body).toMatchObject({
			state: "audition",
			epoch: 2,
		});
	});

	it("is begun anew by a tenant's key where the tenant has closed it, and not where an operator has", async () => {
		const added = await send("POST", "/tenants/acme/keys", { body: { name: "Admin", scopes: ["admin"] } });
		const { key } = added.body;
		const reason = { reason: "" };
		const restart = () => send("POST", `${PATH}/restart`, { key, body: reason });
		await send("POST", `${PATH}/close`, { key, body: reason });
		expect((await send("GET", PATH)).body.closedBy).toBe("tenant-key");
		expect((await restart()).status).toBe(200);
		await send("POST", `${PATH}/close`, { body: reason });
		const { status, body } = await restart();
		expect(status).toBe(409);
		expect(body.error.message).toContain("only an operator restarts it");
		expect((await send("GET", PATH, { key })).body).toMatchObject({
			closedBy: "operator-key",
			lease: { state: "closed" },
		});
		expect((await send("POST", `${PATH}/restart`, { body: reason })).status).toBe(200);
		expect((await send("GET", PATH)).body.closedBy).toBeNull();
	});

	it.each([
		["no labels", { labels: [] }],
		["too many", { labels: Array.from({ length: 1_001 }, () => ({ requestId: "r", wrong: true })) }],
		["no verdict", { labels: [{ requestId: "r" }] }],
		["no request", { labels: [{ requestId: "", wrong: true }] }],
	])("takes labels of people, and not %s", async (_what, body) => {
		const good = { labels: [{ requestId: "req_1", item: 2, wrong: true }] };
		expect((await send("POST", `${PATH}/labels`, { body: good })).body).toEqual({ taken: 0, refused: ["req_1"] });
		expect((await send("POST", `${PATH}/labels`, { body })).status).toBeOneOf([400, 422]);
	});
});
