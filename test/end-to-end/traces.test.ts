import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEMO_KEY } from "../../src/local/demo-records.ts";
import { startLocalStack, type LocalStack } from "../../src/local/stack.ts";
import { SURE_MAIL, UNSURE_MAIL, type JudgedMail } from "./mails.ts";

type Attributes = Readonly<Record<string, unknown>>;

/** A span as the runtime's own tail events tell of it. */
interface SeenSpan {
	readonly name: string;
	readonly id: string;
	readonly parent: string;
	readonly trace: string;
	readonly attributes: Record<string, unknown>;
	isClosed: boolean;
	isError: boolean;
}

interface TailEvent {
	readonly spanContext: { readonly traceId: string; readonly spanId?: string };
	readonly event: {
		readonly type: string;
		readonly name?: string;
		readonly spanId?: string;
		readonly info?: unknown;
	};
}

const spans = new Map<string, SeenSpan>();
const texts: string[] = [];
/** Invocations, by the traces that they are on. */
const roots = new Map<string, string>();

/** The runtime's stream of trace events, put together to spans. */
function hear(given: unknown): void {
	const { spanContext, event } = given as TailEvent;
	const { traceId, spanId = "" } = spanContext;
	if (event.type === "onset") {
		if ((event.info as { readonly type: string }).type === "fetch") roots.set(event.spanId ?? "", traceId);
		return;
	}
	if (event.type === "spanOpen") {
		const { name = "", spanId: id = "" } = event;
		texts.push(name);
		spans.set(id, { name, id, parent: spanId, trace: traceId, attributes: {}, isClosed: false, isError: false });
		return;
	}
	const span = spans.get(spanId);
	if (span === undefined) return;
	if (event.type === "spanClose") span.isClosed = true;
	if (event.type === "spanUpdate") span.isError = JSON.stringify(event.info).includes('"error"');
	if (event.type === "attributes") {
		texts.push(JSON.stringify(event.info));
		for (const { name, value } of event.info as { name: string; value: unknown }[]) span.attributes[name] = value;
	}
}

let stack: LocalStack;
beforeAll(async () => {
	// What the setup of these tests has built.
	const builtDirectory = fileURLToPath(new URL("../../.wrangler/end-to-end", import.meta.url));
	stack = await startLocalStack({ port: 0, originPort: 0, builtDirectory, onTailEvent: hear });
});
afterAll(() => stack.stop());

/** The runtime's tail is put up with the first requests, and may have missed the beginning of one. */
const MOST_TRIES = 4;

/** Our own spans of a request, once the runtime has told of all of them; it tells of each, and of its attributes, in its own time. */
async function ask(mail: JudgedMail, fields: Attributes = {}, isStatus = 200): Promise<readonly SeenSpan[]> {
	for (let attempt = 1; attempt <= MOST_TRIES; attempt++) {
		const response = await fetch(`${stack.url}/v1/chat/completions`, {
			method: "POST",
			headers: { authorization: `Bearer ${DEMO_KEY}` },
			body: JSON.stringify({ model: "cascade", temperature: 0, messages: mail.messages, ...fields }),
		});
		expect(response.status).toBe(isStatus);
		await response.text();
		const requestId = response.headers.get("x-request-id");
		const mine = () => [...spans.values()].filter(({ attributes }) => attributes["cascade.request.id"] === requestId);
		for (let look = 0, before = -1; look < 12; look++) {
			const all = mine();
			const isWhole =
				["cascade", "gate"].every((first) => all.some(({ name }) => name === first)) &&
				all.every(({ isClosed }) => isClosed);
			if (isWhole && all.length === before) return all;
			before = all.length;
			await new Promise((resolve) => setTimeout(resolve, 250));
		}
	}
	throw new Error("no trace was told of as a whole");
}

const named = (all: readonly SeenSpan[], name: string) => all.filter((span) => span.name === name);
const namesOf = (all: readonly SeenSpan[]) => all.map(({ name }) => name);

describe("the trace of a request, as the runtime tells of it", () => {
	it("has the gate, the small model's call, the reading, and the decision, beneath the cascade's span", async () => {
		const all = await ask(SURE_MAIL);
		expect(namesOf(all)).toEqual(["cascade", "gate", "chat @local/mail-small", "confidence", "deferral"]);
		const [cascade] = all;
		expect(new Set(all.slice(1).map(({ parent }) => parent))).toEqual(new Set([cascade?.id]));
		expect(roots.has(cascade?.parent ?? "")).toBe(true);
		expect(all.filter(({ isClosed }) => !isClosed)).toEqual([]);
		expect(all.filter(({ isError }) => isError)).toEqual([]);
	});

	it("names everything as the conventions do", async () => {
		const all = await ask(SURE_MAIL);
		const about = {
			"cascade.tenant.id": "demo",
			"cascade.name": "cascade",
			"cascade.config.version": expect.any(Number),
		};
		for (const span of all) expect(span.attributes).toMatchObject(about);
		expect(named(all, "chat @local/mail-small")[0]?.attributes).toMatchObject({
			"gen_ai.operation.name": "chat",
			"gen_ai.provider.name": "cloudflare.workers_ai",
			"gen_ai.request.model": "@local/mail-small",
			"gen_ai.request.max_tokens": expect.any(Number),
			"gen_ai.request.temperature": 0,
			"gen_ai.response.finish_reasons": "stop",
			"gen_ai.usage.input_tokens": expect.any(Number),
			"gen_ai.usage.output_tokens": expect.any(Number),
			"cascade.stage": "edge",
			"cascade.call.purpose": "answer",
		});
		expect(named(all, "confidence")[0]?.attributes).toMatchObject({
			"gen_ai.evaluation.name": "label-margin",
			"gen_ai.evaluation.score.value": expect.closeTo(SURE_MAIL.small.margin, 6),
		});
		expect(named(all, "deferral")[0]?.attributes).toMatchObject({
			"cascade.decision": "accepted",
			"cascade.reason": "accepted",
			"cascade.threshold": 0.8,
			"cascade.threshold.source": "manual",
		});
	});

	it("ends the span of a stream with the stream, and the platform's own request is beneath it", async () => {
		const all = await ask(UNSURE_MAIL, { stream: true, stream_options: { include_usage: true } });
		const origin = all.find(({ attributes }) => attributes["gen_ai.provider.name"] === "openai");
		expect(origin).toMatchObject({
			isClosed: true,
			attributes: {
				"cascade.stage": "origin",
				"gen_ai.usage.output_tokens": expect.any(Number),
				"gen_ai.response.time_to_first_chunk": expect.any(Number),
			},
		});
		expect(namesOf([...spans.values()].filter(({ parent }) => parent === origin?.id))).toContain("fetch");
		expect(all[0]?.attributes).toMatchObject({ "cascade.stage": "origin", "cascade.reason": "low-confidence" });
	});

	it("has the work for the ledgers beside the cascade's span", async () => {
		await ask(SURE_MAIL);
		// One request of a second sends the records of all.
		const ledger = () => named([...spans.values()], "ledger").find(({ isClosed }) => isClosed);
		await expect.poll(ledger, { timeout: 10_000 }).toMatchObject({
			attributes: { "cascade.ledger.work": "observations" },
		});
		expect(roots.has(ledger()?.parent ?? "")).toBe(true);
	});

	it("holds no text of a prompt or an answer, and no key", async () => {
		const word = "unheardof4711";
		await ask({ ...SURE_MAIL, messages: [{ role: "user", content: word }] });
		expect(texts.length).toBeGreaterThan(0);
		const all = texts.join("\n");
		for (const secret of [word, DEMO_KEY, SURE_MAIL.messages.at(-1)?.content]) expect(all).not.toContain(secret);
	});
});
