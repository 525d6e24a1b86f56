import { describe, expect, it } from "vitest";
import { PAGE_SCRIPT } from "../../src/admin/document-page-script.ts";
import { createFakeWorld } from "./fake-world.ts";

async function page() {
	const world = await createFakeWorld();
	const response = await world.fetch(new Request("https://edge.example/admin/v1/docs"));
	return { response, html: await response.text() };
}

describe("the page of the admin API", () => {
	it("may run its own script and style, ask this Worker, and nothing else", async () => {
		const { response, html } = await page();
		expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
		const policy = response.headers.get("content-security-policy") ?? "";
		const nonce = /script-src 'nonce-([0-9a-f]{32})'/u.exec(policy)?.[1];
		expect(policy).toBe(
			`default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; ` +
				"base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		);
		expect([...html.matchAll(/<(?:script|style)\b[^>]*>/gu)].map(([tag]) => tag)).toEqual([
			`<style nonce="${nonce}">`,
			`<script nonce="${nonce}">`,
		]);
	});

	it("has a nonce of its own in each reply", async () => {
		const nonces = await Promise.all([page(), page()]).then((pages) =>
			pages.map(({ response }) => response.headers.get("content-security-policy")),
		);
		expect(nonces[0]).not.toBe(nonces[1]);
	});

	it("loads nothing from elsewhere, and has no inline handlers or styles", async () => {
		const { html } = await page();
		expect(html).not.toMatch(/https?:\/\//u);
		expect(html.replace(PAGE_SCRIPT, "")).not.toMatch(/\s(?:on\w+|style)=/u);
	});

	it("writes text and never markup, and keeps the key nowhere", () => {
		// oxlint-disable-next-line no-new-func -- parsed as a browser would, and not run
		expect(() => new Function(PAGE_SCRIPT)).not.toThrow();
		expect(PAGE_SCRIPT).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|<\/script/u);
		expect(PAGE_SCRIPT).not.toMatch(/localStorage|sessionStorage|indexedDB|document\.cookie|history\./u);
	});

	it("says its language and title, has a label for each field, a way past the header, and light and dark colours", async () => {
		const { html } = await page();
		expect(html).toMatch(/^<!doctype html>\n<html lang="en">/u);
		expect(html).toContain("<title>Edge Cascade admin API</title>");
		const fields = [...html.matchAll(/<input id="(\w+)"/gu)].map(([, id]) => id);
		expect(fields).toEqual(["key", "filter"]);
		for (const id of fields) expect(html).toContain(`<label for="${id}">`);
		expect(html).toContain('<a class="skip" href="#operations">');
		expect(html).toContain("color-scheme: light dark");
	});
});
