import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { probeModels, type ModelFindings } from "../../../src/cli/probe/probe-model.ts";
import { describeOutcome, type ProbeName } from "../../../src/cli/probe/outcome.ts";
import type { ProbedModel } from "../../../src/cli/probe/probed-models.ts";
import { ok } from "../../../src/core/result.ts";
import type { FakeServer } from "../../support/fake-server.ts";
import { chat, KEY, startFakeModel, startLocalModels, type FakeInputs } from "./models.ts";

const workersAi = (model: string): ProbedModel => ({ adapter: "workers-ai", model, origin: undefined, uses: [] });
const ofOrigin = (model: string): ProbedModel => ({ adapter: "openai", model, origin: "gpu", uses: [] });

/** The findings with each outcome as a line; those not asked are left out. */
function lines({ outcomes }: ModelFindings): Partial<Record<ProbeName, string>> {
	const asked = Object.entries(outcomes).filter(([, { result }]) => result !== "not-asked");
	return Object.fromEntries(asked.map(([name, outcome]) => [name, describeOutcome(outcome)]));
}

async function probeAt(url: string, model: ProbedModel, timeoutMs = 20_000): Promise<ModelFindings> {
	const [findings] = await probeModels([model], () => ok({ url, key: KEY }), timeoutMs);
	if (findings === undefined) throw new Error("nothing was found");
	return findings;
}

async function probeFake(
	model: ProbedModel,
	answer: Parameters<typeof startFakeModel>[0],
	timeoutMs?: number,
): Promise<ModelFindings> {
	const server = await startFakeModel(answer);
	try {
		return await probeAt(server.url, model, timeoutMs);
	} finally {
		await server.stop();
	}
}

describe("a probe of the real local models", () => {
	let server: FakeServer;
	beforeAll(async () => {
		server = await startLocalModels();
	});
	afterAll(() => server.stop());
	const probeEdge = (model: string) => probeAt(`${server.url}/client/v4/accounts/local/ai/run`, workersAi(model));

	it("finds all of OpenAI's API in a chat model of Workers AI", async () => {
		const findings = await probeEdge("@local/mail-small");
		expect(findings.shape).toBe("chat-completions");
		expect(lines(findings)).toEqual({
			answer: 'yes: "spam"',
			logprobs: "yes: 2 alternatives a token",
			tools: "yes: arguments are text",
			toolChoice: "yes",
			jsonObject: "yes",
			jsonSchema: "yes",
			stream: "yes",
			streamUsage: "yes",
			choices: "yes",
			stop: "yes",
			seed: expect.stringMatching(/^(?:yes|unclear: another seed gives the same answer)$/u),
			maxTokens: "yes",
		});
	});

	it("finds what the native shape lacks", async () => {
		const findings = await probeEdge("@local/mail-small-native");
		expect(findings.shape).toBe("native");
		expect(lines(findings)).toMatchObject({
			logprobs: "no",
			tools: "yes: arguments are an object",
			jsonSchema: "yes",
			streamUsage: "yes",
			choices: "no",
			maxTokens: "no: gives no finish reason",
		});
	});

	it("finds that prose cannot be JSON or a tool call, and repeats by seed", async () => {
		const findings = await probeAt(`${server.url}/v1`, ofOrigin("prose-large"));
		expect(lines(findings)).toMatchObject({
			logprobs: "yes: 20 alternatives a token",
			tools: "no: answers in text",
			jsonObject: expect.stringMatching(/^refused \(400\): .*cannot answer in JSON/u),
			stop: "yes",
			seed: "yes",
			maxTokens: "yes",
		});
	});

	it("tells a classifier and a guard, of which little else can be asked", async () => {
		const classifier = await probeEdge("@local/mail-classifier");
		expect(classifier.shape).toBe("text-classification");
		expect(lines(classifier)).toEqual({ answer: expect.stringMatching(/^yes: "spam 0\.\d\d"$/u) });
		const guard = await probeEdge("@local/mail-guard");
		expect(guard.shape).toBe("llama-guard");
		expect(lines(guard)).toEqual({ answer: expect.stringContaining("safe"), jsonObject: "yes" });
	});

	it("tells a moderation endpoint of an origin", async () => {
		const findings = await probeAt(`${server.url}/v1`, ofOrigin("mail-moderation"));
		expect(findings.shape).toBe("moderations");
		expect(lines(findings)).toEqual({ answer: 'yes: "flagged"' });
	});

	it("cannot ask a model that does not exist, nor with another key", async () => {
		expect(await probeEdge("@local/nothing")).toMatchObject({
			shape: null,
			problem: "refused (400): No such model @local/nothing or task",
		});
		const wrongKey = () => ok({ url: `${server.url}/v1`, key: "wrong" });
		const [findings] = await probeModels([ofOrigin("mail-large")], wrongKey, 20_000);
		expect(findings).toMatchObject({ shape: null, problem: "401: Incorrect API key provided" });
	});
});

describe("a probe of a model that misbehaves", () => {
	it("believes no log-probability that is missing, positive or of another text", async () => {
		const withLogprobs = (logprobs: unknown) =>
			probeFake(ofOrigin("m"), (inputs) => chat("spam", inputs["logprobs"] === true ? { logprobs } : {}));
		const outcome = async (logprobs: unknown) => lines(await withLogprobs(logprobs)).logprobs;
		expect(await outcome([{ token: "spam", logprob: null }])).toBe("no: 1 of 1 tokens without a usable number");
		expect(
			await outcome([
				{ token: "sp", logprob: -1 },
				{ token: "am", logprob: 0.1 },
			]),
		).toBe("no: 1 of 2 tokens without a usable number");
		expect(await outcome([])).toBe("no: for no token");
		expect(await outcome([{ token: "ham", logprob: -1 }])).toBe("unclear: the tokens are not those of the text");
		expect(await outcome([{ token: "spam", logprob: 0 }])).toBe("yes: 0 alternatives a token");
		expect(await outcome("none")).toBe("no");
	});

	it("asks for fewer alternatives where twenty are refused", async () => {
		const findings = await probeFake(ofOrigin("m"), (inputs) => {
			if (inputs["top_logprobs"] === 20) return { status: 400, body: { error: { message: "at most 5" } } };
			const top = Array.from({ length: 5 }, () => ({ token: "x", logprob: -3 }));
			return chat(
				"spam",
				inputs["logprobs"] === true ? { logprobs: [{ token: "spam", logprob: -1, top_logprobs: top }] } : {},
			);
		});
		expect(lines(findings).logprobs).toBe("yes: 5 alternatives a token, 20 are refused");
	});

	it("tells a tool that is called only when the model likes from one that can be forced", async () => {
		const call = {
			choices: [
				{
					message: { content: null, tool_calls: [{ function: { name: "label_mail", arguments: '{"label":"spam"}' } }] },
				},
			],
		};
		const findings = await probeFake(ofOrigin("m"), (inputs) => {
			if (inputs["tools"] === undefined) return chat("spam");
			return inputs["tool_choice"] === undefined ? { body: call } : { status: 400, body: { error: "no tool_choice" } };
		});
		expect(lines(findings)).toMatchObject({
			tools: "yes: arguments are text",
			toolChoice: "refused (400): no tool_choice",
		});
		const always = await probeFake(ofOrigin("m"), (inputs) =>
			inputs["tools"] === undefined ? chat("spam") : { body: call },
		);
		expect(lines(always)).toMatchObject({
			tools: "yes: arguments are text",
			toolChoice: "no: calls a tool where none is allowed",
		});
	});

	it.each([
		[{ name: "label_mail", arguments: '{"label":"maybe"}' }, "no: arguments break the schema"],
		[{ name: "label_mail", arguments: "{" }, "no: arguments break the schema"],
		[{ name: "other", arguments: '{"label":"spam"}' }, "no: calls another tool"],
		[null, "no: answers in text"],
	])("takes no other call for one: %j", async (fn, expected) => {
		const body = { choices: [{ message: { content: "", tool_calls: fn === null ? null : [{ function: fn }] } }] };
		const findings = await probeFake(ofOrigin("m"), (inputs) =>
			inputs["tools"] === undefined ? chat("spam") : { body },
		);
		expect(lines(findings).tools).toBe(expected);
	});

	it("says no where parameters are ignored", async () => {
		let count = 0;
		const findings = await probeFake(ofOrigin("m"), (inputs) =>
			inputs["seed"] === undefined ? chat("It is spam.", { tokens: 4 }) : chat(`text ${(count += 1)}`),
		);
		expect(lines(findings)).toEqual({
			answer: 'yes: "It is spam."',
			logprobs: "no",
			tools: "no: answers in text",
			toolChoice: "no: answers in text",
			jsonObject: "no: answers in text",
			jsonSchema: "no: answers in text",
			stream: "no: answers without streaming",
			streamUsage: "no: answers without streaming",
			choices: "no",
			stop: "no",
			seed: "no",
			maxTokens: "no: wrote 4 tokens where 2 were allowed",
		});
	});

	it("concludes nothing from an answer that changes, or that was short anyway", async () => {
		const findings = await probeFake(ofOrigin("m"), (inputs) =>
			chat(inputs.stop === undefined ? "spam" : "eh", { tokens: 1 }),
		);
		expect(lines(findings)).toMatchObject({
			stop: "unclear: another answer came back",
			seed: "unclear: another seed gives the same answer",
			maxTokens: "unclear: the answer was short enough",
		});
	});

	it("gives a model that thinks first more room", async () => {
		const rooms = new Set<number | undefined>();
		const findings = await probeFake(ofOrigin("m"), (inputs) => {
			rooms.add(inputs.max_tokens);
			return (inputs.max_tokens ?? 0) < 100
				? chat("", { finish: "length", tokens: inputs.max_tokens ?? 0 })
				: chat("spam");
		});
		expect(lines(findings)).toMatchObject({ answer: 'yes: "spam"', maxTokens: "yes" });
		expect(rooms).toEqual(new Set([32, 512, 2]));
	});

	it("knows a guard that answers chats, and a chat model that merely says safe", async () => {
		const guard = (inputs: FakeInputs) => ({
			body: {
				result: {
					response: inputs["response_format"] === undefined ? "\n\nunsafe\nS2" : { safe: false, categories: ["S2"] },
				},
				success: true,
			},
		});
		expect((await probeFake(workersAi("@cf/guard"), guard)).shape).toBe("llama-guard");
		expect((await probeFake(ofOrigin("m"), () => chat("Safe mail: ham"))).shape).toBe("chat-completions");
	});

	it("does not know the shape of what it has never seen", async () => {
		const findings = await probeFake(workersAi("@cf/odd"), () => ({ body: { result: { image: "…" }, success: true } }));
		expect(findings).toMatchObject({ shape: "unknown", outcomes: { answer: { result: "no" } } });
	});

	it("reads Cloudflare's errors, also under a good status", async () => {
		const body = { result: null, success: false, errors: [{ code: 5007, message: "No such model" }] };
		for (const status of [200, 400]) {
			expect(await probeFake(workersAi("@cf/none"), () => ({ status, body }))).toMatchObject({
				shape: null,
				problem: `refused (${status}): No such model`,
			});
		}
	});

	it.each([
		[500, "<html><title>Oops</title><body>\u001b[31mBad\u0000 gateway</body></html>", "500: Oops [31mBad gateway"],
		[429, { error: { message: "slow down" } }, "429: slow down"],
		[302, "", "302"],
	])("could not be asked where a server answers %i, and says so in plain text", async (status, body, problem) => {
		expect(await probeFake(ofOrigin("m"), () => ({ status, body }))).toMatchObject({ shape: null, problem });
	});

	it("could not be asked where nothing answers", async () => {
		const server = await startFakeModel(() => undefined);
		await server.stop();
		const { shape, problem } = await probeAt(server.url, ofOrigin("m"));
		expect(shape).toBeNull();
		expect(problem).toContain("ECONNREFUSED");
	});

	it("gives up on a model that hangs", async () => {
		const findings = await probeFake(ofOrigin("m"), () => undefined, 100);
		expect(findings).toMatchObject({ shape: null, problem: "no answer in time" });
	});

	it("goes on after one probe that hangs", async () => {
		const findings = await probeFake(
			ofOrigin("m"),
			(inputs) => (inputs["tools"] === undefined ? chat("spam") : undefined),
			1_000,
		);
		expect(lines(findings)).toMatchObject({ tools: "unclear: no answer in time", jsonObject: "no: answers in text" });
	});

	it("shows no key that a server repeats", async () => {
		const findings = await probeFake(ofOrigin("m"), () => ({
			status: 401,
			body: { error: { message: `bad key ${KEY}` } },
		}));
		expect(findings.problem).toBe("401: bad key [key]");
	});

	it.each([
		null,
		[],
		"text",
		{ choices: [] },
		{ choices: [null] },
		{ choices: [{ message: 1 }] },
		{ response: 7 },
		{ results: [1] },
	])("never breaks on %j", async (body) => {
		const findings = await probeFake(ofOrigin("m"), () => ({ body }));
		expect([null, "unknown", "native"]).toContain(findings.shape);
	});
});

describe("probes of several models", () => {
	it("ask at most two at once, and each one's requests one after another", async () => {
		const running = new Map<string | undefined, number>();
		let most = 0;
		const server = await startFakeModel(({ model }) => {
			running.set(model, (running.get(model) ?? 0) + 1);
			most = Math.max(most, running.size);
			return chat("spam");
		});
		const models = ["a", "b", "c", "d"].map(ofOrigin);
		const findings = await probeModels(models, () => ok({ url: server.url, key: undefined }), 20_000);
		await server.stop();
		expect(findings.map(({ model }) => model.model)).toEqual(["a", "b", "c", "d"]);
		expect(new Set(running.values()).size).toBe(1);
		expect(most).toBe(4);
	});

	it("leave out one without an address and ask the others", async () => {
		const server = await startFakeModel(() => chat("spam"));
		const findings = await probeModels(
			[workersAi("@cf/a"), ofOrigin("m")],
			({ adapter }) =>
				adapter === "openai" ? ok({ url: server.url, key: undefined }) : { ok: false, error: "no address" },
			20_000,
		);
		await server.stop();
		expect(findings).toMatchObject([{ shape: null, url: null, problem: "no address" }, { shape: "chat-completions" }]);
	});
});
