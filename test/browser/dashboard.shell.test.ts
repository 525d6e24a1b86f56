import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { LOCAL_OPERATOR_KEY } from "../../src/local/seed-demo.ts";
import { launchChromium } from "../support/chromium.ts";
import { evidenceReport } from "./dashboard-evidence.ts";
import { FAKE_KEY, fakeAdmin, refusal } from "./fake-admin.ts";
import { dashboardUrl, openDashboard } from "./open-dashboard.ts";
import { accessibilityFaults, openPage, overflow } from "./open-page.ts";

let browser: Browser;
beforeAll(async () => {
	browser = await launchChromium();
});
afterAll(() => browser.close());

describe("the dashboard's files", () => {
	it("may run their own script and style and ask their own Worker, and nothing else", async () => {
		const response = await fetch(dashboardUrl());
		expect(response.status).toBe(200);
		const policy = response.headers.get("content-security-policy")?.split("; ") ?? [];
		expect(policy).toEqual(
			expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'"]),
		);
		expect(policy.join()).not.toMatch(/unsafe|\*|https?:/u);
		expect(response.headers.get("x-content-type-options")).toBe("nosniff");
		expect(response.headers.get("x-frame-options")).toBe("DENY");
		const page = await response.text();
		expect(page).not.toMatch(/<style|style=|<script>| on\w+=/u);
		for (const [, file] of page.matchAll(/(?:src|href)="(?<file>dashboard-[^"]+)"/gu)) {
			const sent = await fetch(new URL(file ?? "", dashboardUrl()));
			expect([sent.status, sent.headers.get("cache-control")]).toEqual([200, "public, max-age=31536000, immutable"]);
		}
	});

	it("leave every other path to the Worker", async () => {
		const status = async (path: string) => {
			const response = await fetch(`${inject("stackUrl")}${path}`, { redirect: "manual" });
			return [response.status, response.headers.get("x-request-id") === null ? "file" : "Worker"];
		};
		expect(await status("/dashboard")).toEqual([307, "file"]);
		expect(await status("/")).toEqual([404, "Worker"]);
		expect(await status("/healthz")).toEqual([200, "Worker"]);
		expect(await status("/dashboards")).toEqual([404, "Worker"]);
	});
});

describe("signing in", () => {
	it("takes an operator's key of the real admin API, and keeps it for this tab alone", async () => {
		const { page } = await openPage(browser, dashboardUrl());
		await page.getByLabel("Admin key").fill(LOCAL_OPERATOR_KEY);
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.getByRole("heading", { name: "Overview" }).waitFor();
		await expect.poll(() => page.url()).toContain("#/demo/");
		const stored = (storage: string) => page.evaluate<string>(`JSON.stringify({ ...${storage} })`);
		expect(await stored("sessionStorage")).toContain(LOCAL_OPERATOR_KEY);
		expect(await stored("localStorage")).not.toContain(LOCAL_OPERATOR_KEY);
		expect(page.url()).not.toContain(LOCAL_OPERATOR_KEY);
		await page.getByRole("button", { name: "Sign out" }).click();
		expect(await page.getByLabel("Admin key").inputValue()).toBe("");
		expect(await stored("sessionStorage")).toBe("{}");
		await page.context().close();
	});

	it("says what is wrong with a key that the real admin API does not take", async () => {
		const { page } = await openPage(browser, dashboardUrl());
		const attempt = async (key: string, tenant: string) => {
			await page.getByLabel("Admin key").fill(key);
			await page.getByLabel("Tenant").fill(tenant);
			await page.getByLabel("Admin key").press("Enter");
			await page.getByRole("button", { name: "Sign in" }).waitFor();
		};
		await attempt("nobody's", "");
		await expect.poll(() => page.getByRole("alert").textContent()).toContain("does not know this key");
		await page.getByRole("button", { name: "Continue with Cloudflare Access" }).click();
		await expect.poll(() => page.getByRole("alert").textContent()).toContain("Access has not let this browser in");
		await page.context().close();
	});

	it("with a tenant's key shows that tenant alone, and asks for no list of tenants", async () => {
		let sent: Awaited<ReturnType<typeof fakeAdmin>> = [];
		const { page, complaints } = await openPage(browser, dashboardUrl(), {}, async (opened) => {
			sent = await fakeAdmin(opened, { "GET /tenants": () => ({ status: 403, body: refusal("forbidden", "No.") }) });
		});
		await page.getByLabel("Admin key").fill(FAKE_KEY);
		await page.getByLabel("Tenant").fill("acme");
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.getByRole("heading", { name: "Overview" }).waitFor();
		expect(await page.getByLabel("Tenant").locator("option").allTextContents()).toEqual(["acme"]);
		expect(sent.map(({ path }) => path)).not.toContain("/tenants");
		expect(complaints).toEqual([]);
		await page.context().close();
	});

	it("ends with a reason where the key is taken no more", async () => {
		let isRevoked = false;
		const { page } = await openDashboard(
			browser,
			"#/acme/chat/evidence",
			{},
			{
				"GET /tenants/acme/cascades/chat/evidence": () =>
					isRevoked
						? { status: 401, body: refusal("unauthorized", "No such key.") }
						: { status: 200, body: evidenceReport(Date.now()) },
			},
		);
		isRevoked = true;
		await page.reload();
		await expect.poll(() => page.getByRole("alert").textContent()).toContain("You have been signed out");
		expect(await page.evaluate<number>("sessionStorage.length")).toBe(0);
		await page.context().close();
	});

	it.each(["light", "dark"] as const)("has no fault that axe finds, %s, and fits a phone", async (colorScheme) => {
		const viewport = { width: 390, height: 800 };
		const { page } = await openPage(browser, dashboardUrl(), { colorScheme, viewport, bypassCSP: true });
		await page.getByRole("heading", { name: "Sign in" }).waitFor();
		expect(await accessibilityFaults(page)).toEqual([]);
		expect(await overflow(page)).toBe(0);
		await page.context().close();
	});
});

describe("the shell", () => {
	it("is worked by keyboard alone, and says where one is after each step", async () => {
		const { page, complaints } = await openDashboard(browser, "#/acme/chat/overview");
		await page.keyboard.press("Tab");
		expect(await page.locator(":focus").textContent()).toBe("To the view");
		const link = page.getByRole("link", { name: "Requests" });
		for (let presses = 0; presses < 12 && !(await isFocused(link)); presses++) await page.keyboard.press("Tab");
		await page.keyboard.press("Enter");
		await expect.poll(() => page.locator(":focus").textContent()).toBe("Requests");
		expect(await link.getAttribute("aria-current")).toBe("page");
		expect(await page.title()).toContain("Requests");
		expect(page.url()).toContain("#/acme/chat/requests");
		await page.goBack();
		await expect.poll(() => page.locator("h1").textContent()).toBe("Overview");
		expect(complaints).toEqual([]);
		await page.context().close();
	});

	it("opens its menu on a phone, and closes it behind a choice", async () => {
		const { page } = await openDashboard(browser, "#/acme/chat/overview", { viewport: { width: 390, height: 800 } });
		const menu = page.getByRole("button", { name: "Menu" });
		expect(await page.getByRole("navigation").isVisible()).toBe(false);
		await menu.click();
		expect(await menu.getAttribute("aria-expanded")).toBe("true");
		await page.getByRole("link", { name: "Evidence" }).click();
		await expect.poll(() => page.locator("h1").textContent()).toBe("Evidence");
		await page.getByRole("navigation").waitFor({ state: "hidden" });
		await page.context().close();
	});

	it("changes the cascade and stays in the view", async () => {
		const { page } = await openDashboard(browser, "#/acme/chat/evidence");
		await page.getByLabel("Cascade").selectOption("labels");
		await page.getByText("This cascade has no guarantee").waitFor();
		expect(page.url()).toContain("#/acme/labels/evidence");
		await page.context().close();
	});

	it("shows an address that names no view, or no cascade of the policy, the nearest there is", async () => {
		const { page } = await openDashboard(browser, "#/acme/gone/nothing");
		await expect.poll(() => page.url()).toContain("#/acme/chat/overview");
		await page.context().close();
	});

	it("stays where a view breaks on a reply that it does not understand, and shows the others", async () => {
		const broken = { "GET /tenants/acme/cascades/chat/evidence": () => ({ body: { lease: 1 } }) };
		const { page, complaints } = await openDashboard(browser, "#/acme/chat/evidence", {}, broken);
		expect(await page.getByRole("alert").textContent()).toContain("This view could not be drawn");
		await page.getByRole("link", { name: "Reports" }).click();
		await page.getByLabel("Report file").waitFor();
		expect(complaints).toEqual([]);
		await page.context().close();
	});

	it("is light or dark as the system is, until it is told otherwise, and then stays so", async () => {
		const { page } = await openDashboard(browser, "#/acme/chat/reports", { colorScheme: "light" });
		const paper = () =>
			page.locator("body").evaluate((body) => body.ownerDocument.defaultView.getComputedStyle(body).backgroundColor);
		expect(await paper()).toBe("rgb(245, 246, 248)");
		await page.emulateMedia({ colorScheme: "dark" });
		expect(await paper()).toBe("rgb(15, 18, 22)");
		await page.getByLabel("Theme").selectOption("light");
		await expect.poll(paper).toBe("rgb(245, 246, 248)");
		await page.reload();
		await page.getByRole("heading", { name: "Reports" }).waitFor();
		expect(await paper()).toBe("rgb(245, 246, 248)");
		await page.context().close();
	});

	it("explains a word on focus and on hover, and puts the explanation away with Escape", async () => {
		const { page } = await openDashboard(browser, "#/acme/chat/overview");
		const word = page.getByRole("button", { name: "Spent" });
		const text = page.getByRole("tooltip").filter({ hasText: "rejected answers and audits included" });
		await word.focus();
		expect(await text.isVisible()).toBe(true);
		await page.keyboard.press("Escape");
		expect(await text.isVisible()).toBe(false);
		await word.hover();
		expect(await text.isVisible()).toBe(true);
		await page.context().close();
	});
});

function isFocused(element: Locator): Promise<boolean> {
	return element.evaluate((node) => node.ownerDocument.activeElement === node);
}
