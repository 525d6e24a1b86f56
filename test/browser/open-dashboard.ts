import type { Browser, BrowserContextOptions } from "playwright-core";
import { expect, inject } from "vitest";
import { fakeAdmin, FAKE_KEY, type Overrides, type Sent } from "./fake-admin.ts";
import { openPage, type OpenPage } from "./open-page.ts";

/** Where the stack of the tests serves the dashboard. */
export function dashboardUrl(): string {
	return `${inject("stackUrl")}/dashboard/`;
}

/** Opens a view of the dashboard, signed in, on the replies of the fake admin API. */
export async function openDashboard(
	browser: Browser,
	hash: string,
	options: BrowserContextOptions = {},
	overrides: Overrides = {},
): Promise<OpenPage & { readonly sent: readonly Sent[] }> {
	let sent: readonly Sent[] = [];
	const opened = await openPage(browser, `${dashboardUrl()}${hash}`, options, async (page) => {
		sent = await fakeAdmin(page, overrides);
		await page.addInitScript(
			// A report's frame has no storage.
			`if (self === top) sessionStorage.setItem("edge-cascade.session", ${JSON.stringify(JSON.stringify({ key: FAKE_KEY, tenant: null }))})`,
		);
	});
	// On a busy machine the network may be quiet between two requests of the page.
	const { page } = opened;
	await page.locator("main > :not(.view-head)").first().waitFor();
	await expect.poll(() => page.locator("main .loading").count(), { timeout: 10_000 }).toBe(0);
	return { ...opened, sent };
}
