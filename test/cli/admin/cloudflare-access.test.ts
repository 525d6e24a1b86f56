import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OPERATOR_KEY } from "./fake-admin-api.ts";
import { openWorkplace, type Workplace } from "./run-cascade-command.ts";

// Each run starts Node.
vi.setConfig({ testTimeout: 30_000 });

let place: Workplace;
beforeEach(async () => {
	place = await openWorkplace();
});
afterEach(() => place.stop());

describe("a Worker behind Cloudflare Access", () => {
	const access = (environment: Readonly<Record<string, string>>, ...command: readonly string[]) =>
		place.cascadeWith({ environment: { CASCADE_ADMIN_KEY: "", ...environment } }, ...command);

	it("is sent a person's token, or a service token, in place of a key", async () => {
		await access({ CASCADE_ACCESS_TOKEN: "person.token" }, "tenant", "list");
		await access({ CF_ACCESS_CLIENT_ID: "id.access", CF_ACCESS_CLIENT_SECRET: "hidden" }, "tenant", "list");
		expect(place.api.requests.map(({ authorization, access }) => ({ authorization, access }))).toEqual([
			{ authorization: undefined, access: { "cf-access-token": "person.token" } },
			{ authorization: undefined, access: { "cf-access-client-id": "id.access", "cf-access-client-secret": "hidden" } },
		]);
	});

	it("is sent both where there is a key too", async () => {
		const environment = { CASCADE_ADMIN_KEY: OPERATOR_KEY, CASCADE_ACCESS_TOKEN: "person.token" };
		expect((await access(environment, "tenant", "list")).status).toBe(0);
		expect(place.api.requests).toMatchObject([
			{ authorization: `Bearer ${OPERATOR_KEY}`, access: { "cf-access-token": "person.token" } },
		]);
	});

	it("is sent no half of a service token, nothing in the clear, and nothing that a header cannot hold", async () => {
		const half = await access({ CF_ACCESS_CLIENT_SECRET: "hidden" }, "tenant", "list");
		const broken = await access({ CASCADE_ACCESS_TOKEN: "hid\nden" }, "tenant", "list");
		const clear = await access({ CASCADE_ACCESS_TOKEN: "hidden" }, "tenant", "list", "--url", "http://edge.example");
		for (const { status, stdout, stderr } of [half, broken, clear]) {
			expect(status).toBe(2);
			expect(stdout + stderr).not.toContain("hid");
		}
		expect(half.stderr).toContain("set both, or neither");
		expect(place.api.requests).toEqual([]);
	});
});
