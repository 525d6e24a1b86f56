import { describe, expect, it } from "vitest";
import { EDGE_COST_USD } from "../support/cascades.ts";
import { FAKE_USAGE } from "../support/openai-answers.ts";
import { readEvents } from "../support/read-events.ts";
import { ask, send } from "./ask.ts";
import { publishTenant } from "./tenant.ts";

const EDGE = { "x-cascade-route": "edge" };
const USAGE = { stream_options: { include_usage: true } };

async function stream(
	model: string,
	fields: Readonly<Record<string, unknown>> = {},
	headers: Record<string, string> = EDGE,
) {
	const tenant = await publishTenant({ edge: { model, logprobs: model === "@fake/choices" } });
	return { ...(await readEvents(await send(tenant, { stream: true, ...fields }, headers))), tenant };
}

describe.each(["@fake/choices", "@fake/native"])("a stream of %s on Workers AI", (model) => {
	it("reaches the client in OpenAI's chunks", async () => {
		const reply = await stream(model);
		expect(reply).toMatchObject({
			status: 200,
			content: "spam",
			finishReasons: ["stop"],
			done: true,
			error: undefined,
		});
		expect(reply.chunks[0]).toMatchObject({
			object: "chat.completion.chunk",
			id: expect.any(String),
			created: expect.any(Number),
		});
		expect(reply.chunks[0]?.choices[0]?.delta.role).toBe("assistant");
		expect(reply.facts).toMatchObject({ stage: "edge", reason: "forced" });
		expect(reply.facts?.costUsd).toBeCloseTo(EDGE_COST_USD, 12);
	});

	it("ends with the usage where the client asked for it", async () => {
		const reply = await stream(model, USAGE);
		expect(reply.chunks.at(-1)).toMatchObject({ choices: [], usage: FAKE_USAGE });
	});

	it("is asked for with the most tokens to generate", async () => {
		const [call] = await (await stream(model)).tenant.workersAiCalls();
		expect(call?.body).toMatchObject({ stream: true, max_tokens: 4_096 });
	});
});

describe("a stream of Workers AI that fails before its first event", () => {
	it.each([
		["an error status", "@fake/error-3040", 429],
		["an error event", "@fake/stream-error-first", 502],
		["nothing", "@fake/stream-empty", 502],
		["garbage", "@fake/garbage", 502],
	])("with %s is a proper status", async (_what, model, status) => {
		const { status: got, body } = await ask({ edge: { model } }, { stream: true }, EDGE);
		expect(got).toBe(status);
		expect(body.error.type).toBe(status === 429 ? "rate_limit_error" : "server_error");
	});
});

describe("an answer of the edge that was judged", () => {
	it("is sent as a stream in one go, by the client's wish", async () => {
		const reply = await stream("@fake/choices", USAGE, {});
		expect(reply).toMatchObject({ content: "spam", finishReasons: ["stop"], done: true, comments: 0 });
		expect(reply.headers.get("x-cascade-stage")).toBe("edge");
		expect(reply.headers.get("x-cascade-reason")).toBe("accepted");
		expect(reply.chunks.at(-1)).toMatchObject({
			choices: [],
			usage: FAKE_USAGE,
			cascade: { stage: "edge", reason: "accepted" },
		});
		expect(reply.chunks.every((chunk) => chunk.model === "cascade")).toBe(true);
		// Judged means held: the upstream was asked for a whole answer.
		expect((await reply.tenant.workersAiCalls())[0]?.body).not.toHaveProperty("stream");
	});
});
