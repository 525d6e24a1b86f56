import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { exampleTrace } from "./example-trace.ts";
import { policyWith } from "../admin/example-policy.ts";
import { openWorkplace, type Workplace } from "../admin/run-cascade-command.ts";

// Each run starts Node.
vi.setConfig({ testTimeout: 60_000 });

let place: Workplace;
beforeEach(async () => {
	place = await openWorkplace();
	place.write("log.jsonl", exampleTrace(1_200, 1));
});
afterEach(() => place.stop());

const cascade = (...args: readonly string[]) => place.cascade(...args);
const tuneJson = async (...args: readonly string[]) => {
	const run = await cascade("tune", ...args, "--json");
	return { status: run.status, stderr: run.stderr, ...(JSON.parse(run.stdout) as Record<string, unknown>) };
};

describe("cascade tune", () => {
	it("prints one object with what is certified and what to expect", async () => {
		const result = await tuneJson("log.jsonl", "--target", "0.1", "--calibration-share", "0.5", "--seed", "7");
		expect(result).toMatchObject({
			status: 0,
			certified: true,
			risk: "selective",
			target: 0.1,
			delta: 0.1,
			attempt: 1,
		});
		const { n, wrong, coverage, escalationRate, upperBound, rows, saving, heldOut } = result as unknown as Record<
			"n" | "wrong" | "coverage" | "escalationRate" | "upperBound" | "rows" | "saving",
			number
		> & { heldOut: Record<string, number> };
		expect(coverage).toBeCloseTo(n / rows, 12);
		expect(escalationRate).toBeCloseTo(1 - coverage, 12);
		expect(wrong / n).toBeLessThan(upperBound);
		expect(upperBound).toBeLessThanOrEqual(0.1);
		expect(saving).toBeCloseTo(1 - (0.000_01 + escalationRate * 0.000_1) / 0.000_1, 9);
		expect(Object.keys(heldOut)).toEqual(
			expect.arrayContaining(["n", "coverage", "selectiveRisk", "quality", "escalationRate", "saving"]),
		);
		expect(heldOut["n"]).toBe(600);
	});

	it("fails closed: 3, no threshold, everything escalated, and how many labels it would take", async () => {
		place.write("few.jsonl", exampleTrace(60, 2));
		const result = await tuneJson("few.jsonl", "--target", "0.02");
		expect(result).toMatchObject({
			status: 3,
			certified: false,
			threshold: null,
			certificate: null,
			coverage: 0,
			n: 0,
			escalationRate: 1,
			saving: 0,
		});
		const run = await cascade("tune", "few.jsonl", "--target", "0.02", "--certificate", "none.json");
		expect(run.stdout).toMatch(/^Not certified: /u);
		expect(() => place.read("none.json")).toThrow();
	});

	it("claims something of one request of each group where rows have groups", async () => {
		const run = await cascade("tune", "log.jsonl", "--target", "0.1", "--group", "user");
		expect(run.stdout).toContain("of the accepted answers are wrong, counting one request of each user\n");
	});

	it("counts every look at a log that grows, and spends less at each", async () => {
		const lines = exampleTrace(1_200, 1).trimEnd().split("\n");
		const look = async (rows: number) => {
			place.write("growing.jsonl", `${lines.slice(0, rows + 1).join("\n")}\n`);
			return tuneJson("growing.jsonl", "--target", "0.1");
		};
		expect(await look(600)).toMatchObject({ attempt: 1, attemptsOnOverlappingLogs: 0 });
		expect(await look(700)).toMatchObject({ attempt: 2, attemptsOnOverlappingLogs: 1 });
		expect(await look(600)).toMatchObject({ attempt: 1 });
		const run = await cascade("tune", "log.jsonl", "--target", "0.1");
		expect(run.stdout).toContain("3 on these rows (2 of them on logs that shared rows with this one): spends 0.00152");
		// Rows judged anew are the same rows.
		const rejudged = exampleTrace(1_200, 1).replaceAll('"correct":0', '"correct":1');
		place.write("rejudged.jsonl", rejudged);
		expect(await tuneJson("rejudged.jsonl", "--target", "0.1")).toMatchObject({ attempt: 4 });
		place.write("other.jsonl", exampleTrace(1_200, 2));
		expect(await tuneJson("other.jsonl", "--target", "0.1")).toMatchObject({ attempt: 1 });
	});

	it("says 'more than' where the labels needed are far beyond those at hand", async () => {
		const random = seededRandom(4);
		const rows = Array.from({ length: 300 }, (_, row) => `q${row},${random()},${row % 100 < 9 ? 0 : 1}`);
		place.write("close.csv", `id,confidence,correct\n${rows.join("\n")}\n`);
		const result = await tuneJson("close.csv", "--target", "0.0915", "--starts", "1", "--risk", "joint");
		expect(result).toMatchObject({ status: 3, labelsNeeded: 27_000, labelsNeededIsCapped: true });
		const run = await cascade("tune", "close.csv", "--target", "0.0915", "--starts", "1", "--risk", "joint");
		expect(run.stdout).toMatch(
			/^Not certified: needs more than 27,000 labels at this start \(there are 270 to test\)/u,
		);
	});

	it("hints, after the test, at a confidence that is worst where it is surest", async () => {
		const random = seededRandom(5);
		const rows = Array.from({ length: 2_000 }, (_, row) => {
			const confidence = random();
			return `q${row},${confidence},${random() < (confidence > 0.8 ? 0.5 : 0.02) ? 0 : 1}`;
		});
		place.write("bent.csv", `id,confidence,correct,large.correct\n${rows.map((row) => `${row},1`).join("\n")}\n`);
		expect(await tuneJson("bent.csv", "--target", "0.1")).toMatchObject({ status: 3, outOfOrder: ["edge"] });
		const run = await cascade("tune", "bent.csv", "--target", "0.1");
		expect(run.stdout).toContain("on new rows --score reordered may reach further");
		expect(await tuneJson("bent.csv", "--target", "0.1", "--score", "reordered")).toMatchObject({
			certified: true,
			outOfOrder: [],
		});
		expect((await cascade("evaluate", "bent.csv")).stdout).toContain("Warning: somewhere a surer answer is wrong more");
		expect(await tuneJson("log.jsonl", "--target", "0.1")).toMatchObject({ outOfOrder: [] });
	});

	it("says what it found in words", async () => {
		const run = await cascade("tune", "log.jsonl", "--target", "0.1");
		expect(run).toMatchObject({ status: 0, stderr: "" });
		expect(run.stdout).toContain(
			"Certified: with a chance of at least 90.0% over the draw of these rows, at most 10.0% of the accepted answers are wrong",
		);
		expect(run.stdout).toContain("everything else goes to large");
		// What is certified is the target; the bound of a chosen threshold is shown for what it is.
		expect(run.stdout).toMatch(/\ncertified +at most 10\.0%, the target \(p = /u);
		expect(run.stdout).toMatch(/the bound \d\.\d%, at 1 − 0\.09, is of a threshold fixed beforehand/u);
		expect(run.stdout).not.toContain("upper bound");
	});

	it("spends less of delta on each further question about the same rows, also with another seed or their order changed", async () => {
		expect(await tuneJson("log.jsonl", "--target", "0.1")).toMatchObject({ attempt: 1, deltaSpent: 0.9 * 0.1 });
		expect(await tuneJson("log.jsonl", "--target", "0.1")).toMatchObject({ attempt: 1 });
		const [header = "", ...lines] = exampleTrace(1_200, 1).trimEnd().split("\n");
		place.write("turned.jsonl", `${[header, ...lines.toReversed()].join("\n")}\n`);
		expect(await tuneJson("turned.jsonl", "--target", "0.1", "--seed", "2")).toMatchObject({ attempt: 2 });
		const own = ["--attempts-file", "own", "--attempts", "1"];
		expect(await tuneJson("log.jsonl", "--target", "0.1", ...own)).toMatchObject({ attempt: 1, deltaSpent: 0.1 });
		expect(await cascade("tune", "log.jsonl", "--target", "0.2", ...own)).toMatchObject({
			status: 1,
			stderr: expect.stringContaining("all 1 planned attempts"),
		});
	});

	it("names the models there are where it is given another, and the options that are wrong", async () => {
		const wrong = async (...args: readonly string[]) => {
			const run = await cascade("tune", "log.jsonl", ...args);
			return [run.status, run.stderr.split("\n")[0]];
		};
		expect(await wrong("--target", "0.1", "--edge", "tiny")).toEqual([
			2,
			"error: --edge: the log has no model 'tiny'; it has '@cf/openai/gpt-oss-20b', 'large'",
		]);
		expect(await wrong()).toEqual([2, "error: required option '--target <risk>' not specified"]);
		expect(await wrong("--target", "5")).toEqual([2, "error: --target: '5' is no number above 0 to 1"]);
		expect(await wrong("--target", "0.1", "--risk", "none")).toEqual([2, expect.stringContaining("Allowed choices")]);
		expect(await wrong("--target", "0.1", "--on-label", "spam")).toEqual([2, expect.stringContaining("--on-label")]);
		expect(await wrong("--target", "0.1", "--apply", "acme")).toEqual([2, expect.stringContaining("TENANT/CASCADE")]);
		expect(await wrong("--target", "0.1", "--seed", "-1")).toEqual([2, expect.stringContaining("--seed")]);
	});

	it("tells bad rows on standard error and leaves them out, or fails with --strict", async () => {
		place.write("bad.jsonl", `${exampleTrace(1_200, 1)}{"id":"x","stages":[{"correct":1,"confidence":"NaN"},{}]}\n`);
		const result = await tuneJson("bad.jsonl", "--target", "0.1");
		expect(result).toMatchObject({
			status: 0,
			input: {
				rows: 1_200,
				rejected: 1,
				rejectedByReason: { "@cf/openai/gpt-oss-20b: confidence is not a number": 1 },
			},
		});
		expect(result.stderr).toContain("bad.jsonl:1202: @cf/openai/gpt-oss-20b: confidence is not a number: NaN\n");
		expect((await cascade("tune", "bad.jsonl", "--target", "0.1", "--strict")).status).toBe(1);
	});

	it("draws one row of each group", async () => {
		const { rows } = (await tuneJson("log.jsonl", "--target", "0.2", "--group", "user")) as unknown as { rows: number };
		expect(rows).toBeLessThanOrEqual(900);
	});

	it("tunes CSV of one model alone", async () => {
		const random = seededRandom(5);
		const lines = Array.from({ length: 800 }, (_, row) => {
			const p = random();
			return `${row},${p},${random() < 0.4 * (1 - p) ** 1.5 ? "false" : "true"}`;
		});
		place.write("log.csv", `question,p,ok\n${lines.join("\n")}\n`);
		const columns = ["--columns", "id=question,confidence=p,correct=ok"];
		expect(await tuneJson("log.csv", "--target", "0.1", ...columns)).toMatchObject({
			status: 0,
			certified: true,
			models: ["edge", "origin"],
			quality: null,
			saving: null,
		});
	});
});

describe("cascade tune --apply", () => {
	const apply = ["--target", "0.1", "--apply", "acme/chat"];

	it("shows what changes, asks, and writes the threshold with its reason", async () => {
		await place.tenant("acme", policyWith(0.99));
		const refused = await place.cascadeWith({ input: "n\n" }, "tune", "log.jsonl", ...apply);
		expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining("nothing was written") });
		expect(refused.stderr).toContain("cascades.chat.stages[0].threshold: 0.99 →");
		const run = await place.cascadeWith({ input: "y\n" }, "tune", "log.jsonl", ...apply);
		expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining("acme/chat: revision 2 is current") });
		const history = await cascade("policy", "history", "--tenant", "acme", "--json");
		expect(history.stdout).toMatch(/cascade tune: selective risk at most 0\.1, delta 0\.1, rows [0-9a-f]{64}/u);
	});

	it("prints one object, and writes nothing twice", async () => {
		await place.tenant("acme", policyWith(0.99));
		const first = await tuneJson("log.jsonl", ...apply, "--yes");
		expect(first).toMatchObject({
			status: 0,
			applied: { tenant: "acme", cascade: "chat", revision: 2, changed: true },
			certificate: { tenant: "acme", cascade: "chat" },
		});
		const policy = await cascade("policy", "get", "--tenant", "acme", "--json");
		expect(JSON.parse(policy.stdout)).toEqual(policyWith((first as unknown as { threshold: number }).threshold));
		expect(await tuneJson("log.jsonl", ...apply, "--yes")).toMatchObject({ applied: { revision: 2, changed: false } });
	});

	it("writes nothing where the policy has other models, or nothing is certified", async () => {
		await place.tenant("acme", policyWith(0.99));
		place.write("other.jsonl", exampleTrace(1_200, 1, ["tiny", "big"]));
		const other = await cascade("tune", "other.jsonl", ...apply, "--yes");
		expect(other).toMatchObject({ status: 1, stderr: expect.stringContaining("--stages NAME,NAME") });
		expect((await cascade("tune", "other.jsonl", ...apply, "--yes", "--stages", "edge,origin")).status).toBe(0);
		place.write("few.jsonl", exampleTrace(40, 2));
		expect((await cascade("tune", "few.jsonl", ...apply, "--yes")).status).toBe(3);
		const fitted = await cascade("tune", "log.jsonl", ...apply, "--yes", "--score", "reordered");
		expect(fitted).toMatchObject({ status: 1, stderr: expect.stringContaining("reordered") });
	});
});

describe("cascade simulate", () => {
	it("says what one threshold would have done", async () => {
		const run = await cascade("simulate", "log.jsonl", "--threshold", "0.5", "--json");
		const { accepted, wrong, selectiveRiskInterval } = JSON.parse(run.stdout) as {
			accepted: number;
			wrong: number;
			selectiveRiskInterval: [number, number];
		};
		expect(selectiveRiskInterval[0]).toBeLessThan(wrong / accepted);
		expect(selectiveRiskInterval[1]).toBeGreaterThan(wrong / accepted);
		expect((await cascade("simulate", "log.jsonl", "--threshold", "0.5")).stdout).toContain("Not a certificate");
	});

	it("puts several side by side, and refuses as many as no stage has", async () => {
		const run = await cascade("simulate", "log.jsonl", "--threshold", "0,0.5,1", "--threshold", "2");
		expect(run.stdout.split("\n").filter((line) => /^[\d.]+ /u.test(line))).toHaveLength(4);
		expect((await cascade("simulate", "log.jsonl")).status).toBe(2);
		expect((await cascade("simulate", "log.jsonl", "--threshold", "x")).status).toBe(2);
	});
});

describe("cascade design", () => {
	it("finds the cheaper cascade, or that none pays", async () => {
		const run = await cascade("design", "log.jsonl", "--risk", "regret", "--target", "0.05", "--json");
		expect(run.status).toBe(0);
		expect(JSON.parse(run.stdout)).toMatchObject({ kind: "cascade", certified: true, attempt: 1 });
		const strict = await cascade("design", "log.jsonl", "--target", "0.001");
		expect(strict.stdout).toMatch(/^No cascade pays: ask large alone\./u);
	});

	it("says that quality is measured, and whether it kept the margin; unless the margin itself is certified", async () => {
		const lossy = await cascade("design", "log.jsonl", "--target", "0.2", "--margin", "0.05");
		expect(lossy.stdout).toMatch(/\nmargin +−5\.00 points: kept on these rows/u);
		expect(lossy.stdout).toContain("quality is measured here and not certified, as --risk regret");
		const asked = ["--risk", "regret", "--target", "0.05", "--margin", "0.05"];
		const certified = await cascade("design", "log.jsonl", ...asked);
		expect(certified.stdout).not.toContain("not certified");
		expect(JSON.parse((await cascade("design", "log.jsonl", ...asked, "--json")).stdout)).toMatchObject({
			margin: 0.05,
			withinMargin: true,
		});
	});
});
