import type { Browser } from "playwright-core";

const RUNS = 7;

/** The middle of several measurements. */
interface Median {
	readonly median: number;
	readonly runs: number;
}

/** How a page loads with an empty cache. */
export interface Loading {
	/** 1,000 bytes each. */
	readonly kilobytes: number;
	readonly requests: number;
	readonly firstPaintMs: Median;
	/** Until the view's heading is there. */
	readonly interactiveMs: Median;
	/** Until nothing of it says that it is loading. */
	readonly settledMs: Median;
	/** What tasks of more than 50 ms took beyond those. */
	readonly longTaskMs: Median;
	readonly shift: Median;
}

/** Loads an address signed in with a key, several times, each in a browser context of its own. */
export async function measureLoading(browser: Browser, address: string, key: string): Promise<Loading> {
	const runs: Record<"paint" | "interactive" | "settled" | "long" | "shift" | "bytes" | "requests", number>[] = [];
	for (let run = 0; run < RUNS; run++) {
		// What is measured by is not the page's own script, and its policy allows no other.
		const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, bypassCSP: true });
		const page = await context.newPage();
		await page.addInitScript(`
			sessionStorage.setItem("edge-cascade.session", ${JSON.stringify(JSON.stringify({ key, tenant: null }))});
			globalThis.__seen = { long: 0, shift: 0 };
			new PerformanceObserver((list) => { for (const entry of list.getEntries()) globalThis.__seen.long += Math.max(0, entry.duration - 50); }).observe({ type: "longtask", buffered: true });
			new PerformanceObserver((list) => { for (const entry of list.getEntries()) globalThis.__seen.shift += entry.value; }).observe({ type: "layout-shift", buffered: true });
		`);
		const startedAt = performance.now();
		await page.goto(address, { waitUntil: "commit" });
		await page.locator("main h1, main h2").first().waitFor();
		const interactive = performance.now() - startedAt;
		await page.waitForFunction(
			`document.querySelectorAll("main .loading").length === 0 && document.querySelectorAll("main svg").length > 0`,
		);
		const settled = performance.now() - startedAt;
		const seen = (await page.evaluate(`({
			paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
			bytes: [...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")].reduce((sum, entry) => sum + entry.transferSize, 0),
			requests: performance.getEntriesByType("resource").length + 1,
			...globalThis.__seen,
		})`)) as { paint: number; bytes: number; requests: number; long: number; shift: number };
		runs.push({ ...seen, interactive, settled });
		await context.close();
	}
	const median = (name: keyof (typeof runs)[number]): Median => ({
		median: runs.map((run) => run[name]).toSorted((left, right) => left - right)[Math.floor(RUNS / 2)] ?? 0,
		runs: RUNS,
	});
	return {
		kilobytes: median("bytes").median / 1_000,
		requests: median("requests").median,
		firstPaintMs: median("paint"),
		interactiveMs: median("interactive"),
		settledMs: median("settled"),
		longTaskMs: median("long"),
		shift: median("shift"),
	};
}
