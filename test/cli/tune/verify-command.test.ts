import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openWorkplace, type Workplace } from "../admin/run-cascade-command.ts";
import { exampleTrace } from "./example-trace.ts";

// Each run starts Node.
vi.setConfig({ testTimeout: 60_000 });

let place: Workplace;
beforeEach(async () => {
	place = await openWorkplace();
	place.write("log.jsonl", exampleTrace(1_200, 1));
});
afterEach(() => place.stop());

const cascade = (...args: readonly string[]) => place.cascade(...args);

describe("cascade verify", () => {
	type Document = Record<string, unknown> & { procedure: Record<string, unknown> };
	const certify = async (...args: readonly string[]): Promise<Document> => {
		const run = await cascade("tune", "log.jsonl", "--target", "0.1", "--certificate", "certificate.json", ...args);
		expect(run.status).toBe(0);
		return JSON.parse(place.read("certificate.json")) as Document;
	};
	const differences = async (log = "log.jsonl") => {
		const run = await cascade("verify", "certificate.json", log, "--json");
		const { valid, differences: found } = JSON.parse(run.stdout) as {
			valid: boolean;
			differences: { field: string }[];
		};
		expect(run.status).toBe(valid ? 0 : 1);
		return found.map(({ field }) => field);
	};

	it("finds every field again in the log alone, whatever was drawn or fitted", async () => {
		const certificate = await certify(
			"--calibration-share",
			"0.8",
			"--seed",
			"3",
			"--group",
			"user",
			"--starts",
			"0.3,0.5",
		);
		expect(certificate).toMatchObject({
			labeller: "judge 3",
			seed: 3,
			attempts: 1,
			procedure: { calibrationShare: 0.8 },
		});
		expect(await differences()).toEqual([]);
		await certify("--score", "reordered", "--labeller", "two people", "--attempts-file", "other");
		expect(await differences()).toEqual([]);
		await certify("--group", "user", "--risk", "joint", "--attempts-file", "another");
		expect(await differences()).toEqual([]);
	});

	it("fails at a changed row, also one that was not tested, and at other labels", async () => {
		await certify("--calibration-share", "0.5");
		const lines = exampleTrace(1_200, 1).trimEnd().split("\n");
		for (const changed of [1, 600, 1_200]) {
			const row = JSON.parse(lines[changed] ?? "") as { stages: { correct: number }[] };
			if (row.stages[0] !== undefined) row.stages[0].correct = 1 - row.stages[0].correct;
			place.write("changed.jsonl", `${lines.with(changed, JSON.stringify(row)).join("\n")}\n`);
			expect(await differences("changed.jsonl")).toEqual(expect.arrayContaining(["procedure.logDigest", "configHash"]));
		}
		place.write("shorter.jsonl", `${lines.slice(0, -1).join("\n")}\n`);
		expect(await differences("shorter.jsonl")).toEqual(expect.arrayContaining(["procedure.logDigest"]));
	});

	it("fails at another path, delta, seed, target or labeller in the certificate", async () => {
		const certificate = await certify();
		const path = certificate["path"] as number[][];
		const changes: readonly Record<string, unknown>[] = [
			{ path: path.slice(1) },
			{ path: path.with(0, [0.123]) },
			{ delta: 0.2 },
			{ deltaSpent: 0.1 },
			{ seed: 2 },
			{ targetRisk: 0.2 },
			{ labeller: "another" },
			{ attempts: 2 },
			{ thresholds: [0.1] },
			{ wrong: (certificate["wrong"] as number) - 1 },
			{ upperBound: 0.01 },
			{ rowsDigest: "0".repeat(64) },
			{ configHash: "0".repeat(64) },
			{ onLabel: "spam" },
			{ procedure: { ...certificate.procedure, startCoverages: [0.9] } },
			{ extra: true },
		];
		for (const change of changes) {
			place.write("certificate.json", { ...certificate, ...change });
			expect(await differences(), JSON.stringify(change).slice(0, 80)).not.toEqual([]);
		}
	});

	it("says what it did not check: the attempts always, the labeller where the log names none or another", async () => {
		const notChecked = async () =>
			(
				JSON.parse((await cascade("verify", "certificate.json", "log.jsonl", "--json")).stdout) as {
					notChecked: readonly string[];
				}
			).notChecked;
		await certify();
		expect(await notChecked()).toEqual(["tenant", "cascade", "issuedAt", "expiresAt", "attempts"]);
		await certify("--labeller", "two people");
		expect(await notChecked()).toContain("labeller");
	});

	it("fails where the certificate has ended, and says what is no certificate", async () => {
		const certificate = await certify("--expires-in-days", "1");
		expect((await cascade("verify", "certificate.json", "log.jsonl")).stdout).toMatch(
			/^Valid: selective risk at most 0\.1/u,
		);
		place.write("certificate.json", { ...certificate, expiresAt: "2020-01-01T00:00:00.000Z" });
		const ended = await cascade("verify", "certificate.json", "log.jsonl");
		expect(ended).toMatchObject({ status: 1, stdout: expect.stringContaining("ended at 2020-01-01") });
		place.write("certificate.json", { ...certificate, seed: "1" });
		expect(await cascade("verify", "certificate.json", "log.jsonl")).toMatchObject({
			status: 1,
			stderr: "certificate.json: seed is not a certificate's\n",
		});
	});
});
