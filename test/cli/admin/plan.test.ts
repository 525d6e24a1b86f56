import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readDesiredState } from "../../../src/cli/admin/desired-state.ts";
import { describeDone, describePlan, planOrigin, planTenant, stepsToTake } from "../../../src/cli/admin/plan.ts";
import { policyWith } from "./example-policy.ts";

const gpu = { name: "gpu", baseUrl: "https://gpu.example.com/v1", secret: "ORIGIN_GPU_KEY", maxConcurrent: null };
const acme = { tenant: "acme", document: policyWith(0.8) };

describe("a plan", () => {
	it("creates what is not there: the tenant, then its policy", () => {
		const steps = [planOrigin(gpu, undefined), ...planTenant(acme, undefined)];
		expect(steps.map(({ kind, name, act }) => `${act} ${kind} ${name}`)).toEqual([
			"create origin gpu",
			"create tenant acme",
			"create policy acme",
		]);
		expect(steps[0]).toMatchObject({ seen: null });
		expect(steps[2]).toMatchObject({ seen: null, body: acme.document });
	});

	it("creates the first policy of a tenant that is there", () => {
		const changes = [{ kind: "added", path: "version", to: 1 }] as const;
		const steps = planTenant(acme, { revision: null, changes: [...changes] });
		expect(steps).toMatchObject([
			{ kind: "tenant", act: "unchanged" },
			{ kind: "policy", act: "create", seen: null },
		]);
	});

	it("changes what differs, over the revision it was compared with", () => {
		const changed = planOrigin(gpu, { ...gpu, baseUrl: "https://old.example.com/v1", revision: 4, updatedAt: 0 });
		expect(changed).toMatchObject({ act: "change", seen: 4, body: { baseUrl: gpu.baseUrl, secret: gpu.secret } });
		const threshold = { kind: "changed", path: "cascades.chat.stages[0].threshold", from: 0.7, to: 0.8 } as const;
		const steps = [changed, ...planTenant(acme, { revision: 2, changes: [threshold] })];
		expect(describePlan(steps)).toBe(
			[
				"change origin gpu, over revision 4",
				'  ~ baseUrl: "https://old.example.com/v1" → "https://gpu.example.com/v1"',
				"change policy acme, over revision 2",
				"  ~ cascades.chat.stages[0].threshold: 0.7 → 0.8",
				"To create: 0, to change: 2, unchanged: 1.",
				"",
			].join("\n"),
		);
	});

	it("sets, changes and takes away an origin's bound on calls", () => {
		const current = (maxConcurrent: number | null) => ({ ...gpu, maxConcurrent, revision: 4, updatedAt: 0 });
		const set = planOrigin({ ...gpu, maxConcurrent: 8 }, current(null));
		expect(set).toMatchObject({ body: { maxConcurrent: 8 } });
		const taken = planOrigin(gpu, current(8));
		expect(taken).toMatchObject({ act: "change", body: { baseUrl: gpu.baseUrl, secret: gpu.secret } });
		const changed = planOrigin({ ...gpu, maxConcurrent: 16 }, current(8));
		expect(describePlan([set, changed, taken])).toBe(
			[
				"change origin gpu, over revision 4",
				"  + maxConcurrent: 8",
				"change origin gpu, over revision 4",
				"  ~ maxConcurrent: 8 → 16",
				"change origin gpu, over revision 4",
				"  - maxConcurrent: 8",
				"To create: 0, to change: 3, unchanged: 0.",
				"",
			].join("\n"),
		);
		expect(planOrigin({ ...gpu, maxConcurrent: 8 }, current(8))).toMatchObject({ act: "unchanged" });
	});

	it("does not name a bound that there is none of, which an older Worker does not know", () => {
		const { maxConcurrent: _, ...older } = gpu;
		const step = planOrigin(gpu, { ...older, revision: 4, updatedAt: 0 } as Parameters<typeof planOrigin>[1]);
		expect(step).toMatchObject({ act: "unchanged" });
		expect(step).toHaveProperty("body", { baseUrl: gpu.baseUrl, secret: gpu.secret });
	});

	it("has nothing to do where all is as it should be", () => {
		const steps = [
			planOrigin(gpu, { ...gpu, revision: 4, updatedAt: 0 }),
			...planTenant(acme, { revision: 2, changes: [] }),
		];
		expect(stepsToTake(steps)).toEqual([]);
		expect(describePlan(steps)).toBe("To create: 0, to change: 0, unchanged: 3.\n");
	});

	it("ends with the numbers it began with", () => {
		const steps = [planOrigin(gpu, { ...gpu, revision: 4, updatedAt: 0 }), ...planTenant(acme, undefined)];
		expect(describePlan(steps)).toContain("To create: 2, to change: 0, unchanged: 1.\n");
		expect(describeDone(steps)).toBe("Created: 2, changed: 0, unchanged: 1.\n");
	});
});

describe("a directory to apply", () => {
	let directory: string;
	beforeEach(() => {
		directory = mkdtempSync(join(tmpdir(), "cascade-"));
	});
	afterEach(() => rmSync(directory, { recursive: true, force: true }));
	function write(path: string, document: unknown): void {
		mkdirSync(dirname(join(directory, path)), { recursive: true });
		writeFileSync(join(directory, path), JSON.stringify(document));
	}

	it("is refused where a policy names another tenant's origin, also one that the directory brings", () => {
		const [first, last] = policyWith(0.5).cascades["chat"]?.stages ?? [];
		write("tenants/acme.json", {
			version: 1,
			cascades: { chat: { stages: [first, { ...last, origin: "beta.gpu" }] } },
		});
		write("origins/beta.gpu.json", { baseUrl: "https://gpu.example.com/v1" });
		expect(readDesiredState(directory)).toEqual({
			ok: false,
			error: expect.stringMatching(
				/acme\.json: cascades\.chat\.stages\[1\]\.origin: .*must begin with the tenant's own name\n$/u,
			),
		});
	});

	it("is read in the order of names, addresses as they are stored", () => {
		write("tenants/zeta.json", policyWith(0.5));
		write("tenants/acme.json", acme.document);
		write("origins/gpu.json", { baseUrl: "https://gpu.example.com/v1/", secret: "ORIGIN_GPU_KEY" });
		write("origins/open.json", { baseUrl: "https://open.example.com/v1", maxConcurrent: 10_000 });
		write("origins/notes.txt", "not read");
		expect(readDesiredState(directory)).toEqual({
			ok: true,
			value: {
				origins: [gpu, { name: "open", baseUrl: "https://open.example.com/v1", secret: null, maxConcurrent: 10_000 }],
				policies: [acme, { tenant: "zeta", document: policyWith(0.5) }],
			},
		});
	});

	it("is refused with every problem of every file", () => {
		write("tenants/Acme.json", acme.document);
		write("tenants/beta.json", { version: 1, cascades: {}, extra: 1 });
		write("tenants/list.json", []);
		write("origins/gpu.json", { baseUrl: "ftp://gpu.example.com", secret: "GPU_KEY", key: "sk-1", maxConcurrent: 0 });
		const state = readDesiredState(directory);
		expect(state.ok ? [] : state.error.trim().split("\n").toSorted()).toEqual(
			[
				"origins/gpu.json: baseUrl: must begin with https://",
				"origins/gpu.json: key: is not a field of an origin",
				"origins/gpu.json: maxConcurrent: must be a whole number from 1 to 10,000",
				"origins/gpu.json: secret: must name a Worker secret that begins with ORIGIN_",
				"tenants/Acme.json: the file's name must be a tenant's",
				"tenants/beta.json: cascades: a policy has at least one cascade",
				"tenants/beta.json: extra: is not a field of the policy",
				"tenants/list.json: is not a JSON object",
			].map((line) => `${directory}/${line}`),
		);
	});

	it("is refused where it holds nothing", () => {
		expect(readDesiredState(directory)).toEqual({
			ok: false,
			error: `${directory}: holds neither tenants/*.json nor origins/*.json\n`,
		});
	});
});
