import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DEMO_KEY, demoPolicy } from "../../src/local/demo-records.ts";
import { LOCAL_OPERATOR_KEY } from "../../src/local/seed-demo.ts";
import { startLocalStack } from "../../src/local/stack.ts";
import { MAILS } from "../../test/end-to-end/mails.ts";
import installChromium, { launchChromium } from "../../test/support/chromium.ts";
import { measureLoading, type Loading } from "./measure-loading.ts";

/**
 * Pictures of the dashboard on the running local Worker, and how soon it is there, for the documents: some hundred mails are asked
 * first, so that there is something to see.
 */
const { values: options } = parseArgs({
	options: {
		out: { type: "string", default: "docs/images" },
		/** Where the figures go, as a document. */
		write: { type: "string" },
		port: { type: "string", default: "8797" },
		/** Lossless, to look at closely. */
		png: { type: "boolean", default: false },
	},
});

const WIDTHS = [
	{ name: "wide", width: 1280, height: 900 },
	{ name: "phone", width: 390, height: 844 },
] as const;
const VIEWS = ["overview", "threshold", "requests", "evidence", "policy", "keys", "playground"] as const;
const REQUESTS = 300;
/** The first 200 readings lay the path of thresholds; labels of later ones are evidence. */
const PATH_REQUESTS = 300;
const PROMISED_REQUESTS = 900;
const AT_ONCE = 4;

installChromium();
const port = Number(options.port);
const stack = await startLocalStack({ port, originPort: port + 1 });
const browser = await launchChromium();
try {
	await askMails(DEMO_KEY, "cascade", REQUESTS);
	const promised = await promisedTenant();
	await askMails(promised, "mail", PATH_REQUESTS);
	// An isolate hears of its ledger every ten seconds.
	await new Promise((resolve) => setTimeout(resolve, 15_000));
	await askMails(promised, "mail", PROMISED_REQUESTS);
	// Evidence of ten seconds is counted a minute after their end.
	await new Promise((resolve) => setTimeout(resolve, 75_000));
	// The next request has what is due counted, and a certificate published.
	await askMails(await newKey(), "mail", 1);
	await new Promise((resolve) => setTimeout(resolve, 5_000));
	await mkdir(options.out, { recursive: true });
	for (const { name, width, height } of WIDTHS)
		for (const view of VIEWS) {
			const context = await browser.newContext({ viewport: { width, height } });
			const page = await context.newPage();
			await page.addInitScript(
				`sessionStorage.setItem("edge-cascade.session", ${JSON.stringify(JSON.stringify({ key: LOCAL_OPERATOR_KEY, tenant: null }))})`,
			);
			const place = view === "evidence" ? "promised/mail" : "demo/cascade";
			await page.goto(`${stack.url}/dashboard/#/${place}/${view}`, { waitUntil: "load" });
			await page.waitForTimeout(2_500);
			const path = join(options.out, `dashboard-${view}-${name}.${options.png ? "png" : "jpg"}`);
			await page.screenshot(options.png ? { path } : { path, type: "jpeg", quality: 70 });
			process.stdout.write(`${path}\n`);
			await context.close();
		}
	const loading = await measureLoading(browser, `${stack.url}/dashboard/#/demo/cascade/overview`, LOCAL_OPERATOR_KEY);
	const text = figures(loading);
	process.stdout.write(`${text}\n`);
	if (options.write !== undefined) await writeFile(options.write, text);
} finally {
	await browser.close();
	await stack.stop();
}

/** A tenant whose mail cascade has a guarantee; a key of it. */
async function promisedTenant(): Promise<string> {
	const { cascades } = demoPolicy(undefined) as { cascades: Record<string, { stages: Record<string, unknown>[] }> };
	const mail = structuredClone(cascades["cascade"]);
	const [first] = mail?.stages ?? [];
	if (first !== undefined) {
		delete first["threshold"];
		first["guarantee"] = { risk: "selective", targetRisk: 0.1, delta: 0.1 };
	}
	await askAdmin("POST", "/tenants", { tenant: "promised" });
	await askAdmin("PUT", "/tenants/promised/policy?reason=first", { version: 1, cascades: { mail } });
	return newKey();
}

async function newKey(): Promise<string> {
	const made = await askAdmin("POST", "/tenants/promised/keys", { name: "app", scopes: ["inference"] });
	return String(made["key"]);
}

async function askAdmin(method: string, path: string, body: object): Promise<Record<string, unknown>> {
	const response = await fetch(`${stack.url}/admin/v1${path}`, {
		method,
		headers: {
			authorization: `Bearer ${LOCAL_OPERATOR_KEY}`,
			"content-type": "application/json",
			...(method === "PUT" ? { "if-none-match": "*" } : {}),
		},
		body: JSON.stringify(body),
	});
	if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
	return (await response.json()) as Record<string, unknown>;
}

async function askMails(key: string, model: string, count: number): Promise<void> {
	let next = 0;
	const work = async () => {
		while (next < count) {
			const { messages } = MAILS[next++ % MAILS.length] as (typeof MAILS)[number];
			const response = await fetch(`${stack.url}/v1/chat/completions`, {
				method: "POST",
				headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
				body: JSON.stringify({ model, temperature: 0, stream: next % 3 === 0, messages }),
			});
			await response.arrayBuffer();
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, work));
}

function figures({ kilobytes, requests, firstPaintMs, interactiveMs, settledMs, longTaskMs, shift }: Loading): string {
	return `# How soon the dashboard is there

Written by \`node tools/screenshots/main.ts --write docs/dashboard-loading.md\` on ${new Date().toISOString().slice(0, 10)}, in Chromium on the local Worker, the overview with
${REQUESTS} requests behind it; medians of ${firstPaintMs.runs} loads with an empty cache.

| figure | is |
| --- | --- |
| sent over the network | ${kilobytes.toFixed(0)} KB in ${requests} requests, the admin API's replies among them |
| first contentful paint | ${firstPaintMs.median.toFixed(0)} ms |
| time to interactive: the view's heading is there and takes the keyboard | ${interactiveMs.median.toFixed(0)} ms |
| every chart drawn | ${settledMs.median.toFixed(0)} ms |
| total blocking time (of tasks over 50 ms) | ${longTaskMs.median.toFixed(0)} ms |
| cumulative layout shift | ${shift.median.toFixed(3)} |
`;
}
