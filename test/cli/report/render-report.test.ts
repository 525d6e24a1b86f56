import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { reportModel } from "../../../src/cli/report/build-report-model.ts";
import { renderReport } from "../../../src/cli/report/render-report.ts";
import { writeTuningReport } from "../../../src/cli/report/write-tuning-report.ts";
import { recordedTrace, tuned } from "./tuned.ts";

const HOSTILE = `"><script>alert('x')</script><img src=x onerror=alert(1)>`;

async function report(...[trace, options]: Parameters<typeof tuned>): Promise<string> {
	return renderReport(reportModel(await tuned(trace, options)));
}

/** What a reader reads, without tags. */
function textOf(html: string): string {
	return html
		.replaceAll(/<(style|script|svg)\b.*?<\/\1>/gsu, "")
		.replaceAll(/<[^>]+>/gu, " ")
		.replaceAll(/\s+/gu, " ");
}

describe("the report of a tuning run", () => {
	it("is one file that names no other: no address, no source, no inline handler or style", async () => {
		const html = await report(recordedTrace());
		expect(html).toMatch(/^<!doctype html>\n<html lang="en">/u);
		expect(html).not.toMatch(/https?:|\bsrc=|<link|@import|<iframe|<object/u);
		expect(html).not.toMatch(/\s(?:on\w+|style)=/u);
		expect([...html.matchAll(/url\(([^)]*)\)/gu)].every(([, target]) => target?.startsWith("#"))).toBe(true);
	});

	it("forbids itself everything but its own style and script, by their hashes", async () => {
		const html = await report(recordedTrace());
		const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/u.exec(html)?.[1] ?? "";
		const hash = (tag: string): string => {
			const content = new RegExp(`<${tag}>(.*?)</${tag}>`, "su").exec(html)?.[1] ?? "";
			return createHash("sha256").update(content).digest("base64");
		};
		expect(policy).toBe(
			`default-src 'none'; style-src 'sha256-${hash("style")}'; script-src 'sha256-${hash("script")}'; base-uri 'none'; form-action 'none'`,
		);
	});

	it("is the same file for the same model", async () => {
		const model = reportModel(await tuned(recordedTrace()));
		expect(renderReport(model)).toBe(renderReport(model));
		expect(renderReport(JSON.parse(JSON.stringify(model)))).toBe(renderReport(model));
	});

	it("gives every id once", async () => {
		const html = await report(recordedTrace({ models: ["a", "b", "c"] }), { edge: ["a,b"], origin: "c" });
		const ids = [...html.matchAll(/\sid="([^"]+)"/gu)].map(([, id]) => id);
		expect(ids.length).toBeGreaterThan(20);
		expect(new Set(ids).size).toBe(ids.length);
		for (const [, id] of html.matchAll(/(?:aria-labelledby|aria-describedby)="([^"]+)"/gu)) expect(ids).toContain(id);
	});

	it("writes what comes from the log as text, never as markup", async () => {
		const trace = recordedTrace({
			models: [`small${HOSTILE}`, `large${HOSTILE}`],
			labeller: `judge${HOSTILE}`,
			badLines: [`{"id": "bad", "stages": "${HOSTILE.replaceAll('"', '\\"')}"}`, HOSTILE],
		});
		const html = await report(trace);
		expect(html.match(/<script/gu)).toHaveLength(1);
		expect(html).not.toContain("<img");
		expect(html).toContain("small&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)");
		expect(html).toContain("judge&quot;&gt;&lt;script");
	});

	it("draws each plot twice, for wide screens and for telephones, with a table under it", async () => {
		const html = await report(recordedTrace());
		for (const id of ["cost-quality", "deferral", "threshold", "risk-coverage", "reliability-0"]) {
			expect(html).toContain(`<title id="${id}-wide-title">`);
			expect(html).toContain(`<title id="${id}-narrow-title">`);
		}
		expect(html.match(/<figure /gu)).toHaveLength(5);
		expect(html.match(/<details>/gu)).toHaveLength(5);
		expect(html).not.toMatch(/NaN|Infinity|undefined|null/u);
	});

	it("says what is certified, by whose word, how often, and what is not promised", async () => {
		const text = textOf(await report(recordedTrace()));
		expect(text).toContain("at most 10.0% of the accepted answers are wrong");
		expect(text).toContain("“Wrong” is what the labeller said: two people.");
		expect(text).toContain("This was attempt 1 on these rows; it could spend 0.09 of δ = 0.1");
		expect(text).toContain("Not that answers are true");
		expect(text).toContain("Not other thresholds");
	});

	it("has every figure of the certificate with every digit, its digests and the labeller", async () => {
		const { certificate, ...model } = reportModel(await tuned(recordedTrace()));
		if (certificate === null) throw new Error("nothing was certified");
		const text = textOf(renderReport({ ...model, certificate }));
		for (const value of [certificate.thresholds[0], certificate.pValue, certificate.upperBound, certificate.deltaSpent])
			expect(text).toContain(String(value));
		for (const value of [certificate.rowsDigest, certificate.configHash, certificate.issuedAt, certificate.labeller])
			expect(text).toContain(value);
	});

	it("lists the steps of the test up to the one that failed", async () => {
		const model = reportModel(await tuned(recordedTrace()));
		const html = renderReport(model);
		const table = /<caption>Steps of the test.*?<\/table>/su.exec(html)?.[0] ?? "";
		const passed = model.path.filter(({ verdict }) => verdict === "passed").length;
		expect(table.match(/>passed</gu)).toHaveLength(passed);
		expect(table.match(/>passed: chosen</gu)).toHaveLength(1);
		expect(table.match(/>failed: end</gu)).toHaveLength(1);
	});

	it("counts the lines that were left out, by reason and with their numbers", async () => {
		const trace = recordedTrace({ rows: 500, badLines: ["not json", '{"id":"x"}'] });
		const text = textOf(await report(trace, { target: "0.2" }));
		expect(text).toContain("bad lines left out 2");
		expect(text).toMatch(/Each line left out .* 502 /u);
		expect(text).toMatch(/Each line left out .* 503 /u);
	});

	it("sets the rows held out beside the tested ones", async () => {
		const result = await tuned(recordedTrace(), { calibrationShare: "0.5" });
		const text = textOf(renderReport(reportModel(result)));
		expect(text).toContain("tested rows held out");
		expect(text).toContain(`${result.heldOut?.rows.toLocaleString("en-US")} held out`);
		expect(text).toContain("on which nothing was chosen");
		expect(text).toContain("Certified, on trial");
		expect(text).toContain("With --certificate or --apply it is attempt 1 on the whole log.");
	});

	it("promises nothing where nothing is certified, and says what it would take", async () => {
		const html = await report(recordedTrace({ rows: 200 }), { target: "0.02" });
		const text = textOf(html);
		expect(text).toContain("Not certified");
		expect(text).toContain("Nothing was certified, so nothing is promised.");
		expect(text).toContain("There is none. This was attempt 1");
		expect(html).not.toContain('class="chosen"/><text class="label main">chosen');
	});

	it("leaves out what the log does not know, with a sentence, and draws the rest", async () => {
		const unpriced = textOf(await report(recordedTrace({ hasCosts: false })));
		expect(unpriced).toContain("The log has no costs");
		expect(unpriced).toContain("Quality against escalation");
		const unlabelled = textOf(await report(recordedTrace({ isLastLabelled: false })));
		expect(unlabelled).toContain("No row has the labels of all models");
		expect(unlabelled).toContain("Risk against coverage");
	});

	it("speaks of each risk in its own words", async () => {
		const joint = textOf(await report(recordedTrace(), { risk: "joint", target: "0.08" }));
		expect(joint).toContain("of all requests get an accepted answer that is wrong");
		expect(joint).toContain("a share of all requests, and where little is accepted");
		const regret = textOf(await report(recordedTrace(), { risk: "regret", target: "0.08" }));
		expect(regret).toContain("more of all answers are wrong than with large alone");
		expect(regret).toContain("bets, inverted");
	});

	it("is written into the file that --html names", async () => {
		const directory = mkdtempSync(join(tmpdir(), "edge-cascade-html-"));
		const file = join(directory, "report.html");
		const result = await tuned(recordedTrace({ rows: 500 }));
		writeTuningReport(file, result);
		expect(readFileSync(file, "utf8")).toBe(renderReport(reportModel(result)));
		rmSync(directory, { recursive: true });
	});
});
