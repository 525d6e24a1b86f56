import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { cutOff, overlaps, shownTexts } from "./look-at-drawings.ts";
import { openDashboard } from "./open-dashboard.ts";
import { accessibilityFaults, overflow } from "./open-page.ts";
import { button, makeTenant, openRunning } from "./running-worker.ts";

const TENANT = "looked-at";
let browser: Browser;
beforeAll(async () => {
	browser = await launchChromium();
	await makeTenant(TENANT);
});
afterAll(() => browser.close());

type State = readonly [name: string, hash: string, act: (page: Page) => Promise<void>];

const nothing = async () => {};
const edit = (from: string, to: string) => async (page: Page) => {
	const field = page.getByRole("textbox", { name: "Policy" });
	await field.fill((await field.inputValue()).replace(from, to));
};

/** Each view and each of its dialogs, on the running Worker. */
const STATES: readonly State[] = [
	["the threshold", "threshold", nothing],
	[
		"a threshold about to be saved",
		"threshold",
		async (page) => {
			await page.getByRole("slider").press("PageDown");
			await button(page, "Save").click();
		},
	],
	["the policy's editor", "policy", nothing],
	["a policy with problems", "policy", edit('"threshold"', '"treshold"')],
	[
		"a changed policy",
		"policy",
		async (page) => {
			await edit("0.8", "0.7")(page);
			await page.getByText("Valid.").waitFor();
		},
	],
	["the policy's history", "policy/history", nothing],
	["the canary", "policy/canary", nothing],
	["keys", "keys", nothing],
	["a key about to be made", "keys", (page) => button(page, "Create a key").click()],
	["a key about to be rotated", "keys", (page) => button(page, "Rotate").click()],
	["the playground", "playground", nothing],
];

describe.each(STATES)("%s in a browser", (_, view, act) => {
	it.each([1280, 390])("fits %i pixels, and complains of nothing", async (width) => {
		const { page, complaints } = await openRunning(browser, `#/${TENANT}/mail/${view}`, {
			viewport: { width, height: 900 },
		});
		await page.locator("main h1").waitFor();
		await act(page);
		expect(await overflow(page)).toBe(0);
		expect(complaints).toEqual([]);
		await page.context().close();
	});

	it.each(["light", "dark"] as const)("has no fault that axe finds, %s", async (colorScheme) => {
		const { page } = await openRunning(browser, `#/${TENANT}/mail/${view}`, { colorScheme, bypassCSP: true });
		await page.locator("main h1").waitFor();
		await act(page);
		expect(await accessibilityFaults(page)).toEqual([]);
		await page.context().close();
	});
});

describe("the threshold on its histogram", () => {
	it.each([
		[1280, 0.82],
		[390, 0.82],
		[390, 0],
		[390, 1],
	])("is drawn whole at %i pixels and %d", async (width, threshold) => {
		const { page } = await openDashboard(browser, "#/acme/chat/threshold", { viewport: { width, height: 900 } });
		await page.getByRole("spinbutton", { name: "Threshold" }).fill(String(threshold));
		const texts = await shownTexts(page.locator("figure.chart svg"));
		expect({ overlaps: overlaps(texts), cutOff: cutOff(texts, width) }).toEqual({ overlaps: [], cutOff: [] });
		await page.context().close();
	});

	it("is a slider of its own to a screen reader, and the drawing's numbers are in its table", async () => {
		const { page } = await openDashboard(browser, "#/acme/chat/threshold", { bypassCSP: true });
		const chart = page.locator("figure.chart");
		await chart.locator("summary").click();
		expect(await chart.locator("tbody tr").count()).toBe(20);
		expect(await chart.getByRole("group").getByRole("slider").count()).toBe(1);
		expect(await accessibilityFaults(page)).toEqual([]);
		await page.context().close();
	});
});
