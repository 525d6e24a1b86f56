import { describe, expect, it } from "vitest";
import { chat, KEY, startFakeModel, type FakeInputs } from "./models.ts";
import { ofOrigin, probeAt, probeFake, workersAi } from "./probe-one.ts";

describe("a model that is asked", () => {
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
