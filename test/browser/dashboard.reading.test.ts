import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { reportModel } from "../../src/cli/report/build-report-model.ts";
import { renderReport } from "../../src/cli/report/render-report.ts";
import { tuningJson } from "../../src/cli/tune/tuning-result.ts";
import { DEMO_KEY } from "../../src/local/demo-records.ts";
import { LOCAL_OPERATOR_KEY } from "../../src/local/seed-demo.ts";
import { recordedTrace, tuned } from "../cli/report/tuned.ts";
import { SURE_MAIL, UNSURE_MAIL } from "../end-to-end/mails.ts";
import { launchChromium } from "../support/chromium.ts";
import { evidenceReport } from "./dashboard-evidence.ts";
import { recentRequests } from "./dashboard-replies.ts";
import { refusal } from "./fake-admin.ts";
import { dashboardUrl, openDashboard } from "./open-dashboard.ts";
import { openPage } from "./open-page.ts";

const directory = mkdtempSync(join(tmpdir(), "edge-cascade-dashboard-"));
let browser: Browser;
beforeAll(async () => {
	browser = await launchChromium();
});
afterAll(async () => {
	await browser.close();
	rmSync(directory, { recursive: true });
});

describe("the overview", () => {
	it("counts the requests of the running Worker, and again when there are more", async () => {
		const { page } = await openPage(browser, `${dashboardUrl()}#/demo/cascade/overview`);
		await page.getByLabel("Admin key").fill(LOCAL_OPERATOR_KEY);
		await page.getByRole("button", { name: "Sign in" }).click();
		const tile = page.locator(".figure-tile:has(button:text-is('Requests')) strong");
		await tile.waitFor();
		const before = Number((await tile.textContent())?.replaceAll(",", ""));
		for (const { messages } of [SURE_MAIL, UNSURE_MAIL]) {
			const response = await fetch(`${inject("stackUrl")}/v1/chat/completions`, {
				method: "POST",
				headers: { authorization: `Bearer ${DEMO_KEY}`, "content-type": "application/json" },
				body: JSON.stringify({ model: "cascade", temperature: 0, messages }),
			});
			expect(response.status).toBe(200);
			await response.arrayBuffer();
		}
		await expect
			.poll(async () => Number((await tile.textContent())?.replaceAll(",", "")), { timeout: 20_000 })
			.toBeGreaterThanOrEqual(before + 2);
		expect(await page.locator(".stage h3").allTextContents()).toEqual([" edge", " origin"]);
		expect(await page.locator(".bars").textContent()).toContain("Not sure enough");
		await page.context().close();
	});

	it("draws requests moving that have come since the last look, and none where motion is not wanted", async () => {
		let looks = 0;
		const now = Date.now();
		const more = {
			"GET /tenants/acme/requests": () => {
				looks += 1;
				return { body: { items: recentRequests(now, 12).slice(looks === 1 ? 6 : 0), next: null } };
			},
		};
		const { page } = await openDashboard(browser, "#/acme/chat/overview", {}, more);
		expect(await page.locator(".traveller").count()).toBe(0);
		await expect.poll(() => page.locator(".traveller").count(), { timeout: 15_000 }).toBeGreaterThan(5);
		await page.emulateMedia({ reducedMotion: "reduce" });
		expect(await page.locator(".traveller:visible").count()).toBe(0);
		await page.context().close();
	});

	it("keeps the period in the address", async () => {
		const { page } = await openDashboard(browser, "#/acme/chat/overview");
		await page.getByText("30 days", { exact: true }).click();
		await page.getByText("Requests in each day").waitFor();
		expect(page.url()).toContain("period=30d");
		await page.reload();
		await page.getByText("Requests in each day").waitFor();
		await page.context().close();
	});

	it("shows the Worker's refusal, and tries again when it is told to", async () => {
		let isDown = true;
		const { page } = await openDashboard(
			browser,
			"#/acme/chat/overview",
			{},
			{
				"GET /tenants/acme/usage": () =>
					isDown
						? { status: 503, body: refusal("ledger_unavailable", "The ledger does not answer.") }
						: { body: { rows: [], from: 0, to: 0, by: "hour" } },
			},
		);
		await expect.poll(() => page.getByRole("alert").textContent()).toContain("The ledger does not answer.");
		isDown = false;
		await page.getByRole("button", { name: "Try again" }).click();
		await page.getByText("No requests in the last 24 hours").waitFor();
		expect(await page.getByRole("alert").count()).toBe(0);
		await page.context().close();
	});
});

describe("the requests", () => {
	it("are narrowed by what the address keeps, and listed further back on demand", async () => {
		const { page } = await openDashboard(browser, "#/acme/chat/requests");
		const rows = page.locator("tbody tr");
		expect(await rows.count()).toBe(50);
		await page.getByRole("button", { name: "Show older ones" }).click();
		await expect.poll(() => rows.count()).toBe(80);
		await page.getByLabel("Reason").selectOption("low-confidence");
		const narrowed = await rows.count();
		expect(narrowed).toBeGreaterThan(10);
		expect(narrowed).toBeLessThan(50);
		expect(page.url()).toContain("reason=low-confidence");
		expect(new Set(await page.locator("tbody td:nth-child(3)").allTextContents())).toEqual(
			new Set(["Not sure enough"]),
		);
		await page.context().close();
	});

	it("open one as a time line, with each call where it was", async () => {
		const { page, complaints } = await openDashboard(browser, "#/acme/chat/requests?stage=origin");
		await page.locator("tbody a").first().click();
		await page.getByText("2 calls of 2.54 s together, in a request of 2.56 s.").waitFor();
		const [edge, origin] = await page.locator("figure rect.block").all();
		const [first, second] = [await edge?.boundingBox(), await origin?.boundingBox()];
		// The large model was asked when the small one's answer was there.
		expect(Math.abs((first?.x ?? 0) + (first?.width ?? 0) - (second?.x ?? 0))).toBeLessThan(3);
		expect((second?.width ?? 0) / (first?.width ?? 1)).toBeCloseTo(2_140 / 402, 0);
		expect(await page.locator(".trail h3").allTextContents()).toEqual(["edge: passed on", "origin: served"]);
		await page.getByRole("link", { name: "All recent requests" }).click();
		await page.locator("tbody tr").first().waitFor();
		expect(complaints).toEqual([]);
		await page.context().close();
	});
});

describe("the evidence", () => {
	it.each([
		["certified", "Certified: confidences of 0.82 and above are accepted"],
		["audition", "In audition: nothing is accepted yet"],
		["alarm", "Alarm: answers have become worse"],
		["closed", "Closed by an operator"],
	] as const)("says what holds when it is %s", async (state, title) => {
		const { page, complaints } = await openDashboard(
			browser,
			"#/acme/chat/evidence",
			{},
			{
				"GET /tenants/acme/cascades/chat/evidence": () => ({ body: evidenceReport(Date.now(), state) }),
			},
		);
		expect(await page.locator(".notice-title").first().textContent()).toBe(title);
		expect(complaints).toEqual([]);
		await page.context().close();
	});

	it("stops the small model with a reason, and shows what came of it", async () => {
		let isClosed = false;
		const { page, sent } = await openDashboard(
			browser,
			"#/acme/chat/evidence",
			{},
			{
				"GET /tenants/acme/cascades/chat/evidence": () => ({
					body: evidenceReport(Date.now(), isClosed ? "closed" : "certified"),
				}),
				"POST /tenants/acme/cascades/chat/evidence/close": () => {
					isClosed = true;
					return { body: {} };
				},
			},
		);
		await page.getByRole("button", { name: "Stop accepting" }).click();
		const dialog = page.getByRole("dialog", { name: "Stop accepting answers of the small model?" });
		await dialog.getByLabel("Reason, for the audit trail").fill("wrong tone");
		await dialog.getByRole("button", { name: "Stop accepting" }).click();
		await page.getByText("Closed by an operator").waitFor();
		expect(await dialog.isVisible()).toBe(false);
		expect(sent.find(({ method }) => method === "POST")).toMatchObject({ body: { reason: "wrong tone" } });
		await page.context().close();
	});
});

describe("the reports", () => {
	it("show the tuner's own HTML, plots and all, in a frame that has nobody's origin", async () => {
		const file = join(directory, "report.html");
		writeFileSync(file, renderReport(reportModel(await tuned(recordedTrace()))));
		const { page, complaints } = await openDashboard(browser, "#/acme/chat/reports");
		await page.getByLabel("Report file").setInputFiles(file);
		const frame = page.frameLocator("iframe");
		await frame.getByRole("heading", { name: "Plots" }).waitFor();
		expect(await frame.locator("figure svg:visible").count()).toBeGreaterThanOrEqual(4);
		expect(await frame.locator("html").evaluate((html) => html.ownerDocument.defaultView.origin)).toBe("null");
		// It is as high as its content, so that there is one scroll bar and not two.
		const content = await frame.locator("html").evaluate((html) => html.scrollHeight);
		await expect.poll(async () => (await page.locator("iframe").boundingBox())?.height).toBeGreaterThanOrEqual(content);
		expect(complaints).toEqual([]);
		await page.context().close();
	});

	it("run nothing and send nothing that a file smuggles in", async () => {
		const file = join(directory, "hostile.html");
		writeFileSync(
			file,
			`<!doctype html><title>x</title><link rel=stylesheet href="https://evil.example/a.css"><h1>Plain</h1>
			<style>body{background:url(https://evil.example/b.png)}</style>
			<script>parent.postMessage({kind:"height",height:1},"*");document.title="taken"</script>
			<img src="https://evil.example/c.png" onerror="document.title='taken'"><form action="https://evil.example"><input></form>
			<meta http-equiv="refresh" content="0;url=https://evil.example"><iframe src="https://evil.example"></iframe>`,
		);
		const { page } = await openDashboard(browser, "#/acme/chat/reports");
		let sent = 0;
		await page.route("https://evil.example/**", (route) => {
			sent += 1;
			return route.abort();
		});
		await page.getByLabel("Report file").setInputFiles(file);
		const frame = page.frameLocator("iframe");
		await frame.getByRole("heading", { name: "Plain" }).waitFor();
		expect(await frame.locator("script:not([src]), iframe, form, meta[http-equiv], [onerror]").count()).toBe(0);
		expect(await frame.locator("html").evaluate((html) => html.ownerDocument.title)).toBe("Report");
		expect(sent).toBe(0);
		await page.context().close();
	});

	it("show the figures of the tuner's JSON, and say so where a file is neither", async () => {
		const result = await tuned(recordedTrace());
		const good = join(directory, "tuning.json");
		const bad = join(directory, "other.json");
		writeFileSync(good, JSON.stringify(tuningJson(result, null)));
		writeFileSync(bad, "{}");
		const { page, complaints } = await openDashboard(browser, "#/acme/chat/reports");
		await page.getByLabel("Report file").setInputFiles(good);
		await page.getByText(/^Certified at/u).waitFor();
		expect(await page.locator("figure.chart svg").count()).toBe(1);
		await page.getByLabel("Report file").setInputFiles(bad);
		await expect.poll(() => page.getByRole("alert").textContent()).toContain("not what cascade tune --json prints");
		expect(complaints).toEqual([]);
		await page.context().close();
	});
});
