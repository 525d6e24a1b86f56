import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isWellFormedApiKey } from "../../src/core/api-key.ts";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import { demoPolicy } from "../../src/local/demo-records.ts";
import { edgeDocument, originDocument, policyOf } from "../core/policy-documents.ts";

let directory: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "cascade-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs the command as a user would, in a directory of its own. */
function cascade(...args: readonly string[]) {
	const main = join(import.meta.dirname, "../../src/cli/main.ts");
	const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: directory, encoding: "utf8" });
	return { status, stdout, stderr };
}

function writeJson(path: string, value: unknown): void {
	mkdirSync(join(directory, path, ".."), { recursive: true });
	writeFileSync(join(directory, path), JSON.stringify(value));
}

describe("cascade policy check", () => {
	it("shows the cascades of a valid policy", () => {
		writeJson("policy.json", demoPolicy(undefined));
		const { status, stdout } = cascade("policy", "check", "policy.json");
		expect(status).toBe(0);
		expect(stdout).toContain("cascade: edge (@local/mail-small, label-margin from 0.8) → origin (mail-large)");
		// What a confidence method costs beyond the answer is told with it.
		expect(stdout).toContain("(@local/mail-small-native, verify from 0.5: 1 more call after the answer)");
		expect(stdout).toContain("agreement from 1: 2 more calls beside the answer)");
	});

	it("lists every problem of an invalid one with its file and path", () => {
		writeJson("policy.json", { version: 2, cascades: { chat: { stages: [] } }, extra: true });
		const { status, stderr } = cascade("policy", "check", "policy.json");
		expect(status).toBe(1);
		expect(stderr.trim().split("\n").toSorted()).toEqual([
			"policy.json: cascades.chat.stages: a cascade has at least two stages",
			"policy.json: extra: is not a field of the policy",
			"policy.json: version: must be 1",
		]);
	});

	it("warns of a time limit that is too long for a guarantee's evidence", () => {
		const guarantee = { risk: "selective", targetRisk: 0.1, delta: 0.1 };
		writeJson("policy.json", policyOf([edgeDocument({ guarantee }), originDocument()], { timeoutMs: 60_000 }));
		const { status, stderr } = cascade("policy", "check", "policy.json");
		expect(status).toBe(0);
		expect(stderr).toMatch(/^policy\.json: cascades\.chat\.timeoutMs: .* 55000 ms .* \(warning\)\n$/u);
	});

	it.each([
		["is not valid JSON", "{"],
		["cannot be read", undefined],
	])("says that a file %s", (problem, text) => {
		if (text !== undefined) writeFileSync(join(directory, "policy.json"), text);
		expect(cascade("policy", "check", "policy.json")).toMatchObject({ status: 1, stderr: `policy.json: ${problem}\n` });
	});
});

describe("cascade key create --offline", () => {
	it("shows a key once, and publishes its hash and not the key", () => {
		const { status, stdout } = cascade("key", "create", "--offline", "acme");
		expect(status).toBe(0);
		const [key = "", ...rest] = stdout.split("\n");
		expect(isWellFormedApiKey(key)).toBe(true);
		expect(rest.join("\n")).not.toContain(key);
		expect(rest.join("\n")).toContain(`'key/${createHash("sha256").update(key).digest("hex")}'`);
	});

	it("refuses a name that is no tenant's, and a scope that does not exist", () => {
		expect(cascade("key", "create", "--offline", "Acme & Co").status).toBe(1);
		expect(cascade("key", "create", "--offline", "acme", "--scope", "everything")).toMatchObject({
			status: 1,
			stderr: "'everything' is no scope; there is: inference\n",
		});
	});
});

describe("cascade publish", () => {
	it("writes what the Worker reads, with a revision that rises with time", () => {
		writeJson("acme/tenants/acme.json", demoPolicy(undefined));
		writeJson("acme/origins/gpu.json", { baseUrl: "https://gpu.example.com/v1/", secret: "ORIGIN_GPU_KEY" });
		expect(cascade("publish", "acme").status).toBe(0);
		const records = JSON.parse(readFileSync(join(directory, "kv-records.json"), "utf8")) as {
			key: string;
			value: string;
		}[];
		expect(records.map(({ key }) => key)).toEqual(["tenant/acme/policy", "origin/gpu"]);
		const [tenant, origin] = records.map(({ value }) => JSON.parse(value) as Record<string, unknown>);
		expect(parseTenantPolicy(tenant?.["policy"]).ok).toBe(true);
		expect(tenant?.["revision"]).toBeGreaterThan(1_790_000_000);
		expect(origin).toEqual({ version: 1, baseUrl: "https://gpu.example.com/v1", secret: "ORIGIN_GPU_KEY" });
	});

	it("writes an origin's bound on calls, and none where there is none", () => {
		for (const [name, maxConcurrent] of Object.entries({ bound: 8, free: null }))
			writeJson(`acme/origins/${name}.json`, { baseUrl: "https://gpu.example.com/v1", maxConcurrent });
		expect(cascade("publish", "acme").status).toBe(0);
		const records = JSON.parse(readFileSync(join(directory, "kv-records.json"), "utf8")) as { value: string }[];
		const origin = { version: 1, baseUrl: "https://gpu.example.com/v1", secret: null };
		expect(records.map(({ value }) => JSON.parse(value) as unknown)).toEqual([{ ...origin, maxConcurrent: 8 }, origin]);
	});

	it.each([
		[{ baseUrl: "http://gpu.example.com/v1" }, "baseUrl: must begin with https://"],
		[{ baseUrl: "https://10.0.0.7/v1" }, "baseUrl: must name a host, not an address"],
		[
			{ baseUrl: "https://gpu.example.com/v1", secret: "ADMIN_KEY" },
			"secret: must name a Worker secret that begins with ORIGIN_",
		],
		[
			{ baseUrl: "https://gpu.example.com/v1", maxConcurrent: 10_001 },
			"maxConcurrent: must be a whole number from 1 to 10,000",
		],
		[{ baseUrl: "https://gpu.example.com/v1", key: "sk-123" }, "key: is not a field of an origin"],
	])("writes nothing where one file is wrong: %j", (origin, problem) => {
		writeJson("acme/tenants/acme.json", demoPolicy(undefined));
		writeJson("acme/origins/gpu.json", origin);
		const { status, stderr } = cascade("publish", "acme");
		expect(status).toBe(1);
		expect(stderr).toContain(problem);
		expect(existsSync(join(directory, "kv-records.json"))).toBe(false);
	});

	it("says so where the directory holds nothing to publish", () => {
		expect(cascade("publish", ".")).toMatchObject({
			status: 1,
			stderr: ".: holds neither tenants/*.json nor origins/*.json\n",
		});
	});
});

describe("cascade ask", () => {
	it("says how to start the Worker where nothing answers", () => {
		const { status, stderr } = cascade("ask", "hello", "--url", "http://127.0.0.1:9");
		expect(status).toBe(1);
		expect(stderr).toContain("npm start");
	});
});
