import { OpenAI } from "openai";
import { describe, expect, inject, it, vi } from "vitest";
import { callerLeft, callsTo } from "../support/far-side.ts";
import { STACK_KEYS } from "../support/stack-policy.ts";
import { openaiClient, ORIGIN } from "./client.ts";

const toOrigin = (model: string) => ({ model, messages: [{ role: "user" as const, content: "Is this spam?" }] });

/** Options of a request with a key of its own. */
const withKey = () => ({ headers: { ...ORIGIN.headers, "idempotency-key": crypto.randomUUID() } });

/** OpenAI's own client, which tries again by itself. */
function retryingClient(options: ConstructorParameters<typeof OpenAI>[0] = {}): OpenAI {
	return new OpenAI({ apiKey: STACK_KEYS.keeping, baseURL: `${inject("stackUrl")}/v1`, maxRetries: 5, ...options });
}

const callsOf = async (cascade: string) => (await callsTo(inject("fakeOriginUrl"), cascade)).length;

/** A network that loses the first answer once the Worker has sent it. */
function losingTheFirst(): { readonly fetch: typeof fetch; readonly lost: Response[] } {
	const lost: Response[] = [];
	return {
		lost,
		async fetch(...request) {
			const response = await fetch(...request);
			if (lost.length > 0) return response;
			await response.clone().text();
			lost.push(response);
			throw new TypeError("fetch failed");
		},
	};
}

describe("OpenAI's own client with an idempotency key", () => {
	it("has the answer that was lost on its way, from its own retry, and the origin is asked once", async () => {
		const network = losingTheFirst();
		const before = await callsOf("kept-plain");
		const asking = retryingClient({ fetch: network.fetch }).chat.completions.create(toOrigin("kept-plain"), withKey());
		const { data, response } = await asking.withResponse();
		const [lost] = network.lost;
		expect(data).toEqual(await lost?.json());
		expect(response.headers.get("x-cascade-replayed")).toBe("true");
		expect(response.headers.get("x-cascade-replayed-request")).toBe(lost?.headers.get("x-request-id"));
		expect(data).toHaveProperty("_request_id", response.headers.get("x-request-id"));
		expect((await callsOf("kept-plain")) - before).toBe(1);
	});

	it("has a stream that was lost on its way likewise", async () => {
		const network = losingTheFirst();
		const before = await callsOf("kept-drip");
		const request = { ...toOrigin("kept-drip"), stream: true as const };
		const { data, response } = await retryingClient({ fetch: network.fetch })
			.chat.completions.create(request, withKey())
			.withResponse();
		let content = "";
		for await (const chunk of data) content += chunk.choices[0]?.delta.content ?? "";
		expect(content).toBe("naïve 日本語 👍🏽 answer");
		expect(response.headers.get("x-cascade-replayed")).toBe("true");
		expect((await callsOf("kept-drip")) - before).toBe(1);
	});

	it("has one answer of three requests at once, two of them by its own retry", async () => {
		const before = await callsOf("kept-plain");
		const options = withKey();
		const ask = async () => retryingClient().chat.completions.create(toOrigin("kept-plain"), options);
		const answers = await Promise.all([ask(), ask(), ask()]);
		expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
		expect((await callsOf("kept-plain")) - before).toBe(1);
	});

	it("does not try again what can never be answered: a key of another request", async () => {
		const options = withKey();
		await openaiClient(STACK_KEYS.keeping).chat.completions.create(toOrigin("kept-plain"), options);
		let sent = 0;
		const client = retryingClient({ fetch: (...request) => (sent++, fetch(...request)) });
		const other = client.chat.completions.create({ ...toOrigin("kept-plain"), temperature: 0 }, options);
		await expect(other).rejects.toMatchObject({ status: 422, code: "idempotency_key_reused" });
		expect(sent).toBe(1);
	});

	it("is told that a cascade keeps no text", async () => {
		const asking = openaiClient().chat.completions.create(toOrigin("plain"), withKey());
		await expect(asking).rejects.toMatchObject({
			status: 400,
			code: "idempotency_unavailable",
			param: "Idempotency-Key",
		});
	});
});

it("a client that leaves a stream, over a real connection, gives the key back at once", async () => {
	const options = withKey();
	const cascade = "kept-endless";
	const begin = () =>
		openaiClient(STACK_KEYS.keeping).chat.completions.create({ ...toOrigin(cascade), stream: true }, options);
	const first = await begin();
	const before = await callsOf(cascade);
	for await (const _chunk of first) first.controller.abort();
	// The lease would end half a minute after the cascade's minute.
	const second = await vi.waitUntil(
		() =>
			begin().catch((error: unknown) => {
				expect(error).toMatchObject({ status: 409, code: "idempotency_in_progress" });
				return false as const;
			}),
		{ timeout: 10_000, interval: 50 },
	);
	second.controller.abort();
	expect((await callsOf(cascade)) - before).toBe(1);
	expect(await callerLeft(inject("fakeOriginUrl"), cascade, 5_000)).toBe(true);
});
