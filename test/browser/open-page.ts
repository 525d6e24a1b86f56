import axe, { type AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** A page, and everything that it should not have done. */
export interface OpenPage {
	readonly page: Page;
	/** Console errors and warnings, uncaught errors, refusals by the content security policy, failed requests. */
	readonly complaints: readonly string[];
	/** Every address asked for, the page's own first. */
	readonly requests: readonly string[];
}

/** Opens an address in a context of its own and waits until the network is quiet. `prepare` is done before. */
export async function openPage(
	browser: Browser,
	address: string,
	options: BrowserContextOptions = {},
	prepare: (page: Page) => Promise<void> = async () => {},
): Promise<OpenPage> {
	const context = await browser.newContext(options);
	const page = await context.newPage();
	const complaints: string[] = [];
	const requests: string[] = [];
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
	});
	page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
	page.on("request", (request) => requests.push(request.url()));
	page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}: ${request.failure()?.errorText}`));
	page.on("response", (response) => {
		if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
	});
	await prepare(page);
	// A file that asks for nothing is there at once; a page may ask once its script has run.
	await page.goto(address, { waitUntil: address.startsWith("file:") ? "load" : "networkidle" });
	return { page, complaints, requests };
}

/** What axe finds wrong, of any impact, a line for each element. The page's context needs `bypassCSP`. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
	await page.addScriptTag({ content: axe.source });
	const results: AxeResults = await page.evaluate("axe.run()");
	return results.violations.flatMap(({ id, impact, nodes }) =>
		nodes.map(({ target, failureSummary }) => `${impact} ${id}: ${String(target)}: ${failureSummary}`),
	);
}

/** By how many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
	return page.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
}
