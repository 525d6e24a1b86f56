import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportModel } from "../../src/cli/report/build-report-model.ts";
import type { TuningResult } from "../../src/cli/tune/tuning-result.ts";
import { renderReport } from "../../src/cli/report/render-report.ts";
import { recordedTrace, tuned } from "../cli/report/tuned.ts";
import { launchChromium } from "../support/chromium.ts";
import { cutOff, faintParts, overlaps, shownTexts } from "./look-at-drawings.ts";
import { accessibilityFaults, openPage, overflow } from "./open-page.ts";

const directory = mkdtempSync(join(tmpdir(), "edge-cascade-report-"));
let browser: Browser;
beforeAll(async () => {
	browser = await launchChromium();
});
afterAll(async () => {
	await browser.close();
	rmSync(directory, { recursive: true });
});

/** Recorded answers of real models, where they are at hand. */
const TRACES = new URL("../../../shared/data/traces/", import.meta.url);
const recorded = (file: string): string => readFileSync(new URL(file, TRACES), "utf8");

/** Reports that differ in what there is to draw. */
const SYNTHETIC = {
	"selective risk with rows held out": () =>
		tuned(recordedTrace({ badLines: ["not json"] }), { calibrationShare: "0.5" }),
	"joint risk, without costs": () => tuned(recordedTrace({ hasCosts: false }), { risk: "joint", target: "0.08" }),
	regret: () => tuned(recordedTrace(), { risk: "regret", target: "0.06" }),
	"three models with long names": () =>
		tuned(recordedTrace({ models: MODELS }), { edge: [MODELS.slice(0, 2).join(",")], origin: MODELS[2] ?? "" }),
	"nothing certified": () => tuned(recordedTrace({ rows: 400 }), { target: "0.01" }),
} as const;
const RECORDED = {
	"recorded answers to MMLU": () =>
		tuned(recorded("mmlu-llama.jsonl"), { edge: ["llama3.1-8b"], origin: "llama3.1-405b", target: "0.2" }),
	"recorded answers that agree or do not": () => tuned(recorded("gsm_6b_175b.jsonl"), { target: "0.3" }),
} as const;
const REPORTS: Readonly<Record<string, () => Promise<TuningResult>>> = existsSync(TRACES)
	? { ...SYNTHETIC, ...RECORDED }
	: SYNTHETIC;
const MODELS = [
	"@cf/meta/llama-3.1-8b-instruct-fast",
	"@cf/meta/llama-3.3-70b-instruct-fp8-fast",
	"vendor/the-largest-model-that-there-is-2026-11-25",
];

const addresses = new Map<string, string>();

/** Writes a report, once, and gives its address. */
async function written(name: string): Promise<string> {
	const before = addresses.get(name);
	if (before !== undefined) return before;
	const file = join(directory, `${name.replaceAll(/\W+/gu, "-")}.html`);
	writeFileSync(file, renderReport(reportModel(await REPORTS[name]!())));
	const address = pathToFileURL(file).href;
	addresses.set(name, address);
	return address;
}

describe.each(Object.keys(REPORTS))("the report of %s in a browser", (name) => {
	it.each([1280, 390])(
		"shows each plot whole at %i pixels, no text on another, and asks for nothing",
		async (width) => {
			const address = await written(name);
			const { page, complaints, requests } = await openPage(browser, address, { viewport: { width, height: 900 } });
			expect(complaints).toEqual([]);
			expect(requests).toEqual([address]);
			expect(await overflow(page)).toBe(0);
			const drawings = await page.locator("figure svg:visible").all();
			expect(drawings).toHaveLength(await page.locator("figure").count());
			expect(drawings.length).toBeGreaterThanOrEqual(4);
			for (const drawing of drawings) {
				const box = await drawing.boundingBox();
				expect(box?.width).toBeGreaterThan(width === 390 ? 340 : 700);
				expect(box?.height).toBeGreaterThan(250);
				const texts = await shownTexts(drawing);
				expect(texts.length).toBeGreaterThan(8);
				expect({ overlaps: overlaps(texts), cutOff: cutOff(texts, width) }).toEqual({ overlaps: [], cutOff: [] });
				// Scaled down a drawing's text would be too small to read.
				expect(Math.min(...texts.map(({ top, bottom }) => bottom - top))).toBeGreaterThan(12);
			}
			await page.context().close();
		},
	);

	it.each(["light", "dark"] as const)(
		"has no fault that axe finds and nothing too faint, %s, with its tables open",
		async (colorScheme) => {
			const { page } = await openPage(browser, await written(name), { colorScheme, bypassCSP: true });
			for (const summary of await page.locator("summary").all()) await summary.click();
			expect(await accessibilityFaults(page)).toEqual([]);
			for (const drawing of await page.locator("figure svg:visible").all())
				expect(await faintParts(drawing)).toEqual([]);
			await page.context().close();
		},
	);
});

describe("a report in a browser", () => {
	it("keeps its tables closed on a screen, and opens them by keyboard", async () => {
		const { page } = await openPage(browser, await written("regret"));
		const table = page.locator("details table").first();
		expect(await isShown(table)).toBe(false);
		await page.keyboard.press("Tab");
		expect(await page.locator(":focus").textContent()).toBe("Table: the cascade and what it has to beat");
		await page.keyboard.press("Enter");
		expect(await isShown(table)).toBe(true);
		await page.context().close();
	});

	it("has its tables open on paper, black on white even where the screen is dark, and scripts forbidden", async () => {
		const address = await written("selective risk with rows held out");
		const { page } = await openPage(browser, address, { colorScheme: "dark", javaScriptEnabled: false });
		const pageColour = () =>
			page.locator("body").evaluate((body) => body.ownerDocument.defaultView.getComputedStyle(body).backgroundColor);
		expect(await pageColour()).toBe("rgb(19, 22, 27)");
		await page.emulateMedia({ media: "print", colorScheme: "dark" });
		expect(await pageColour()).toBe("rgb(255, 255, 255)");
		const tables = await page.locator("details table").all();
		expect(tables).toHaveLength(5);
		for (const table of tables) {
			expect(await isShown(table)).toBe(true);
			expect((await table.boundingBox())?.height).toBeGreaterThan(100);
		}
		expect(await page.locator("svg.wide:visible").count()).toBe(5);
		expect((await page.pdf()).length).toBeGreaterThan(10_000);
		await page.context().close();
	});

	it("runs nothing that a log smuggles into it", async () => {
		const hostile = `"><script>document.title='taken'</script><img src=x onerror="document.title='taken'">`;
		const file = join(directory, "hostile.html");
		const trace = recordedTrace({ models: [`a${hostile}`, `b${hostile}`], labeller: hostile, badLines: [hostile] });
		writeFileSync(file, renderReport(reportModel(await tuned(trace))));
		// Without the policy, so that it is the escaping that holds.
		const { page, complaints, requests } = await openPage(browser, pathToFileURL(file).href, { bypassCSP: true });
		expect(await page.title()).toContain("Threshold report: a");
		expect(await page.locator("img, body script").count()).toBe(1);
		expect([complaints, requests.length]).toEqual([[], 1]);
		await page.context().close();
	});
});

function isShown(element: Locator): Promise<boolean> {
	return element.evaluate((node) => node.checkVisibility());
}
