import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { policyWith } from "./example-policy.ts";
import { openWorkplace, type Workplace } from "./run-cascade-command.ts";

// Each run starts Node.
vi.setConfig({ testTimeout: 30_000 });

let place: Workplace;
beforeEach(async () => {
	place = await openWorkplace();
});
afterEach(() => place.stop());

describe("cascade tenant", () => {
	it("creates, lists in pages, shows, suspends and resumes", async () => {
		expect(await place.cascade("tenant", "create", "beta", "--name", "Beta Ltd")).toMatchObject({ status: 0 });
		await place.tenant("acme");
		const { stdout: list } = await place.cascade("tenant", "list", "--limit", "1");
		expect(list).toMatch(/^tenant {2}name {2}created\nacme {4}acme {2}2026-11-01 .*\nThere is more: --after acme\n$/u);
		const { stdout: rest } = await place.cascade("tenant", "list", "--after", "acme");
		expect(rest).toContain("Beta Ltd");
		await place.cascade("tenant", "suspend", "beta", "--reason", "unpaid");
		expect((await place.cascade("tenant", "show", "beta")).stdout).toMatch(/^state +suspended$/mu);
		await place.cascade("tenant", "resume", "--tenant", "beta");
		expect((await place.cascade("tenant", "show", "beta")).stdout).toMatch(/^state +served$/mu);
	});

	it("deletes only what is named once more, and keeps what it was", async () => {
		await place.tenant("acme", policyWith(0.8));
		const wrong = await place.cascadeWith({ input: "acmee\n" }, "tenant", "delete", "acme");
		expect(wrong).toMatchObject({ status: 1, stderr: expect.stringContaining("Nothing was deleted") });
		place.write("there.json", "{}");
		const inTheWay = await place.cascade("tenant", "delete", "acme", "--yes", "--out", "there.json");
		expect(inTheWay).toMatchObject({ status: 1, stderr: expect.stringContaining("there.json is there already") });
		expect(place.read("there.json")).toBe("{}");
		expect(place.api.requests.some(({ method }) => method === "DELETE")).toBe(false);
		const right = await place.cascadeWith({ input: "acme\n" }, "tenant", "delete", "acme");
		expect(right).toMatchObject({ status: 0, stdout: "acme is deleted; what it was is in deleted-acme.json.\n" });
		expect(JSON.parse(place.read("deleted-acme.json"))).toMatchObject({ tenant: "acme", revisions: [{ revision: 1 }] });
		expect((await place.cascade("tenant", "show", "acme")).status).toBe(1);
	});

	it("deletes what is too much for one reply only where it is told to, after an export of its own", async () => {
		await place.tenant("acme", policyWith(0.8));
		const ledger = place.api.ledgerOf("acme");
		const { export: exported } = ledger;
		Object.assign(ledger, { export: async () => ({ ok: true, value: { text: "x".repeat(2 ** 25 + 1), next: null } }) });
		expect(await place.cascade("tenant", "delete", "acme", "--yes")).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/^Nothing was deleted: .*tenant export acme > FILE.* --without-export\.\n$/u),
		});
		expect(existsSync(join(place.directory, "deleted-acme.json"))).toBe(false);
		Object.assign(ledger, { export: exported });
		const done = await place.cascade("tenant", "delete", "acme", "--yes", "--without-export");
		expect(done.status).toBe(0);
		expect(place.api.requests.find(({ url }) => url.includes("export=none"))).toMatchObject({ method: "DELETE" });
	});

	it("says which origins of its own a tenant leaves behind", async () => {
		await place.tenant("acme", policyWith(0.8));
		for (const name of ["acme.gpu", "acme.two", "acme-2.gpu", "acmegpu"])
			await place.put(`/origins/${name}`, { baseUrl: "https://gpu.example.com/v1" });
		expect((await place.cascade("tenant", "delete", "acme", "--yes")).stderr).toBe(
			"Its origins stay, and a tenant of the same name could use them: acme.gpu, acme.two. `cascade origin delete NAME` withdraws one.\n",
		);
		await place.tenant("beta");
		expect((await place.cascade("tenant", "delete", "beta", "--yes")).stderr).toBe("");
	});

	it("shows a canary's share as it was set", async () => {
		await place.tenant("acme", policyWith(0.8), policyWith(0.9));
		await place.cascade("canary", "start", "1", "--share", "7%", "--tenant", "acme");
		expect((await place.cascade("tenant", "show", "acme")).stdout).toMatch(/^canary +revision 1 for 7% of requests$/mu);
	});

	it("leaves no empty file where the API refuses", async () => {
		expect((await place.cascade("tenant", "delete", "nobody", "--yes")).status).toBe(1);
		expect(existsSync(join(place.directory, "deleted-nobody.json"))).toBe(false);
	});
});
