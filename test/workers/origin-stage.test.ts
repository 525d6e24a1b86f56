import { describe, expect, it } from "vitest";
import { createOriginStage } from "../../src/adapters/origin-stage.ts";
import type { StageCall } from "../../src/cascade/ports.ts";
import { FakeClock } from "../cascade/fakes.ts";
import { exampleBody, exampleRequest } from "../core/examples.ts";

const ORIGIN = { baseUrl: "https://origin.example/v1", key: "secret" };

/** What an origin stage sends for this call, where the policy says this of its log-probabilities. */
async function sentFor(differences: Partial<StageCall>, logprobs?: boolean, baseUrl = ORIGIN.baseUrl) {
	const sent: { url: string; headers: Headers; body: Record<string, unknown> }[] = [];
	const fetcher: typeof fetch = async (url, init) => {
		const body = JSON.parse(String(init?.body)) as Record<string, unknown>;
		sent.push({ url: String(url), headers: new Headers(init?.headers), body });
		return Response.json(exampleBody());
	};
	const call: StageCall = {
		request: exampleRequest({ body: { temperature: 0.7, seed: 3 } }),
		model: "large",
		purpose: "answer",
		maxOutputTokens: 100,
		signal: new AbortController().signal,
		timeoutMs: 1_234.5,
		requestId: "req_1",
		...differences,
	};
	const result = await createOriginStage({ ...ORIGIN, baseUrl }, new FakeClock(), logprobs, fetcher).complete(call);
	return { result, ...(sent[0] as (typeof sent)[number]) };
}

const verdict: Partial<StageCall> = {
	purpose: "verdict",
	messages: [{ role: "user", content: "yes or no?" }],
	maxOutputTokens: 1,
	temperature: 0,
	topLogprobs: 5,
};

describe("a checker's call to an origin", () => {
	const plain = { model: "large", messages: verdict.messages, max_tokens: 1, temperature: 0 };
	const withLogprobs = { ...plain, logprobs: true, top_logprobs: 5 };

	it.each([
		["asks for log-probabilities where nothing is said of them", undefined, undefined, withLogprobs],
		["asks for none where the stage is said to give none", false, undefined, plain],
		["asks for none where the checker is said to give none", undefined, false, plain],
		["goes by what is said of the checker, before what is said of the stage", false, true, withLogprobs],
		["the other way round too", true, false, plain],
	])("%s", async (_what, ofStage, ofChecker, expected) => {
		const declared = ofChecker === undefined ? {} : { declaredLogprobs: ofChecker };
		const { body } = await sentFor({ ...verdict, ...declared }, ofStage);
		expect(body).toEqual(expected);
	});
});

describe("an origin's whole answer", () => {
	it("is asked for as JSON, also where the client will be sent a stream of it", async () => {
		const { url, headers, body, result } = await sentFor({ request: exampleRequest({ stream: true }) });
		expect(url).toBe("https://origin.example/v1/chat/completions");
		expect(Object.fromEntries(headers)).toEqual({
			accept: "application/json",
			authorization: "Bearer secret",
			"content-type": "application/json",
			"x-request-id": "req_1",
			"x-request-timeout-ms": "1235",
		});
		expect(body).toMatchObject({ model: "large", stream: false });
		expect(result).toMatchObject({ ok: true, value: { text: "4" } });
	});
});

describe("what an answer may hold at most", () => {
	const asked = (body: Readonly<Record<string, unknown>>, maxOutputTokens?: number): Partial<StageCall> => ({
		request: exampleRequest({ body, maxOutputTokens }),
	});

	it.each([
		["https://gpu.example/v1", "large", "max_tokens"],
		["https://gpu.example/v1", "openai/gpt-oss-120b", "max_tokens"],
		["https://gpu.example/v1", "gpt-4o", "max_tokens"],
		["https://notopenai.com/v1", "large", "max_tokens"],
		["https://api.openai.com/v1", "gpt-4o", "max_completion_tokens"],
		["https://acme.openai.azure.com/v1", "deployment", "max_completion_tokens"],
		["https://gateway.example/v1", "openai/o3-mini", "max_completion_tokens"],
		["https://gateway.example/v1", "gpt-5-mini", "max_completion_tokens"],
	])(
		"is told at %s to %s as %s, where the request is bounded and its client says nothing",
		async (url, model, field) => {
			const { body } = await sentFor({ ...asked({}, 100), model }, undefined, url);
			expect({ ...body, messages: null, model: null, stream: null }).toEqual({
				messages: null,
				model: null,
				stream: null,
				[field]: 100,
			});
			const { body: checked } = await sentFor({ ...verdict, model }, undefined, url);
			expect(checked[field]).toBe(1);
		},
	);

	it("is the client's to say, and not said where nothing bounds the request", async () => {
		expect((await sentFor(asked({}))).body).not.toHaveProperty("max_tokens");
		expect((await sentFor(asked({ max_tokens: 7 }, 7))).body).toMatchObject({ max_tokens: 7 });
		const { body } = await sentFor(asked({ max_completion_tokens: 7, max_tokens: null }, 7));
		expect([body["max_completion_tokens"], body["max_tokens"]]).toEqual([7, null]);
	});

	it("is not more by its older name than by the one that was checked", async () => {
		const both = async (older: number, newer: number) => {
			const { body } = await sentFor(asked({ max_tokens: older, max_completion_tokens: newer }, newer));
			return [body["max_tokens"], body["max_completion_tokens"]];
		};
		expect(await both(100_000, 7)).toEqual([7, 7]);
		expect(await both(3, 7)).toEqual([3, 7]);
		expect(await both(7, 7)).toEqual([7, 7]);
	});
});
