import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { probeModels } from "../../../src/cli/probe/probe-model.ts";
import { ok } from "../../../src/core/result.ts";
import { readText, startFakeServer, type FakeServer } from "../../support/fake-server.ts";
import { chat, startFakeModel, startLocalModels } from "./models.ts";
import { lines, ofOrigin, probeAt, workersAi } from "./probe-one.ts";

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

describe("probes of several models", () => {
	it("ask two at once and no more, and each one's requests one after another", async () => {
		const running: string[] = [];
		let most = 0;
		let sawTwo = () => {};
		const twoAtOnce = new Promise<void>((resolve) => (sawTwo = resolve));
		const server = await startFakeServer(async (request, response) => {
			const { model } = JSON.parse(await readText(request)) as { model: string };
			expect(running).not.toContain(model);
			running.push(model);
			most = Math.max(most, running.length);
			if (running.length === 2) sawTwo();
			// Were they asked one after another, the first would wait here for ever.
			await twoAtOnce;
			running.splice(running.indexOf(model), 1);
			response.writeHead(200, { "content-type": "application/json" });
			response.end(JSON.stringify(chat("spam").body));
		});
		const models = ["a", "b", "c", "d", "e"].map(ofOrigin);
		const findings = await probeModels(models, () => ok({ url: server.url, key: undefined }), 20_000);
		await server.stop();
		expect(findings.map(({ model }) => model.model)).toEqual(["a", "b", "c", "d", "e"]);
		expect(most).toBe(2);
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
