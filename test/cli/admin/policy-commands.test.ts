import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { usageOf } from "../../../src/core/ledger/usage-totals.ts";
import { exampleObservation } from "../../core/ledger/observations.ts";
import { policyWith } from "./example-policy.ts";
import { GPU_ORIGIN, openWorkplace, type Workplace } from "./run-cascade-command.ts";

// Each run starts Node.
vi.setConfig({ testTimeout: 30_000 });

let place: Workplace;
beforeEach(async () => {
	place = await openWorkplace();
	place.write("low.json", policyWith(0.7));
	place.write("high.json", policyWith(0.9));
});
afterEach(() => place.stop());

const cascade = (...args: readonly string[]) => place.cascadeWith({ environment: { CASCADE_TENANT: "acme" } }, ...args);

describe("cascade policy set", () => {
	it("writes the first policy, then over the revision that is current, and nothing where nothing changes", async () => {
		await place.put("/origins/gpu", GPU_ORIGIN);
		await place.tenant("acme");
		expect((await cascade("policy", "set", "low.json")).stdout).toContain("Revision 1 is current");
		expect((await cascade("policy", "set", "high.json", "--reason", "too many wrong")).stdout).toContain("Revision 2");
		expect((await cascade("policy", "set", "high.json")).stdout).toBe(
			"Nothing changed: revision 2 is the same policy.\n",
		);
		expect(
			place.api.requests
				.filter(({ method, url }) => method === "PUT" && url.includes("/policy"))
				.map(({ ifMatch }) => ifMatch),
		).toEqual([undefined, '"1"', '"2"']);
	});

	it("says who changed what meanwhile, and how to go on", async () => {
		await place.tenant("acme", policyWith(0.5), policyWith(0.6));
		const run = await cascade("policy", "set", "low.json", "--if-match", "1");
		expect(run.status).toBe(1);
		expect(run.stderr).toMatch(
			/^Nothing was written: the change was made to revision 1, and the current revision is 2\.\n {2}2 {2}\S+ \S+ {2}put by deployed-\w+\nSee what changed: {3}cascade policy diff --tenant acme --from 1 --to 2\nThen, if yours still holds, run this again with --if-match 2\n$/u,
		);
		const first = await cascade("policy", "set", "low.json", "--if-match", "none", "--json");
		expect(JSON.parse(first.stdout)).toMatchObject({ error: { code: "revision_conflict" }, current: 2 });
		expect(first.stderr).toContain("it was to be the first policy, and the current revision is 2.");
	});

	it("finds out also where somebody writes between its reading and its writing", async () => {
		await place.tenant("acme", policyWith(0.5));
		const { given } = place.api.ledgerOf("acme");
		given.beforeWrite = async () => {
			given.beforeWrite = null;
			const author = { kind: "access", name: "bo@example.com" } as const;
			const write = { document: policyWith(0.55), expected: 1, reason: "quick fix", cause: "put" } as const;
			await place.api.ledgerOf("acme").putPolicy({ ...write, actor: author });
		};
		const run = await cascade("policy", "set", "low.json");
		expect(run).toMatchObject({ status: 1, stderr: expect.stringContaining("put by bo@example.com: quick fix") });
	});

	it("lists every problem with its path, and reads standard input", async () => {
		await place.tenant("acme");
		const bad = await place.cascadeWith(
			{ input: '{"version": 2, "extra": 1}' },
			"policy",
			"set",
			"-",
			"--tenant",
			"acme",
		);
		expect(bad).toMatchObject({
			status: 1,
			stderr:
				"Refused, for these 3 problems:\n  version: must be 1\n  cascades: is required\n  extra: is not a field of the policy\n",
		});
		expect(await cascade("policy", "set", "nowhere.json")).toMatchObject({
			status: 1,
			stderr: "nowhere.json: cannot be read\n",
		});
	});
});

describe("cascade policy patch", () => {
	it("changes fields of the current policy, from the command line or a file", async () => {
		await place.tenant("acme", policyWith(0.8));
		expect((await cascade("policy", "patch", '{"cascades": {"chat": {"timeoutMs": 9000}}}')).status).toBe(0);
		place.write("patch.json", { cascades: { chat: { mode: "parallel", timeoutMs: null } } });
		expect((await cascade("policy", "patch", "patch.json")).status).toBe(0);
		const { stdout, stderr } = await cascade("policy", "get");
		expect(JSON.parse(stdout)).toEqual(policyWith(0.8, { mode: "parallel" }));
		expect(stderr).toBe("Revision 3\n");
	});

	it("needs a policy to change", async () => {
		await place.tenant("acme");
		const run = await cascade("policy", "patch", "{}");
		expect(run).toMatchObject({ status: 1, stderr: expect.stringContaining("`cascade policy set` writes the first") });
	});
});

describe("cascade policy validate and diff", () => {
	it("check and compare a file without saving it", async () => {
		await place.tenant("acme", policyWith(0.8));
		place.write("bad.json", { version: 1 });
		expect(await cascade("policy", "validate", "high.json")).toMatchObject({
			status: 0,
			stdout: "The policy is valid.\n",
		});
		expect(await cascade("policy", "validate", "bad.json")).toMatchObject({
			status: 1,
			stdout: "",
			stderr: "bad.json: cascades: is required\n",
		});
		expect(await cascade("policy", "diff", "high.json")).toMatchObject({
			status: 0,
			stdout: "~ cascades.chat.stages[0].threshold: 0.8 → 0.9\n",
		});
		const json = await cascade("policy", "diff", "high.json", "--json");
		expect(JSON.parse(json.stdout)).toMatchObject({ valid: true, revision: 1, changes: [{ kind: "changed" }] });
		expect(place.api.requests.some(({ method }) => method === "PUT")).toBe(true);
		expect((await place.api.ledgerOf("acme").revisions({ before: null, limit: 9 })).items).toHaveLength(1);
	});

	it("compare revisions, and want either a file or revisions", async () => {
		await place.tenant("acme", policyWith(0.5), policyWith(0.6), policyWith(0.7));
		expect((await cascade("policy", "diff", "--from", "1", "--to", "2")).stdout).toContain("0.5 → 0.6");
		expect((await cascade("policy", "diff", "--from", "1")).stdout).toContain("0.5 → 0.7");
		expect((await cascade("policy", "diff")).status).toBe(2);
		expect((await cascade("policy", "diff", "low.json", "--from", "1")).status).toBe(2);
	});
});

describe("cascade policy history, show and rollback", () => {
	it("show what was, and make it current again", async () => {
		await place.tenant("acme", policyWith(0.5), policyWith(0.6));
		expect((await cascade("policy", "rollback", "1", "--reason", "worse")).stdout).toContain("Revision 3 is current");
		const { stdout: history } = await cascade("policy", "history", "--limit", "2");
		expect(history.split("\n")[1]).toMatch(/^ +3 {2}\S+ \S+ {2}deployed-\w+ {2}rollback {2}worse$/u);
		expect(history).toContain("There is more: --before 2\n");
		const shown = await cascade("policy", "show", "2");
		expect(JSON.parse(shown.stdout)).toEqual(policyWith(0.6));
		expect(shown.stderr).toMatch(/^Revision 2, .*put by deployed-/u);
		const late = await cascade("policy", "rollback", "2", "--if-match", "2");
		expect(late).toMatchObject({ status: 1, stderr: expect.stringContaining("its revision is 3 by now") });
	});
});

describe("cascade policy edit", () => {
	/** An editor that runs this on the file, `$1`. */
	function editor(script: string): Record<string, string> {
		place.write("editor", `#!/bin/sh\n${script}\n`);
		chmodSync(join(place.directory, "editor"), 0o755);
		return { CASCADE_TENANT: "acme", EDITOR: `${join(place.directory, "editor")} --wait`, NO_COLOR: "1" };
	}
	const raise = 'sed -i "s/: 0.8/: 0.9/" "$2"';
	const keptFile = (stderr: string) => /Your changes are in (\S+)/u.exec(stderr)?.[1] ?? "";

	it("shows what changes, asks, and saves over the revision it opened", async () => {
		await place.tenant("acme", policyWith(0.8));
		const run = await place.cascadeWith(
			{ environment: editor(raise), input: "y\n" },
			"policy",
			"edit",
			"--reason",
			"why",
		);
		expect(run.status).toBe(0);
		expect(run.stderr).toBe("  ~ cascades.chat.stages[0].threshold: 0.8 → 0.9\nSave it? [y/N] ");
		expect(run.stdout).toContain("Revision 2 is current");
		expect(place.api.requests.at(-1)).toMatchObject({
			method: "PUT",
			ifMatch: '"1"',
			url: expect.stringContaining("reason=why"),
		});
	});

	it("saves nothing without a yes, and keeps the edited file", async () => {
		await place.tenant("acme", policyWith(0.8));
		const run = await place.cascadeWith({ environment: editor(raise) }, "policy", "edit");
		expect(run.status).toBe(1);
		expect(readFileSync(keptFile(run.stderr), "utf8")).toContain(": 0.9");
		expect(place.api.requests.some(({ ifMatch }) => ifMatch === '"1"')).toBe(false);
	});

	it("lets the user mend what is not valid", async () => {
		await place.tenant("acme", policyWith(0.8));
		// First breaks it, then mends it.
		const script = 'if grep -q ": 0.8" "$2"; then sed -i "s/: 0.8/: 8/" "$2"; else sed -i "s/: 8/: 0.9/" "$2"; fi';
		const run = await place.cascadeWith({ environment: editor(script), input: "yes\ny\n" }, "policy", "edit");
		expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining("Revision 2 is current") });
		expect(run.stderr).toMatch(
			/The policy is not valid:\n {2}cascades\.chat\.stages\[0\]\.threshold: .*\nEdit it again\?/u,
		);
	});

	it("does nothing where nothing was edited, and keeps the edit where somebody was faster", async () => {
		await place.tenant("acme", policyWith(0.8));
		const idle = await place.cascadeWith({ environment: editor("true") }, "policy", "edit");
		expect(idle).toMatchObject({ status: 0, stderr: "Nothing changed.\n" });
		const { given } = place.api.ledgerOf("acme");
		given.beforeWrite = async () => {
			given.beforeWrite = null;
			const actor = { kind: "access", name: "bo@example.com" } as const;
			const write = { document: policyWith(0.55), expected: 1, reason: "", cause: "put", actor } as const;
			await place.api.ledgerOf("acme").putPolicy(write);
		};
		const late = await place.cascadeWith({ environment: editor(raise) }, "policy", "edit", "--yes");
		expect(late).toMatchObject({ status: 1, stderr: expect.stringContaining("put by bo@example.com") });
		expect(readFileSync(keptFile(late.stderr), "utf8")).toContain(": 0.9");
	});

	it("begins nothing without a terminal and without an editor that needs none", async () => {
		await place.tenant("acme", policyWith(0.8));
		const environment = { CASCADE_TENANT: "acme", VISUAL: "", EDITOR: "" };
		expect(await place.cascadeWith({ environment }, "policy", "edit")).toMatchObject({
			status: 1,
			stderr: expect.stringContaining("There is no terminal to edit in"),
		});
	});

	it("stops where the editor does", async () => {
		await place.tenant("acme", policyWith(0.8));
		const run = await place.cascadeWith({ environment: editor("exit 3") }, "policy", "edit", "--yes");
		expect(run).toMatchObject({
			status: 1,
			stderr: expect.stringContaining("The editor ended with 3; nothing was saved."),
		});
	});
});

describe("cascade canary", () => {
	it("starts, shows beside the current revision, promotes and drops", async () => {
		await place.tenant("acme", policyWith(0.5), policyWith(0.6));
		expect((await cascade("canary", "start", "1", "--share", "5%", "--reason", "try")).stdout).toMatch(
			/^Revision 1 serves 5% of requests/u,
		);
		const ofRevision = (revision: number, reason: "accepted" | "low-confidence") => ({
			revision,
			cascade: "chat",
			totals: usageOf(exampleObservation({ policyRevision: revision, reason })),
		});
		place.api.ledgerOf("acme").given.canaryTotals = [ofRevision(1, "accepted"), ofRevision(2, "low-confidence")];
		expect((await cascade("canary", "show")).stdout).toMatch(
			/^Revision 1 serves 5% .*\n(?:.*\n)*chat +current +2 +1 +0\.0% \[0\.0–79\.3%\] .*\nchat +canary +1 +1 +100\.0% \[20\.7–100\.0%\] /u,
		);
		const shown = await cascade("canary", "show", "--json");
		expect(JSON.parse(shown.stdout)).toMatchObject({
			revision: 1,
			figures: {
				since: JSON.parse(shown.stdout).since,
				current: 2,
				base: [{ cascade: "chat", policyRevision: 2, requests: 1 }],
				canary: [{ cascade: "chat", policyRevision: 1, acceptance: { count: 1, of: 1, share: 1, high: 1 } }],
			},
		});
		expect((await cascade("canary", "promote")).stdout).toContain("Revision 3 is current");
		expect(await cascade("canary", "drop")).toMatchObject({ status: 1, stderr: "There is no canary.\n" });
		expect((await cascade("canary", "start", "1", "--share", "100%")).status).toBe(2);
		const exact = await cascade("canary", "start", "1", "--share", "7%", "--json");
		expect(JSON.parse(exact.stdout)).toMatchObject({ revision: 1, share: 0.07 });
	});

	it("tries a file that was never current, over the revision it was made from", async () => {
		await place.tenant("acme", policyWith(0.5), policyWith(0.6));
		place.write("new.json", policyWith(0.7));
		const started = await cascade("canary", "start", "new.json", "--share", "5%", "--reason", "try");
		expect(started.stdout).toMatch(
			/^Revision 3 serves 5% of requests since .*\nThe policy in force stays, as revision 4\.\n$/u,
		);
		expect(place.api.requests.at(-1)).toMatchObject({ method: "PUT", ifMatch: '"2"' });
		const late = await cascade("canary", "start", "new.json", "--share", "6%", "--if-match", "2");
		expect(late).toMatchObject({ status: 1, stderr: expect.stringContaining("its revision is 4 by now") });
		expect((await cascade("canary", "start", "new.json", "--share", "6%", "--if-match", "none")).status).toBe(2);
		expect(await cascade("canary", "start", "lost.json", "--share", "6%")).toMatchObject({
			status: 1,
			stderr: "lost.json: cannot be read\n",
		});
		expect((await cascade("canary", "start", "1", "--share", "6%", "--if-match", "2")).status).toBe(1);
		expect((await cascade("canary", "start", "1", "--share", "6%", "--if-match", "4")).status).toBe(0);
	});

	it("needs a policy in force to try a file against", async () => {
		await place.tenant("acme");
		place.write("new.json", policyWith(0.7));
		expect(await cascade("canary", "start", "new.json", "--share", "5%")).toMatchObject({
			status: 1,
			stderr: expect.stringContaining("acme has no policy to try it against"),
		});
	});
});
