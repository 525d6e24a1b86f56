import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { accessibilityFaults, openPage, overflow } from "./open-page.ts";

const address = `${inject("stackUrl")}/admin/v1/docs`;
let browser: Browser;
beforeAll(async () => {
	browser = await launchChromium();
});
afterAll(() => browser.close());

describe("the page of the admin API in a browser", () => {
	it("shows every operation, complains of nothing and asks only this Worker", async () => {
		const { page, complaints, requests } = await openPage(browser, address);
		expect(await page.locator("h1").textContent()).toBe("Edge Cascade admin API");
		const described = (await (await fetch(address.replace("docs", "openapi.json"))).json()) as {
			paths: Record<string, object>;
		};
		const operations = Object.values(described.paths).flatMap((methods) => Object.keys(methods));
		expect(await page.locator("details").count()).toBe(operations.length);
		expect(await page.locator("main").getAttribute("aria-busy")).toBe("false");
		expect(complaints).toEqual([]);
		expect(requests).toEqual([address, address.replace("docs", "openapi.json")]);
		await page.context().close();
	});

	it("is reached by keyboard alone: past the header, through the filter, into an operation and its form", async () => {
		const { page, complaints } = await openPage(browser, address);
		await page.keyboard.press("Tab");
		expect(await page.locator(":focus").textContent()).toBe("To the operations");
		expect((await page.locator(".skip").boundingBox())?.x).toBeGreaterThanOrEqual(0);
		await page.locator("#filter").focus();
		await page.keyboard.type("/suspend");
		const shown = page.locator("details:visible");
		expect(await shown.count()).toBe(1);
		await page.keyboard.press("Tab");
		await page.keyboard.press("Enter");
		expect(await shown.getAttribute("open")).toBe("");
		expect(await page.locator(":focus").evaluate((focused) => focused.tagName)).toBe("SUMMARY");
		const button = shown.getByRole("button", { name: "Send POST" });
		for (let presses = 0; presses < 10 && !(await isFocused(button)); presses++) await page.keyboard.press("Tab");
		expect(await isFocused(button)).toBe(true);
		expect(complaints).toEqual([]);
		await page.context().close();
	});

	it("sends what is tried and shows the refusal of a caller without a key", async () => {
		const { page, requests } = await openPage(browser, address);
		await page.locator("#filter").fill("/tenants");
		const operation = page.locator("details:visible").first();
		await operation.locator("summary").click();
		await operation.getByRole("button", { name: "Send GET" }).click();
		await expect.poll(() => operation.locator("[role=status]").textContent()).toMatch(/^401, /u);
		expect(await operation.locator("pre").last().textContent()).toContain('"error"');
		expect(requests.at(-1)).toBe(address.replace("docs", "tenants"));
		await page.context().close();
	});

	it.each([1280, 390])("fits a window of %i pixels, with operations open", async (width) => {
		const { page } = await openPage(browser, address, { viewport: { width, height: 900 } });
		for (const summary of (await page.locator("summary").all()).slice(0, 12)) await summary.press("Enter");
		await expect.poll(() => page.locator("details[open] form").count()).toBe(12);
		expect(await overflow(page)).toBe(0);
		await page.context().close();
	});

	it.each(["light", "dark"] as const)(
		"has no fault that axe finds, %s, with an operation open",
		async (colorScheme) => {
			// The policy would keep axe out too.
			const { page } = await openPage(browser, address, { colorScheme, bypassCSP: true });
			await page.locator("summary").nth(4).click();
			await page.locator("details[open] form").waitFor();
			expect(await accessibilityFaults(page)).toEqual([]);
			await page.context().close();
		},
	);
});

function isFocused(element: Locator): Promise<boolean> {
	return element.evaluate((node) => node.ownerDocument.activeElement === node);
}
