import type { Context } from "hono";
import { describe, expect, it } from "vitest";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import type { Cascade } from "../../src/core/tenant-policy.ts";
import { err, ok } from "../../src/core/result.ts";
import { answerTasks, type TaskEndpoint } from "../../src/http/answer-tasks.ts";
import { STREAM_TIMES, type AppPorts } from "../../src/http/app-ports.ts";
import { after, answering, failing, FakeClock, fakeStage, inTurn, type Behaviour } from "../cascade/fakes.ts";
import { noBudget } from "../support/no-budget.ts";
import { noRateTier } from "../support/no-rate-tier.ts";
import { exampleCascade, exampleRequest, FULL_MODEL, originStage } from "../core/examples.ts";

const LABELS = ["a", "b"];

/** Sends so many texts to a cascade of one stage that behaves so. */
async function classify(texts: number, behaviour: Behaviour, changes: Partial<Cascade> = {}, isList = true) {
	const clock = new FakeClock();
	const stage = fakeStage(clock, behaviour, FULL_MODEL);
	const cascade = exampleCascade({ stages: [originStage], ...changes });
	const policy = {
		version: 1 as const,
		cascades: { chat: cascade },
		embeddings: {},
		defaults: {},
		limits: { maxBodyBytes: 1_000, maxOutputTokens: 100 },
	};
	const published = { revision: 1, sequence: 1, publishedAt: 1, suspended: false, canary: null, policy };
	const ports: AppPorts = {
		clock,
		keys: { find: async () => ok({ tenant: "t", scopes: ["inference"] }) },
		policies: { read: async () => ok(published) },
		resolveStage: async () => ok(stage),
		embed: async () => err({ kind: "unreachable" }),
		rateLimiter: noRateTier,
		spendingOf: noBudget,
		recordFeedback: async () => err("no-tenant"),
		observations: { record: () => {} },
		times: STREAM_TIMES,
	};
	const task = { kind: "classification", text: "t", labels: LABELS } as const;
	const endpoint: TaskEndpoint = {
		name: "classifications",
		parse: () =>
			ok({
				model: "chat",
				isList,
				requests: Array.from({ length: texts }, () => exampleRequest({ task })),
				encode: (answers) => JSON.stringify(answers.map(({ answer }) => answer.text)),
			}),
	};
	const raw = new Request("https://edge.example/v1/classifications", {
		method: "POST",
		headers: { authorization: "Bearer key" },
		body: "{}",
	});
	const began = clock.now();
	const response = await clock.until(answerTasks(endpoint, { req: { raw } } as Context, ports, "req_1"));
	const body: unknown = await response.json();
	return {
		status: response.status,
		body,
		ms: clock.now() - began,
		timeouts: stage.calls.map((call) => call.timeoutMs),
	};
}

describe("the time of a batch", () => {
	it("is the cascade's, however many texts there are: one whose turn comes late has what is left", async () => {
		const { status, ms, timeouts } = await classify(12, after(4_000, answering("a")), { timeoutMs: 10_000 });
		expect(status).toBe(200);
		expect(timeouts).toEqual([...Array<number>(6).fill(10_000), ...Array<number>(6).fill(6_000)]);
		expect(ms).toBe(8_000);
	});

	it("is over at its end, and the text that it was too short for is named", async () => {
		const { status, body, ms, timeouts } = await classify(32, after(4_000, answering("a")), { timeoutMs: 10_000 });
		expect(status).toBe(504);
		expect(body).toMatchObject({ error: { code: "upstream_timeout", param: "input[12]" } });
		expect(ms).toBe(10_000);
		expect(timeouts.slice(12)).toEqual(Array<number>(6).fill(2_000));
	});

	it("is told as the policy has it where a text's turn came too late to be asked", async () => {
		const { body, timeouts } = await classify(7, after(9_600, answering("a")), { timeoutMs: 10_000 });
		expect(timeouts).toHaveLength(6);
		expect(body).toMatchObject({ error: { param: "input[6]", message: expect.stringContaining("10000 ms") } });
	});

	it("is the whole of it for one text", async () => {
		expect((await classify(1, answering("b"), { timeoutMs: 10_000 })).timeouts).toEqual([10_000]);
	});
});

describe("the field at fault", () => {
	const paramOf = async (failure: StageFailure, isList = true) => {
		const behaviour = isList ? inTurn(answering("a"), failing(failure)) : failing(failure);
		const { body } = await classify(isList ? 2 : 1, behaviour, {}, isList);
		return (body as { error: { param: unknown } }).error.param;
	};
	const refusal = (param: string | null, code: string | null): StageFailure => ({
		kind: "bad-request",
		message: "No.",
		param,
		code,
	});

	it("is the text's place where a stage refused the chat request that was made of it", async () => {
		for (const failure of [
			refusal(null, null),
			refusal("messages", "context_length_exceeded"),
			refusal("max_tokens", "unsupported_parameter"),
			refusal("model", "model_not_found"),
		]) {
			expect(await paramOf(failure)).toBe("input[1]");
			expect(await paramOf(failure, false)).toBe("input");
		}
	});

	it("is the client's own where that is of all texts: the cascade, the instructions, a label's description", async () => {
		for (const [param, code] of [
			["model", "unsupported_endpoint"],
			["instructions", "unsupported_parameter"],
			["labels[1].description", "unsupported_parameter"],
		] as const) {
			expect(await paramOf(refusal(param, code))).toBe(param);
			expect(await paramOf(refusal(param, code), false)).toBe(param);
		}
	});

	it("is none where one text's stage failed for no fault of the request", async () => {
		expect(await paramOf({ kind: "broken-off" }, false)).toBeNull();
		expect(await paramOf({ kind: "broken-off" })).toBe("input[1]");
	});
});
