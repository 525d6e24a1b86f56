import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { recentRequests } from "./dashboard-replies.ts";
import { cutOff, overlaps, shownTexts } from "./look-at-drawings.ts";
import { openDashboard } from "./open-dashboard.ts";
import { accessibilityFaults, overflow } from "./open-page.ts";

let browser: Browser;
beforeAll(async () => {
	browser = await launchChromium();
});
afterAll(() => browser.close());

const [accepted, deferred, , , , , , failed] = recentRequests(0, 8).map(({ requestId }) => requestId);

/** Each view, with how many charts it has. */
const VIEWS: readonly (readonly [name: string, hash: string, charts: number])[] = [
	["the overview", "#/acme/chat/overview", 3],
	["the overview of a week", "#/acme/chat/overview?period=7d", 3],
	["the overview of a cascade without requests", "#/acme/labels/overview", 0],
	["recent requests", "#/acme/chat/requests", 0],
	["no recent requests", "#/acme/labels/requests", 0],
	["an accepted request", `#/acme/chat/requests/${accepted}`, 1],
	["a deferred request", `#/acme/chat/requests/${deferred}`, 1],
	["a failed request", `#/acme/chat/requests/${failed}`, 1],
	["evidence", "#/acme/chat/evidence", 2],
	["evidence of a cascade without a guarantee", "#/acme/labels/evidence", 0],
	["reports", "#/acme/chat/reports", 0],
];

describe.each(VIEWS)("%s in a browser", (_, hash, charts) => {
	it.each([1280, 390])("is drawn whole at %i pixels, and complains of nothing", async (width) => {
		const { page, complaints, requests } = await openDashboard(browser, hash, { viewport: { width, height: 900 } });
		expect(await page.locator("figure.chart svg").count()).toBe(charts);
		expect(await overflow(page)).toBe(0);
		for (const drawing of await page.locator("figure.chart svg").all()) {
			const texts = await shownTexts(drawing);
			expect({ overlaps: overlaps(texts), cutOff: cutOff(texts, width) }).toEqual({ overlaps: [], cutOff: [] });
			expect(Math.min(...texts.map(({ top, bottom }) => bottom - top))).toBeGreaterThan(12);
		}
		expect(complaints).toEqual([]);
		expect(new Set(requests.map((request) => new URL(request).origin)).size).toBe(1);
		await page.context().close();
	});

	it("has no fault that axe finds, light and dark, with its tables open", async () => {
		const { page } = await openDashboard(browser, hash, { colorScheme: "light", bypassCSP: true });
		for (const summary of await page.locator("figure summary").all()) await summary.click();
		expect(await page.locator("figure details[open] tbody tr").count()).toBeGreaterThanOrEqual(charts);
		expect(await accessibilityFaults(page)).toEqual([]);
		await page.emulateMedia({ colorScheme: "dark" });
		expect(await accessibilityFaults(page)).toEqual([]);
		await page.context().close();
	});
});

describe("every chart", () => {
	it("says in words what is to be seen, to eyes and to a screen reader, and has its numbers in a table", async () => {
		const { page } = await openDashboard(browser, "#/acme/chat/overview");
		for (const chart of await page.locator("figure.chart").all()) {
			const summary = (await chart.locator(".chart-summary").textContent()) ?? "";
			expect(summary).toMatch(/\d/u);
			expect(await chart.getByRole("img").getAttribute("aria-label")).toContain(summary);
			await chart.locator("summary").press("Enter");
			expect(await chart.locator("tbody tr:visible").count()).toBeGreaterThan(3);
		}
		await page.context().close();
	});
});
