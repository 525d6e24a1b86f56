import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoPolicy } from "../../src/local/demo-records.ts";
import type { FakeServer } from "../support/fake-server.ts";
import { KEY, startLocalModels } from "./probe/models.ts";

let directory: string;
let server: FakeServer;
beforeAll(async () => {
	directory = mkdtempSync(join(tmpdir(), "cascade-"));
	server = await startLocalModels();
});
afterAll(async () => {
	rmSync(directory, { recursive: true, force: true });
	await server.stop();
});

/** Runs the command as a user would; asynchronously, since the models answer from this process. */
function probe(policy: unknown, args: readonly string[], environment: Record<string, string> = {}) {
	writeFileSync(join(directory, "policy.json"), JSON.stringify(policy));
	const main = join(import.meta.dirname, "../../src/cli/main.ts");
	const env = { PATH: process.env["PATH"] ?? "", ...environment };
	return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
		const child = execFile(
			process.execPath,
			[main, "probe", "policy.json", ...args],
			{ cwd: directory, env },
			(_error, stdout, stderr) => resolve({ status: child.exitCode ?? -1, stdout, stderr }),
		);
	});
}

const keys = { CLOUDFLARE_API_TOKEN: KEY, ORIGIN_LOCAL_KEY: KEY };
function addresses(): string[] {
	return ["--workers-ai-url", `${server.url}/client/v4/accounts/local/ai/run`, "--origin", `local=${server.url}/v1`];
}

describe("cascade probe", () => {
	it("asks every model of the demo policy, and prints a table and what to put into the policy", async () => {
		const { status, stdout, stderr } = await probe(demoPolicy(undefined), addresses(), keys);
		expect(stderr).toBe("");
		expect(status).toBe(0);
		for (const model of ["@local/mail-small", "@local/mail-checker", "@local/prose-small", "mail-large", "prose-large"])
			expect(stdout).toMatch(new RegExp(`^${model} \\(`, "mu"));
		expect(stdout).toMatch(/^ {2}log-probabilities +yes: 2 alternatives a token$/mu);
		expect(stdout).not.toContain(KEY);
	});

	it("says what to put into a policy that does not say it", async () => {
		const policy = demoPolicy(undefined) as { cascades: Record<string, { stages: { tools?: boolean }[] }> };
		delete policy.cascades["prose"]?.stages[0]?.tools;
		const { stdout } = await probe(policy, addresses(), keys);
		expect(stdout).toMatch(/^ {2}cascades\.prose\.stages\[0\]: "tools":false$/mu);
	});

	it("writes the same as Markdown, with the requests it sent", async () => {
		const { stdout } = await probe(demoPolicy(undefined), [...addresses(), "--write", "found.md"], keys);
		const markdown = readFileSync(join(directory, "found.md"), "utf8");
		expect(markdown).toMatch(/Asked on \d{4}-\d\d-\d\d/u);
		const table = markdown.split("\n").filter((line) => line.startsWith("|"));
		expect(table).toHaveLength(15);
		expect(new Set(table.map((line) => line.split(" | ").length)).size).toBe(1);
		expect(markdown).toContain('"tool_choice"');
		expect(markdown).toContain("You label e-mail. Answer with one word: spam or ham.");
		expect(`${markdown}${stdout}`).not.toContain(KEY);
	});

	it("prints JSON for programs", async () => {
		const { stdout } = await probe(demoPolicy(undefined), [...addresses(), "--json"], keys);
		const report = JSON.parse(stdout) as { models: { model: string; shape: string; outcomes: object }[] };
		expect(report).toMatchObject({ version: 1, policyFields: expect.any(Array) });
		expect(report.models.find(({ model }) => model === "mail-large")).toMatchObject({
			adapter: "openai",
			origin: "local",
			shape: "chat-completions",
			outcomes: { logprobs: { result: "yes" } },
		});
		expect(stdout).not.toContain(KEY);
	});

	it("ends with 1 where a model could not be asked, and says why", async () => {
		const workersAiOnly = addresses().slice(0, 2);
		const { status, stdout } = await probe(demoPolicy(undefined), workersAiOnly, keys);
		expect(status).toBe(1);
		expect(stdout).toContain("could not be asked: no address: give --origin local=https://…/v1");
		expect(stdout).toContain("chat-completions");
	});

	it.each([
		["an invalid policy", {}, [], "policy.json: version: is required"],
		["no time", demoPolicy(undefined), ["--timeout", "0"], "--timeout: must be a number of seconds, at most 600"],
		[
			"an address that is none",
			demoPolicy(undefined),
			["--origin", "gpu"],
			"--origin gpu: must be a name and an address",
		],
	])("refuses %s", async (_case, policy, args, problem) => {
		const { status, stderr } = await probe(policy, args);
		expect(status).toBe(1);
		expect(stderr).toContain(problem);
	});
});
