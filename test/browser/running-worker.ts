import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect, inject } from "vitest";
import { demoPolicy } from "../../src/local/demo-records.ts";
import { LOCAL_OPERATOR_KEY } from "../../src/local/seed-demo.ts";
import type { JudgedMail } from "../end-to-end/mails.ts";
import { dashboardUrl } from "./open-dashboard.ts";
import { openPage, type OpenPage } from "./open-page.ts";

/** Asks the admin API of the running Worker as its operator. */
export async function askAdmin(
	method: string,
	path: string,
	body?: unknown,
	headers: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
	const response = await fetch(`${inject("stackUrl")}/admin/v1${path}`, {
		method,
		headers: { authorization: `Bearer ${LOCAL_OPERATOR_KEY}`, "content-type": "application/json", ...headers },
		body: body === undefined ? null : JSON.stringify(body),
	});
	const text = await response.text();
	expect(response.ok, `${method} ${path}: ${text}`).toBe(true);
	return JSON.parse(text) as Record<string, unknown>;
}

/** The demo's mail cascade alone, at a threshold. */
export function mailPolicy(threshold: number): Record<string, unknown> {
	const { cascades } = demoPolicy(undefined) as { cascades: Record<string, { stages: { threshold?: number }[] }> };
	const mail = structuredClone(cascades["cascade"]);
	if (mail?.stages[0] !== undefined) mail.stages[0].threshold = threshold;
	return { version: 1, cascades: { mail } };
}

/** A tenant of one test alone, whose mail cascade accepts 0.8; its inference key. */
export async function makeTenant(tenant: string): Promise<string> {
	await askAdmin("POST", "/tenants", { tenant });
	await askAdmin("PUT", `/tenants/${tenant}/policy?reason=first`, mailPolicy(0.8), { "if-none-match": "*" });
	const made = await askAdmin("POST", `/tenants/${tenant}/keys`, { name: "app", scopes: ["inference"] });
	return String(made["key"]);
}

/** Asks the mail cascade; the status and what was decided. */
export async function askMail(
	key: string,
	{ messages }: Pick<JudgedMail, "messages">,
): Promise<{ readonly status: number; readonly reason: string | null; readonly stage: string | null }> {
	const response = await fetch(`${inject("stackUrl")}/v1/chat/completions`, {
		method: "POST",
		headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
		body: JSON.stringify({ model: "mail", temperature: 0, messages }),
	});
	await response.arrayBuffer();
	return {
		status: response.status,
		reason: response.headers.get("x-cascade-reason"),
		stage: response.headers.get("x-cascade-stage"),
	};
}

/** Opens a view of the running Worker, signed in as its operator. */
export function openRunning(browser: Browser, hash: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
	return openPage(browser, `${dashboardUrl()}${hash}`, options, async (page) => {
		await page.addInitScript(
			`sessionStorage.setItem("edge-cascade.session", ${JSON.stringify(JSON.stringify({ key: LOCAL_OPERATOR_KEY, tenant: null }))})`,
		);
	});
}

/** A button by its whole name. */
export function button(page: Page, name: string) {
	return page.getByRole("button", { name, exact: true });
}

/** Fills the reason in the open dialog and presses its button. */
export async function confirm(page: Page, name: string, reason?: string): Promise<void> {
	const dialog = page.getByRole("dialog");
	await dialog.waitFor();
	if (reason !== undefined) await dialog.getByLabel("Reason, for the audit trail").fill(reason);
	await dialog.getByRole("button", { name, exact: true }).click();
}
