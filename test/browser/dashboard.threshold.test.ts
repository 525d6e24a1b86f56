import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PolicyDocument } from "../../src/admin/client-types.ts";
import { mailWhere } from "../end-to-end/mails.ts";
import { launchChromium } from "../support/chromium.ts";
import { policy } from "./dashboard-replies.ts";
import { openDashboard } from "./open-dashboard.ts";
import { askAdmin, askMail, button, confirm, mailPolicy, makeTenant, openRunning } from "./running-worker.ts";

let browser: Browser;
beforeAll(async () => {
	browser = await launchChromium();
});
afterAll(() => browser.close());

const slider = (page: Page) => page.getByRole("slider", { name: "Threshold" });
const tile = (page: Page, name: string) => page.locator(`.figure-tile:has(button:text-is("${name}"))`);
const value = async (page: Page) => Number(await slider(page).getAttribute("aria-valuenow"));

/** Where a threshold is on the page. */
async function placeOf(page: Page, threshold: number): Promise<{ readonly x: number; readonly y: number }> {
	const area = await page.locator(".drag-area").boundingBox();
	if (area === null) throw new Error("there is nothing to drag in");
	return { x: area.x + area.width * threshold, y: area.y + area.height / 3 };
}

describe("the threshold, dragged and saved", () => {
	it("turns an answer that was accepted into one that is passed on", { timeout: 150_000 }, async () => {
		// Clear of the thresholds before and after.
		const mail = mailWhere(({ small }) => small.margin > 0.85 && small.margin < 0.92);
		const key = await makeTenant("dragged");
		expect(await askMail(key, mail)).toMatchObject({ reason: "accepted", stage: "edge" });
		const range = [-1, 1].map((days) => new Date(Date.now() + days * 86_400_000).toISOString());
		await expect
			.poll(async () => (await askAdmin("GET", `/tenants/dragged/usage?from=${range[0]}&to=${range[1]}`))["rows"], {
				timeout: 15_000,
				interval: 300,
			})
			.toMatchObject([{ requests: 1 }]);

		const { page, complaints } = await openRunning(browser, "#/dragged/mail/threshold");
		await slider(page).waitFor();
		expect(await value(page)).toBe(0.8);
		expect(await button(page, "Save").isDisabled()).toBe(true);
		expect(await tile(page, "Coverage").textContent()).toContain("100%");
		const [from, to] = [await placeOf(page, 0.8), await placeOf(page, 0.951)];
		await page.mouse.move(from.x, from.y);
		await page.mouse.down();
		await page.mouse.move((from.x + to.x) / 2, from.y, { steps: 4 });
		await page.mouse.move(to.x, to.y, { steps: 4 });
		await page.mouse.up();
		const chosen = await value(page);
		expect(chosen).toBeGreaterThan(0.95);
		expect(chosen).toBeLessThan(0.96);
		expect(await slider(page).getAttribute("aria-valuetext")).toBe(`${chosen} accepts 0% of the readings`);
		expect(await tile(page, "Coverage").textContent()).toContain("0%");
		expect(await page.locator("main").textContent()).toContain("Manual, promised by nobody");

		await button(page, "Save").click();
		expect(await page.getByRole("dialog").getByRole("list", { name: "What changes" }).textContent()).toContain(
			`cascades.mail.stages[0].threshold changedfrom 0.8 to ${chosen}`,
		);
		await confirm(page, "Save", "surer answers");
		await page.getByText(`Threshold ${chosen} is saved as revision 2.`).waitFor();
		expect(complaints).toEqual([]);
		await page.context().close();

		expect(await askAdmin("GET", "/tenants/dragged/policy")).toEqual(mailPolicy(chosen));
		expect(await askAdmin("GET", "/tenants/dragged/policy/revisions/2")).toMatchObject({ reason: "surer answers" });
		// An isolate goes by what it has read for half a minute, on top of KV's own.
		await expect
			.poll(() => askMail(key, mail), { timeout: 100_000, interval: 2_000 })
			.toMatchObject({ reason: "low-confidence", stage: "origin" });
	});

	it("is not saved over what somebody else saved meanwhile, before what they changed was seen", async () => {
		await makeTenant("raced");
		const { page, complaints } = await openRunning(browser, "#/raced/mail/threshold");
		await page.getByRole("spinbutton", { name: "Threshold" }).fill("0.7");
		await button(page, "Save").click();
		await page.getByRole("dialog").waitFor();
		const theirs = { ...mailPolicy(0.8), limits: { maxOutputTokens: 512 } };
		await askAdmin("PUT", "/tenants/raced/policy?reason=shorter", theirs, { "if-match": '"1"' });
		await confirm(page, "Save", "more at the edge");
		const dialog = page.getByRole("dialog");
		await dialog.getByText("Somebody else has saved meanwhile").waitFor();
		expect(await dialog.getByRole("alert").textContent()).toMatch(/^Revision 2 by operator’s key .*: shorter$/u);
		expect(await dialog.getByRole("list", { name: "What they changed" }).textContent()).toContain("limits");
		await dialog.getByText("What changes against revision 2").waitFor();
		expect(await dialog.getByRole("list", { name: "What changes" }).getByRole("listitem").count()).toBe(1);
		await confirm(page, "Save");
		await page.getByText("is saved as revision 3.").waitFor();
		expect(await askAdmin("GET", "/tenants/raced/policy")).toEqual({
			...mailPolicy(0.7),
			limits: { maxOutputTokens: 512 },
		});
		expect(complaints.filter((complaint) => !complaint.includes("412"))).toEqual([]);
		await page.context().close();
	});
});

describe("the threshold's slider", () => {
	it("is moved by keys, to its ends and no further", async () => {
		const { page } = await openDashboard(browser, "#/acme/labels/threshold");
		await slider(page).focus();
		expect(await value(page)).toBe(0.9);
		for (const [key, expected] of [
			["ArrowLeft", 0.89],
			["ArrowDown", 0.88],
			["ArrowRight", 0.89],
			["ArrowUp", 0.9],
			["Shift+ArrowRight", 0.901],
			["PageDown", 0.851],
			["PageUp", 0.901],
			["Home", 0],
			["ArrowLeft", 0],
			["End", 1],
			["PageUp", 1],
		] as const) {
			await page.keyboard.press(key);
			expect([key, await value(page)]).toEqual([key, expected]);
		}
		await button(page, "Undo").click();
		expect(await value(page)).toBe(0.9);
		await page.context().close();
	});

	it("follows a finger that goes sideways", async () => {
		const options = { viewport: { width: 390, height: 900 }, hasTouch: true, isMobile: true };
		const { page } = await openDashboard(browser, "#/acme/labels/threshold", options);
		await page.locator(".drag-area").scrollIntoViewIfNeeded();
		const session = await page.context().newCDPSession(page);
		const touch = async (type: "touchStart" | "touchMove" | "touchEnd", threshold?: number) => {
			const touchPoints = threshold === undefined ? [] : [await placeOf(page, threshold)];
			await session.send("Input.dispatchTouchEvent", { type, touchPoints });
		};
		await touch("touchStart", 0.9);
		for (const threshold of [0.8, 0.7, 0.6, 0.5, 0.4]) await touch("touchMove", threshold);
		await touch("touchEnd");
		await expect.poll(() => value(page)).toBeCloseTo(0.4, 1);
		await page.context().close();
	});

	it("takes a threshold that is typed, and nothing that is none", async () => {
		const { page } = await openDashboard(browser, "#/acme/labels/threshold");
		const field = page.getByRole("spinbutton", { name: "Threshold" });
		await field.fill("0.0125");
		expect(await value(page)).toBe(0.0125);
		for (const wrong of ["1.5", "-1", ""]) {
			await field.fill(wrong);
			expect(await value(page)).toBe(0.0125);
			expect(await button(page, "Save").isDisabled()).toBe(true);
		}
		await field.blur();
		expect(await field.inputValue()).toBe("0.0125");
		expect(await button(page, "Save").isEnabled()).toBe(true);
		await field.press("ArrowUp");
		await expect.poll(() => value(page)).toBeGreaterThan(0.0125);
		expect(await value(page)).toBeLessThan(0.03);
		await page.context().close();
	});
});

describe("the threshold of a guaranteed stage", () => {
	it("has the certified range drawn, and says of a choice outside it that nobody promises anything", async () => {
		const { page, complaints } = await openDashboard(browser, "#/acme/chat/threshold");
		await slider(page).waitFor();
		expect(await page.locator(".certified-range rect").count()).toBeGreaterThan(0);
		expect(await page.locator(".evaluated").count()).toBe(12);
		// In force is the loosest certified one.
		expect(await value(page)).toBe(0.82);
		await page.getByText("Inside the certified range").waitFor();
		await slider(page).press("PageDown");
		await page.getByText("Manual, promised by nobody").waitFor();
		await slider(page).press("End");
		await page.getByText("Manual, promised by nobody").waitFor();
		expect(complaints).toEqual([]);
		await page.context().close();
	});

	it("shows the risk of the nearest evaluated threshold and its interval, and makes nothing up between two", async () => {
		const { page } = await openDashboard(browser, "#/acme/chat/threshold");
		const field = page.getByRole("spinbutton", { name: "Threshold" });
		await field.fill("0.948");
		// 182 labels at 0.96, 244 at 0.94.
		const risk = tile(page, "Risk at 0.94");
		await risk.waitFor();
		expect(await risk.textContent()).toMatch(/1\.6%.*0\.6% to 4\.1%; 4 of 244 wrong; certified/u);
		await field.fill("0.952");
		await tile(page, "Risk at 0.96").waitFor();
		await page.context().close();
	});

	it("is saved as what stands in without a certificate, and says so", async () => {
		const saved = () => ({ body: { revision: 8, changed: true, publication: { pending: 0, oldestAt: null } } });
		const { page, sent } = await openDashboard(
			browser,
			"#/acme/chat/threshold",
			{},
			{ "PUT /tenants/acme/policy": saved },
		);
		await page.getByRole("spinbutton", { name: "Threshold" }).fill("0.75");
		await button(page, "Save").click();
		const dialog = page.getByRole("dialog");
		expect(await dialog.textContent()).toContain(
			"While a certificate is in force, its threshold decides, and yours does nothing",
		);
		expect(await dialog.textContent()).toContain("0.82 at the moment");
		await confirm(page, "Save", "until there is a certificate");
		await page.getByText("is saved as revision 8.").waitFor();
		const put = sent.find(({ method }) => method === "PUT");
		expect(put?.headers["if-match"]).toBe('"7"');
		const [edge] = (put?.body as PolicyDocument | undefined)?.cascades["chat"]?.stages ?? [];
		const [before] = policy.cascades.chat.stages;
		expect(edge).toEqual({
			...before,
			threshold: 0.75,
			guarantee: { ...before?.guarantee, withoutCertificate: "manual-threshold" },
		});
		await page.context().close();
	});
});

describe("a Worker that records no readings", () => {
	it("is said to record none, and the threshold can be chosen all the same", async () => {
		const row = {
			start: Date.now(),
			cascade: "labels",
			policyRevision: 7,
			requests: 10,
			outcomes: { answered: 10 },
			stages: { edge: 10 },
			reasons: { accepted: 10 },
			cost: { usd: 0.1, unknown: 0, estimated: 0 },
			saved: { usd: 0.2, unknown: 0 },
			audits: { count: 0, usd: 0, unknown: 0 },
			inputTokens: 1,
			outputTokens: 1,
			latency: { p50: 1, p95: 1, p99: 1 },
		};
		const usage = () => ({ body: { from: 0, to: 1, by: "hour", rows: [row] } });
		const overrides = { "GET /tenants/acme/usage": usage };
		const { page } = await openDashboard(browser, "#/acme/labels/threshold", {}, overrides);
		await page.getByText("No readings are recorded").waitFor();
		expect(await tile(page, "Coverage").textContent()).toContain("unknown");
		expect(await tile(page, "Cost a request").textContent()).toContain("unknown");
		await slider(page).press("Home");
		expect(await button(page, "Save").isEnabled()).toBe(true);
		await page.context().close();
	});
});
