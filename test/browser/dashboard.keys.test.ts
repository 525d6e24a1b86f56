import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SURE_MAIL, UNSURE_MAIL } from "../end-to-end/mails.ts";
import { launchChromium } from "../support/chromium.ts";
import { askAdmin, askMail, button, confirm, makeTenant, openRunning } from "./running-worker.ts";

let browser: Browser;
beforeAll(async () => {
	browser = await launchChromium();
});
afterAll(() => browser.close());

const shownKey = (page: Page, name: string) => page.getByLabel(`The key ${name}`).inputValue();
const entries = (page: Page, list: string) => page.getByRole("list", { name: list }).getByRole("listitem");

describe("keys", () => {
	it("are made, shown once, used, rotated and revoked", async () => {
		await makeTenant("keyed");
		const { page, complaints } = await openRunning(browser, "#/keyed/mail/keys", {
			permissions: ["clipboard-read", "clipboard-write"],
		});
		await button(page, "Create a key").click();
		const dialog = page.getByRole("dialog");
		await dialog.getByLabel("Name").fill("Shop");
		await dialog.getByLabel("Expires").selectOption({ label: "In a day" });
		await confirm(page, "Create a key");
		const made = await shownKey(page, "Shop");
		expect(made).toMatch(/^ec_live_/u);
		await button(page, "Copy").click();
		await page.getByText("Copied.").waitFor();
		expect(await page.evaluate("navigator.clipboard.readText()")).toBe(made);
		expect(await askMail(made, SURE_MAIL)).toMatchObject({ status: 200 });
		await button(page, "I have it").click();
		expect(await page.content()).not.toContain(made);
		await expect.poll(() => entries(page, "Working keys").count()).toBe(2);

		const shop = entries(page, "Working keys").filter({ hasText: "Shop" }).first();
		expect(await shop.textContent()).toMatch(/May: inference\..*Ends /u);
		await shop.getByRole("button", { name: "Rotate" }).click();
		await confirm(page, "Rotate");
		await page.getByText("Key “Shop” is made").waitFor();
		const rotated = await shownKey(page, "Shop");
		expect(rotated).not.toBe(made);
		expect(await askMail(rotated, SURE_MAIL)).toMatchObject({ status: 200 });
		await expect.poll(() => entries(page, "Working keys").count()).toBe(3);

		await entries(page, "Working keys").filter({ hasText: "app" }).getByRole("button", { name: "Revoke" }).click();
		await confirm(page, "Revoke");
		await expect
			.poll(() => entries(page, "Ended keys").allTextContents())
			.toEqual([expect.stringContaining("Revoked")]);
		expect(complaints).toEqual([]);
		await page.context().close();
	});

	it("are not made without a scope, and not revoked by a dialog that was cancelled", async () => {
		await makeTenant("careful");
		const { page } = await openRunning(browser, "#/careful/mail/keys");
		await button(page, "Create a key").click();
		const dialog = page.getByRole("dialog");
		await dialog.getByLabel("inference").uncheck();
		expect(await dialog.getByRole("button", { name: "Create a key" }).isDisabled()).toBe(true);
		await page.keyboard.press("Escape");
		await button(page, "Revoke").click();
		await dialog.getByRole("button", { name: "Cancel" }).click();
		expect(await entries(page, "Working keys").count()).toBe(1);
		await page.context().close();
	});
});

describe("the playground", () => {
	const prompt = (mail: typeof SURE_MAIL) => ({
		system: mail.messages.find(({ role }) => role === "system")?.content ?? "",
		user: mail.messages.find(({ role }) => role === "user")?.content ?? "",
	});

	async function ask(page: Page, mail: typeof SURE_MAIL): Promise<void> {
		const { system, user } = prompt(mail);
		await page.getByLabel("System message").fill(system);
		await page.getByLabel("Prompt").fill(user);
		await button(page, "Ask").click();
		await page.getByText("In a few seconds it is among").waitFor();
	}

	it("shows the decision, its calls and what they cost, with a key that ends with the view", async () => {
		await makeTenant("played");
		const { page, complaints } = await openRunning(browser, "#/played/mail/playground");
		// The local models sample as they are asked to, and as nobody asks here by default: at 1.
		await page.evaluate(() => {
			const send = globalThis.fetch;
			globalThis.fetch = (address, options) =>
				send(
					address,
					typeof options?.body === "string" && options.body.includes('"messages"')
						? { ...options, body: JSON.stringify({ ...JSON.parse(options.body), temperature: 0 }) }
						: options,
				);
		});
		expect(await button(page, "Ask").isDisabled()).toBe(true);
		await button(page, "Make a key for an hour").click();
		await page.getByText("Asking with a key that was made for this view.").waitFor();
		await ask(page, SURE_MAIL);
		expect(await page.locator(".answer-text").textContent()).toBe(SURE_MAIL.small.label);
		expect(await page.locator(".trail").textContent()).toContain("edge: served");
		expect(await page.locator(".trail .meter").textContent()).toContain("of 0.8");
		expect(await page.getByRole("region", { name: "Calls of the answer" }).getByRole("row").count()).toBe(2);

		await page.getByLabel("As a stream").check();
		await ask(page, UNSURE_MAIL);
		// Until then the first answer is shown, and its connection is open.
		await page.getByText(`Answered: ${UNSURE_MAIL.large.label}`).waitFor({ state: "attached" });
		expect(await page.locator(".trail h3").allTextContents()).toEqual(["edge: passed on", "origin: served"]);
		expect(await page.locator(".answer-text").textContent()).toBe(UNSURE_MAIL.large.label);
		expect(await page.getByText("first text after").count()).toBe(1);
		expect(await page.locator(".figures").textContent()).toMatch(/Saved.*−\$/u);

		await page.getByRole("link", { name: "Keys" }).click();
		const playgroundKey = async () => {
			const { items } = (await askAdmin("GET", "/tenants/played/keys")) as { items: { name: string }[] };
			return items.find(({ name }) => name === "Playground");
		};
		await expect.poll(playgroundKey).toMatchObject({ scopes: ["inference"], revokedAt: expect.any(Number) as number });
		// Chromium now and then reports the one stream as aborted although its reader has had all of it, end included.
		expect(complaints.length).toBeLessThanOrEqual(1);
		expect(complaints.filter((complaint) => !complaint.endsWith("/chat/completions: net::ERR_ABORTED"))).toEqual([]);
		await page.context().close();
	});

	it("asks with a key that is typed, and shows what the Worker says of a wrong one", async () => {
		const key = await makeTenant("typed");
		const { page } = await openRunning(browser, "#/typed/mail/playground");
		await page.getByLabel("Or an inference key of yours").fill("ec_live_wrong");
		const { system, user } = prompt(SURE_MAIL);
		await page.getByLabel("System message").fill(system);
		await page.getByLabel("Prompt").fill(user);
		await button(page, "Ask").click();
		await page.getByRole("alert").waitFor();
		expect(await page.getByRole("alert").textContent()).toMatch(/key/u);
		await page.getByLabel("Or an inference key of yours").fill(key);
		await page.getByLabel("Stage", { exact: true }).selectOption({ label: "The last alone" });
		await ask(page, SURE_MAIL);
		expect(await page.locator(".trail").textContent()).toContain("Forced by the client");
		await page.context().close();
	});
});
