import { describe, expect, it } from "vitest";
import { chat } from "./models.ts";
import { lines, ofOrigin, probeFake } from "./probe-one.ts";

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

	it("tells a forced call with wrong arguments from a call that cannot be forced", async () => {
		const tool_calls = [{ function: { name: "label_mail", arguments: '{"label":"maybe"}' } }];
		const call = { choices: [{ message: { content: null, tool_calls } }] };
		const findings = await probeFake(ofOrigin("m"), (inputs) =>
			typeof inputs["tool_choice"] === "object" ? { body: call } : chat("spam"),
		);
		expect(lines(findings)).toMatchObject({ tools: "no: arguments break the schema", toolChoice: "yes" });
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

	it("goes on after one probe that hangs", async () => {
		const findings = await probeFake(
			ofOrigin("m"),
			(inputs) => (inputs["tools"] === undefined ? chat("spam") : undefined),
			500,
		);
		expect(lines(findings)).toMatchObject({ tools: "unclear: no answer in time", jsonObject: "no: answers in text" });
	});
});
