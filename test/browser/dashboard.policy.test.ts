import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SURE_MAIL } from "../end-to-end/mails.ts";
import { launchChromium } from "../support/chromium.ts";
import { askAdmin, askMail, button, confirm, mailPolicy, makeTenant, openRunning } from "./running-worker.ts";

let browser: Browser;
beforeAll(async () => {
	browser = await launchChromium();
});
afterAll(() => browser.close());

const field = (page: Page) => page.getByRole("textbox", { name: "Policy" });

async function replace(page: Page, from: string, to: string): Promise<void> {
	const text = await field(page).inputValue();
	expect(text).toContain(from);
	await field(page).fill(text.replace(from, to));
}

describe("the policy's editor", () => {
	it("names what is wrong while it is typed, leads to its line, and saves nothing of the kind", async () => {
		await makeTenant("misspelt");
		const { page, complaints } = await openRunning(browser, "#/misspelt/mail/policy");
		await replace(page, '"threshold": 0.8', '"treshold": 0.8');
		const problems = page.getByRole("list", { name: "Problems" });
		expect(await problems.getByRole("listitem").allTextContents()).toEqual([
			expect.stringMatching(/^Line 6 cascades\.mail\.stages\[0\]\.threshold .*needs a threshold/u),
			expect.stringMatching(/^Line \d+ cascades\.mail\.stages\[0\]\.treshold is not a field of the policy$/u),
		]);
		expect(await field(page).getAttribute("aria-invalid")).toBe("true");
		expect(await button(page, "Save").isDisabled()).toBe(true);
		await problems.getByRole("button").last().click();
		const chosen = () =>
			field(page).evaluate((element) => {
				const { value, selectionStart, selectionEnd } = element as unknown as {
					readonly value: string;
					readonly selectionStart: number;
					readonly selectionEnd: number;
				};
				return value.slice(selectionStart, selectionEnd);
			});
		expect(await chosen()).toContain('"treshold": 0.8');
		await field(page).fill("{");
		await page.getByText("is no JSON").waitFor();
		await button(page, "Undo my changes").click();
		await page.getByText("This is the policy in force.").waitFor();
		expect(complaints).toEqual([]);
		await page.context().close();
	});

	it("asks the Worker what the form cannot say: whether an origin is there", async () => {
		await makeTenant("without-origin");
		const { page } = await openRunning(browser, "#/without-origin/mail/policy");
		await replace(page, '"origin": "local"', '"origin": "nowhere"');
		await page.getByText("there is no origin 'nowhere'").waitFor();
		expect(await button(page, "Save").isDisabled()).toBe(true);
		await page.context().close();
	});

	it("keeps what was typed while another view is looked at", async () => {
		await makeTenant("interrupted");
		const { page } = await openRunning(browser, "#/interrupted/mail/policy");
		await replace(page, '"threshold": 0.8', '"threshold": 0.75');
		await page.getByRole("link", { name: "Keys" }).click();
		await page.getByRole("heading", { name: "Keys", level: 1 }).waitFor();
		await page.getByRole("link", { name: "Policy" }).click();
		expect(await field(page).inputValue()).toContain('"threshold": 0.75');
		await page.context().close();
	});
});

describe("a policy that is saved, looked back on and taken back", () => {
	it("becomes a revision with its reason, is compared, and rolled back to", async () => {
		await makeTenant("reverted");
		const { page, complaints } = await openRunning(browser, "#/reverted/mail/policy");
		await replace(page, '"threshold": 0.8', '"threshold": 0.5');
		await page.getByText("Valid.").waitFor();
		await button(page, "Save").click();
		await confirm(page, "Save", "cheaper");
		await page.getByText("Saved as revision 2.").waitFor();
		await page.getByRole("heading", { name: "Policy, revision 2" }).waitFor();
		expect(await askAdmin("GET", "/tenants/reverted/policy")).toEqual(mailPolicy(0.5));

		await page.getByRole("link", { name: "History" }).click();
		const revisions = page.getByRole("list", { name: "Revisions" });
		await revisions.waitFor();
		expect(await revisions.getByRole("listitem").first().textContent()).toMatch(
			/Revision 2current cheaper.*operator’s key .*: saved/u,
		);
		await button(page, "Compare revision 1 with the current one").click();
		const changes = page.getByRole("list", { name: "From revision 1 to 2" });
		await changes.waitFor();
		expect(await changes.textContent()).toContain("cascades.mail.stages[0].threshold changedfrom 0.8 to 0.5");
		await button(page, "Roll back to revision 1").click();
		await confirm(page, "Roll back to revision 1", "too many wrong");
		await page.getByText("Rolled back to revision 1, as revision 3.").waitFor();
		await revisions.getByText("Revision 3").waitFor();
		expect(await askAdmin("GET", "/tenants/reverted/policy")).toEqual(mailPolicy(0.8));
		expect(complaints).toEqual([]);
		await page.context().close();
	});
});

describe("a canary", () => {
	it("is begun from the editor, counted beside the current policy, and promoted", async () => {
		const key = await makeTenant("tried");
		const { page, complaints } = await openRunning(browser, "#/tried/mail/policy");
		await replace(page, '"threshold": 0.8', '"threshold": 0.6');
		await page.getByText("Valid.").waitFor();
		await button(page, "Start a canary").click();
		await page.getByRole("dialog").getByLabel("Share of requests, in percent").fill("30");
		await confirm(page, "Start a canary", "is 0.6 enough?");
		await page.getByText("A canary has begun with this policy.").waitFor();
		expect(await askAdmin("GET", "/tenants/tried/policy")).toEqual(mailPolicy(0.8));
		expect(await askMail(key, SURE_MAIL)).toMatchObject({ status: 200 });

		await page.getByRole("link", { name: "Canary" }).click();
		await page.getByRole("heading", { name: "Revision 2 on 30.0% of requests" }).waitFor();
		await page.getByRole("region", { name: "Cascade mail" }).getByText("revision").first().waitFor({ timeout: 15_000 });
		await button(page, "Promote").click();
		await confirm(page, "Promote", "it is enough");
		await page.getByText("No canary runs").waitFor();
		expect(await askAdmin("GET", "/tenants/tried/policy")).toEqual(mailPolicy(0.6));
		expect(complaints).toEqual([]);
		await page.context().close();
	});

	it("is begun with an earlier revision, and stopped", async () => {
		await makeTenant("stopped");
		await askAdmin("PUT", "/tenants/stopped/policy?reason=second", mailPolicy(0.9), { "if-match": '"1"' });
		const { page } = await openRunning(browser, "#/stopped/mail/policy/history");
		await button(page, "Start a canary").click();
		await confirm(page, "Start a canary", "as it was");
		await page.getByRole("dialog").waitFor({ state: "hidden" });
		await page.getByRole("link", { name: "Canary" }).click();
		await page.getByRole("heading", { name: "Revision 1 on 5.0% of requests" }).waitFor();
		await button(page, "Stop").click();
		await confirm(page, "Stop", "seen enough");
		await page.getByText("No canary runs").waitFor();
		expect(await askAdmin("GET", "/tenants/stopped")).toMatchObject({ canary: null, revision: 2 });
		await page.context().close();
	});
});
