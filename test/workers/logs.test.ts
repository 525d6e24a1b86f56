import { afterEach, describe, expect, it, vi } from "vitest";
import PAGE from "../../docs/observability.md?raw";
import { FAKE_ORIGIN_KEY } from "../support/fake-origin-key.ts";
import { ask, send, type Reply } from "./ask.ts";
import { publishTenant } from "./tenant.ts";

const PROMPT = "The prompt is nobody's business 4711";
const fields = { messages: [{ role: "user", content: PROMPT }] };
const ORIGIN = { "x-cascade-route": "origin" };

afterEach(() => {
	vi.restoreAllMocks();
});

/** Everything that the Worker writes from now on. */
function listen(): { readonly lines: () => readonly string[] } {
	const spies = (["debug", "log", "info", "warn", "error"] as const).map((level) =>
		vi.spyOn(console, level).mockImplementation(() => {}),
	);
	return { lines: () => spies.flatMap((spy) => spy.mock.calls.map((args) => args.map(String).join(" "))) };
}

/** The names in the first column of a table on the page, which begins with a line that has this in it. */
function documented(heading: string): readonly string[] {
	const lines = PAGE.split("\n");
	const from = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
	const length = lines.slice(from).findIndex((line) => !line.startsWith("|"));
	return lines
		.slice(from + 2, from + length)
		.flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([\w.[\]]+)`/gu)].map(([, name]) => name ?? ""));
}

/** The names of all fields, those of objects within as `outer.inner`, of lists as `outer[].inner`. */
function fieldsOf(value: unknown, before = ""): readonly string[] {
	if (Array.isArray(value)) return value.flatMap((item) => fieldsOf(item, `${before}[]`));
	if (typeof value !== "object" || value === null) return [before];
	return Object.entries(value).flatMap(([name, inner]) => fieldsOf(inner, before === "" ? name : `${before}.${name}`));
}

describe("the log's page", () => {
	it("has every field of a line, and no field that no line has", async () => {
		const { lines } = listen();
		await ask({}, fields);
		await ask({ edge: { model: "@fake/unsure" } }, fields);
		// Cut short, made once more, in pieces, and one of several.
		await ask({ origin: { model: "close-at-once" } }, fields, ORIGIN);
		const tenant = await publishTenant();
		await (await send(tenant, { ...fields, stream: true }, ORIGIN)).text();
		const written = new Set(lines().flatMap((line) => fieldsOf(JSON.parse(line))));
		const known = documented("field");
		expect([...written].filter((field) => !known.includes(field))).toEqual([]);
		// Of requests that none of these is.
		const rare = ["item", "canary", "trail[].thresholdSource", "trail[].readMs", "calls[].usage", "calls[].estimated"];
		expect(known.filter((field) => !written.has(field) && !rare.includes(field))).toEqual([]);
	});
});

describe("the log", () => {
	it.each([
		["an accepted answer", {}, {}],
		["an escalated answer", { edge: { model: "@fake/unsure" } }, {}],
		["a failure that quotes", { origin: { model: "context-length" } }, ORIGIN],
		["a broken answer", { origin: { model: "invalid-json" } }, ORIGIN],
	])("holds one line of facts a request, and no prompt, answer or key: %s", async (_what, changes, headers) => {
		const { lines } = listen();
		const reply: Reply = await ask(changes, fields, headers);
		const [line = ""] = lines();
		expect(lines()).toHaveLength(1);
		expect(JSON.parse(line)).toMatchObject({
			event: "request",
			requestId: reply.headers.get("x-request-id"),
			tenant: reply.tenant.id,
		});
		for (const secret of [PROMPT, reply.tenant.key, FAKE_ORIGIN_KEY, "spam", "origin: "])
			expect(line).not.toContain(secret);
	});

	it("holds one line for a stream too", async () => {
		const { lines } = listen();
		const tenant = await publishTenant();
		const response = await send(tenant, { ...fields, stream: true }, ORIGIN);
		await response.text();
		expect(lines()).toHaveLength(1);
		expect(lines()[0]).not.toContain(PROMPT);
		expect(JSON.parse(lines()[0] ?? "")).toMatchObject({
			stream: true,
			outcome: "answered",
			stage: "origin",
			costUsd: expect.any(Number),
		});
	});

	it("holds nothing of a request that was refused", async () => {
		const { lines } = listen();
		const tenant = await publishTenant();
		await (await send({ ...tenant, key: `${tenant.key.slice(0, -1)}!` }, fields)).text();
		expect(lines().join("")).not.toContain(tenant.key.slice(0, 20));
		expect(lines().join("")).not.toContain(PROMPT);
	});
});
