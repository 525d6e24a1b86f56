import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isWellFormedApiKey } from "../../../src/core/api-key.ts";
import { LOCAL_OPERATOR_KEY } from "../../../src/local/seed-demo.ts";
import { policyWith } from "./example-policy.ts";
import { OPERATOR_KEY } from "./fake-admin-api.ts";
import { openWorkplace, type Workplace } from "./run-cascade-command.ts";

// Each run starts Node.
vi.setConfig({ testTimeout: 30_000 });

let place: Workplace;
beforeEach(async () => {
	place = await openWorkplace();
});
afterEach(() => place.stop());

describe("every command that asks the API", () => {
	it("says how to start the Worker where nothing answers", async () => {
		const run = await place.cascade("tenant", "list", "--url", "http://127.0.0.1:2");
		expect(run.status).toBe(1);
		expect(run.stderr).toBe(
			"Nothing answers at http://127.0.0.1:2: start the Worker here with `npm start`, or name another with --url or $CASCADE_URL.\n",
		);
	});

	it("takes the address of something else for what it is", async () => {
		const run = await place.cascade("tenant", "list", "--url", `${place.api.url}/elsewhere`);
		expect(run).toMatchObject({ status: 1, stderr: expect.stringContaining("not as an Edge Cascade does") });
	});

	it("ends with 2 where it is used wrongly, and says what would be right", async () => {
		const without = await place.cascadeWith(
			{ environment: { CASCADE_ADMIN_KEY: "", CASCADE_URL: "https://cascade.example.com" } },
			"tenant",
			"list",
		);
		expect(without).toMatchObject({ status: 2, stderr: expect.stringContaining("no key: set CASCADE_ADMIN_KEY") });
		expect(await place.cascade("policy", "get")).toMatchObject({
			status: 2,
			stderr: expect.stringContaining("no tenant is named: give --tenant <name>, or set CASCADE_TENANT"),
		});
		expect(await place.cascade("tenant", "shwo")).toMatchObject({
			status: 2,
			stderr: expect.stringContaining("(Did you mean show?)"),
		});
		expect(await place.cascade("tenant", "--help")).toMatchObject({ status: 0, stderr: "" });
	});

	it("gives the local environment's key where none is said, to this machine alone", async () => {
		await place.cascadeWith({ environment: { CASCADE_ADMIN_KEY: "" } }, "tenant", "list");
		expect(place.api.requests).toMatchObject([{ authorization: `Bearer ${LOCAL_OPERATOR_KEY}` }]);
	});

	it("sends a key to no other machine where anyone could read it on the way", async () => {
		const run = await place.cascade("tenant", "list", "--url", "http://cascade.example.com");
		expect(run).toMatchObject({ status: 2, stderr: expect.stringContaining("use https") });
	});

	it("never shows the key, whatever goes wrong", async () => {
		const key = `wrong-${OPERATOR_KEY}`;
		const refused = await place.cascade("tenant", "list", "--key", key);
		expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining("This key is not valid") });
		const broken = await place.cascade("tenant", "list", "--key", `${key}\n`);
		expect(broken.status).toBe(2);
		expect(`${refused.stdout}${refused.stderr}${broken.stdout}${broken.stderr}`).not.toContain(OPERATOR_KEY);
	});

	it("prints with --json what the API answers, a refusal too, and words on standard error alone", async () => {
		await place.tenant("acme");
		const list = await place.cascade("tenant", "list", "--json");
		expect(JSON.parse(list.stdout)).toEqual({
			items: [{ tenant: "acme", name: "acme", createdAt: expect.any(Number) }],
			next: null,
		});
		const refused = await place.cascade("tenant", "show", "nobody", "--json");
		expect(refused.status).toBe(1);
		expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: "tenant_not_found" } });
		expect(refused.stderr).toContain("There is no such tenant.");
	});

	it("takes the tenant as its argument where it has no other, and says how where it has one", async () => {
		await place.tenant("acme", policyWith(0.8));
		const commands = [
			["tenant", "show"],
			["key", "list"],
			["policy", "get"],
			["policy", "history"],
			["usage"],
			["audit"],
			["doctor"],
		];
		for (const command of commands) {
			const { stdout } = await place.cascade(...command, "acme");
			expect(stdout, command.join(" ")).toBe((await place.cascade(...command, "--tenant", "acme")).stdout);
			expect(stdout).not.toBe("");
		}
		const environment = { CASCADE_TENANT: "other" };
		expect((await place.cascadeWith({ environment }, "key", "list", "acme")).stdout).toBe("No keys.\n");
		expect(await place.cascade("key", "list", "acme", "--tenant", "beta")).toMatchObject({
			status: 2,
			stderr: expect.stringContaining("two tenants are named, acme and beta"),
		});
		expect(await place.cascade("key", "revoke", "acme", "key_1")).toMatchObject({
			status: 2,
			stderr: expect.stringContaining(
				"too many arguments for 'revoke'. Expected 1 argument but got 2: acme, key_1. A tenant is named with --tenant <name>.",
			),
		});
	});

	it("speaks of what the user has typed, and not of the API's fields", async () => {
		await place.tenant("acme");
		const past = await place.cascade("key", "create", "acme", "--name", "x", "--expires", "2020-01-01");
		expect(past.stderr).toBe("Refused, for this:\n  --expires: must be a time to come\n");
		const overlap = await place.cascade("key", "rotate", "key_1", "--tenant", "acme", "--overlap", "40d");
		expect(overlap.stderr).toContain("  --overlap: must be a whole number of seconds");
		const address = await place.cascade("origin", "set", "gpu", "http://10.0.0.1/v1");
		expect(address.stderr).toContain("  <base-url>: ");
		const limit = await place.cascade("tenant", "list", "--limit", "0");
		expect(limit.stderr).toContain("  --limit: ");
		const json = await place.cascade("key", "create", "acme", "--name", "x", "--expires", "2020-01-01", "--json");
		expect(JSON.parse(json.stdout)).toMatchObject({ problems: [{ path: "expiresAt" }] });
	});

	it("tells an operator where tenants are listed, and a tenant that it may have the wrong key", async () => {
		expect((await place.cascade("tenant", "show", "nosuch")).stderr).toBe(
			"There is no such tenant. `cascade tenant list` shows those there are.\n",
		);
		await place.tenant("acme");
		const made = await place.cascade("key", "create", "acme", "--name", "x", "--scope", "read");
		const environment = { CASCADE_ADMIN_KEY: made.stdout.split("\n")[0] ?? "" };
		expect((await place.cascadeWith({ environment }, "tenant", "show", "nosuch")).stderr).toBe(
			"There is no such tenant. Or this key is not the tenant's: both are answered alike.\n",
		);
	});

	it("shows nothing in a terminal's own language that came from elsewhere", async () => {
		await place.cascade("tenant", "create", "acme", "--name", "A\u001b[2Jcme");
		const { stdout } = await place.cascade("tenant", "show", "acme");
		expect(stdout).toContain("A\\u{1b}[2Jcme");
		expect(stdout).not.toContain("\u001b");
	});
});

describe("cascade --version", () => {
	it("prints the version", async () => {
		const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8")) as {
			readonly version: string;
		};
		expect(await place.cascade("--version")).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
	});
});

describe("cascade key", () => {
	it("makes keys that are shown once, rotates and revokes them", async () => {
		await place.tenant("acme");
		const made = await place.cascade(
			"key",
			"create",
			"acme",
			"--name",
			"CI",
			"--scope",
			"read",
			"admin",
			"--expires",
			"90d",
		);
		const [key = ""] = made.stdout.split("\n");
		expect(isWellFormedApiKey(key)).toBe(true);
		// The key that was made is a tenant admin's, so it may do the rest.
		const as = { environment: { CASCADE_ADMIN_KEY: key, CASCADE_TENANT: "acme" } };
		const rotated = await place.cascadeWith(
			as,
			"key",
			"rotate",
			"key_1",
			"--overlap",
			"0",
			"--expires",
			"never",
			"--json",
		);
		expect(JSON.parse(rotated.stdout)).toMatchObject({
			id: "key_2",
			name: "CI",
			scopes: ["read", "admin"],
			expiresAt: null,
		});
		const { stdout: list } = await place.cascade("key", "list", "--tenant", "acme");
		expect(list).toMatch(/^key_1 +CI +ec_live_.{4}….{4} +read, admin +\S+ \S+ +expired/mu);
		expect(list).not.toContain(key);
		expect((await place.cascade("key", "revoke", "key_2", "--tenant", "acme")).stdout).toMatch(
			/^CI \(key_2, .*is revoked/u,
		);
	});

	it("refuses what is no scope, no time and no duration, and a key without a name", async () => {
		const runs = await Promise.all([
			place.cascade("key", "create", "acme", "--name", "CI", "--scope", "everything"),
			place.cascade("key", "create", "acme", "--name", "CI", "--expires", "soon"),
			place.cascade("key", "rotate", "key_1", "--tenant", "acme", "--overlap", "later"),
			place.cascade("key", "create", "acme"),
		]);
		expect(runs.map(({ status }) => status)).toEqual([2, 2, 2, 2]);
		expect(runs.map(({ stderr }) => stderr.split(":")[1]?.trim())).toEqual([
			"--scope",
			"--expires",
			"--overlap",
			"--name",
		]);
		expect(place.api.requests).toEqual([]);
	});
});

describe("cascade origin, audit and operator-key", () => {
	it("defines, lists and withdraws origins, and says everything that is wrong with one", async () => {
		const set = await place.cascade(
			"origin",
			"set",
			"gpu",
			"https://gpu.example.com/v1/",
			"--secret",
			"ORIGIN_GPU_KEY",
		);
		expect(set.stdout).toContain("gpu is https://gpu.example.com/v1 with the key in ORIGIN_GPU_KEY");
		const wrong = await place.cascade("origin", "set", "gpu", "http://10.0.0.1/v1", "--secret", "GPU_KEY");
		expect(wrong).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(/these 2 problems:\n {2}<base-url>: .*\n {2}--secret: /u),
		});
		const kept = await place.cascade("origin", "delete", "gpu");
		expect(kept).toMatchObject({ status: 1, stderr: expect.stringContaining("Nothing was done") });
		expect((await place.cascadeWith({ input: "y\n" }, "origin", "delete", "gpu")).status).toBe(0);
		expect((await place.cascade("origin", "list")).stdout).toBe("No origins.\n");
	});

	it("bounds an origin's calls until it is set without, and says what is no bound", async () => {
		const set = (...options: readonly string[]) =>
			place.cascade("origin", "set", "gpu", "https://gpu.example.com/v1", ...options);
		expect((await set("--max-concurrent", "1200")).stdout).toBe(
			"gpu is https://gpu.example.com/v1, 1,200 calls of an isolate waiting at most, everywhere within about a minute and a half.\n",
		);
		expect((await place.cascade("origin", "list")).stdout).toMatch(/^gpu +https:\S+ +none +1,200 +1 /mu);
		const large = await set("--max-concurrent", "10001");
		const rule = "--max-concurrent: must be a whole number from 1 to 10,000";
		expect(large).toMatchObject({ status: 1, stderr: expect.stringContaining(rule) });
		for (const count of ["many", "1.5", "9".repeat(400)])
			expect(await set("--max-concurrent", count)).toMatchObject({
				status: 2,
				stderr: expect.stringContaining(`error: ${rule}\n`),
			});
		expect((await set()).stdout).not.toContain("at most");
		expect((await place.cascade("origin", "list")).stdout).toMatch(/^gpu +https:\S+ +none +any +2 /mu);
	});

	it("asks about no origin that is not there", async () => {
		const run = await place.cascade("origin", "delete", "nope");
		expect(run).toMatchObject({ status: 1, stderr: "There is no origin nope.\n" });
	});

	it("says whose an origin is that has a dot, and warns where there is no such tenant", async () => {
		await place.tenant("acme");
		const set = (name: string) => place.cascade("origin", "set", name, "https://gpu.example.com/v1");
		expect((await set("acme.gpu")).stderr).toBe(
			"The name says whose it is: policies of tenant acme alone may name it.\n",
		);
		const stray = await set("gpu.v2");
		expect(stray.status).toBe(0);
		expect(stray.stderr).toContain(
			"There is no tenant gpu (warning): an origin for all tenants has a name without a dot.\n",
		);
		expect((await set("gpu")).stderr).toBe("");
		expect((await set("gpu.")).stderr).toContain("not end with a dot");
	});

	it("shows a tenant's trail, and the registry's", async () => {
		await place.tenant("acme", policyWith(0.8));
		const tenant = await place.cascadeWith({ environment: { CASCADE_TENANT: "acme" } }, "audit", "--limit", "1");
		expect(tenant.stdout).toMatch(
			/ 2 {2}\S+ \S+ {2}deployed-\w+ \(operator-key\) {2}policy\.put .*\nThere is more: --before 2\n$/u,
		);
		const registry = await place.cascadeWith({ environment: { CASCADE_TENANT: "acme" } }, "audit", "--registry");
		expect(registry.stdout).toContain("tenant.add");
	});

	it("makes an operator's key, which works", async () => {
		const made = await place.cascade("operator-key", "create", "--name", "on call");
		const [key = ""] = made.stdout.split("\n");
		const list = await place.cascadeWith({ environment: { CASCADE_ADMIN_KEY: key } }, "operator-key", "list");
		expect(list).toMatchObject({ status: 0, stdout: expect.stringContaining("on call") });
	});
});
