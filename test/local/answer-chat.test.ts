import { describe, expect, it } from "vitest";
import { answerChat } from "../../src/local/answer-chat.ts";
import { mailPrompt } from "../../src/local/models/mail-prompt.ts";
import { seededRandom } from "../../src/local/sample.ts";
import { streamChat } from "../../src/local/stream-chat.ts";
import { identity, labelModel, languageModel, model, noRandom, readMails, request } from "./read-fixtures.ts";

const mails = await readMails();
const small = model("@local/mail-small");

function leastSureMail() {
	const sureness = (mail: (typeof mails)[number]) => labelModel("@local/mail-small").distribution(mail)[0].logprob;
	return mails.toSorted((left, right) => sureness(left) - sureness(right))[0] ?? { subject: "", body: "" };
}

function firstMail() {
	return mails[0] ?? { subject: "", body: "" };
}

function answer(name: string, body: Readonly<Record<string, unknown>>) {
	return answerChat(model(name), request(body), noRandom, identity);
}

const labelTool = {
	type: "function",
	function: {
		name: "label_mail",
		parameters: {
			type: "object",
			properties: { label: { type: "string", enum: ["spam", "ham"] } },
			required: ["label"],
		},
	},
};

describe("a label model's answer", () => {
	it("is one token with the log-probabilities of both labels", () => {
		const body = { messages: mailPrompt(firstMail()), temperature: 0, logprobs: true, top_logprobs: 5 };
		const completion = answer("@local/mail-small", body);
		const [choice] = completion.choices;
		const [first, second] = labelModel("@local/mail-small").distribution(firstMail());
		expect(choice?.message).toEqual({ role: "assistant", content: first.label, refusal: null });
		expect(choice?.finish_reason).toBe("stop");
		expect(choice?.logprobs?.content).toHaveLength(1);
		expect(choice?.logprobs?.content[0]?.logprob).toBe(first.logprob);
		expect(choice?.logprobs?.content[0]?.bytes).toEqual([...new TextEncoder().encode(first.label)]);
		expect(choice?.logprobs?.content[0]?.top_logprobs.map((entry) => entry.token)).toEqual([first.label, second.label]);
		expect(completion.usage.completion_tokens).toBe(1);
	});

	it("has null log-probabilities unless they were asked for", () => {
		expect(
			answer("@local/mail-small", { messages: mailPrompt(firstMail()), temperature: 0 }).choices[0]?.logprobs,
		).toBeNull();
	});

	it("is the same for the same seed", () => {
		const body = { messages: mailPrompt(leastSureMail()), seed: 7, n: 8, logprobs: true };
		expect(answer("@local/mail-small", body)).toEqual(answer("@local/mail-small", body));
	});

	it("is drawn in proportion to the probabilities, and at a higher temperature more evenly", () => {
		const share = (temperature: number) => {
			const body = request({ messages: mailPrompt(leastSureMail()), temperature, n: 16 });
			const random = seededRandom(1, "draws");
			const draws = Array.from({ length: 250 }, () => answerChat(small, body, random, identity).choices).flat();
			return draws.filter((choice) => choice.message.content === "spam").length / draws.length;
		};
		const entries = labelModel("@local/mail-small").distribution(leastSureMail());
		const spam = Math.exp(entries.find((entry) => entry.label === "spam")?.logprob ?? 0);
		// Four standard errors of 4,000 draws.
		expect(Math.abs(share(1) - spam)).toBeLessThan(4 * Math.sqrt(0.25 / 4_000));
		expect(Math.abs(share(2) - 0.5)).toBeLessThanOrEqual(Math.abs(spam - 0.5) + 4 * Math.sqrt(0.25 / 4_000));
	});

	it("keeps the probabilities of temperature 1 whatever the temperature", () => {
		const logprobAt = (temperature: number) => {
			const body = { messages: mailPrompt(firstMail()), temperature, seed: 1, logprobs: true, top_logprobs: 2 };
			return answer("@local/mail-small", body).choices[0]?.logprobs?.content[0]?.top_logprobs;
		};
		expect(logprobAt(0)).toEqual(logprobAt(2));
	});

	it("is a JSON object with certain structure tokens under response_format", () => {
		const body = {
			messages: mailPrompt(firstMail()),
			temperature: 0,
			logprobs: true,
			response_format: { type: "json_object" },
		};
		const [choice] = answer("@local/mail-small", body).choices;
		const [first] = labelModel("@local/mail-small").distribution(firstMail());
		expect(JSON.parse(choice?.message.content ?? "")).toEqual({ label: first.label });
		expect(choice?.logprobs?.content.map((token) => token.token)).toEqual(['{"', "label", '":"', first.label, '"}']);
		expect(choice?.logprobs?.content.map((token) => token.logprob)).toEqual([0, 0, 0, first.logprob, 0]);
	});

	it("is a tool call when a tool takes a label, unless tools are forbidden", () => {
		const body = { messages: mailPrompt(firstMail()), temperature: 0, tools: [labelTool] };
		const [choice] = answerChat(small, request(body), () => 0.5, identity).choices;
		const [first] = labelModel("@local/mail-small").distribution(firstMail());
		expect(choice?.finish_reason).toBe("tool_calls");
		expect(choice?.message.content).toBeNull();
		expect(choice?.message.tool_calls?.[0]?.function).toEqual({
			name: "label_mail",
			arguments: JSON.stringify({ label: first.label }),
		});
		expect(answer("@local/mail-small", { ...body, tool_choice: "none" }).choices[0]?.message.content).toBe(first.label);
	});

	it("is text once the tool has answered", () => {
		const messages = [
			...mailPrompt(firstMail()),
			{ role: "assistant", content: null, tool_calls: [{ id: "call_1" }] },
			{ role: "tool", tool_call_id: "call_1", content: "moved" },
		];
		const [choice] = answer("@local/mail-small", { messages, temperature: 0, tools: [labelTool] }).choices;
		const [first] = labelModel("@local/mail-small").distribution(firstMail());
		expect(choice?.message).toEqual({ role: "assistant", content: first.label, refusal: null });
		expect(choice?.finish_reason).toBe("stop");
	});

	it("ignores a tool whose labels are not its own", () => {
		const parameters = { type: "object", properties: { label: { enum: ["urgent", "later"] } } };
		const tools = [{ type: "function", function: { name: "sort", parameters } }];
		const [choice] = answer("@local/mail-small", { messages: mailPrompt(firstMail()), temperature: 0, tools }).choices;
		expect(choice?.message.tool_calls).toBeUndefined();
	});

	it("is cut by the token limit and says so", () => {
		const body = {
			messages: mailPrompt(firstMail()),
			temperature: 0,
			max_tokens: 3,
			response_format: { type: "json_object" },
		};
		const [choice] = answer("@local/mail-small", body).choices;
		expect(choice?.message.content).toBe('{"label":"');
		expect(choice?.finish_reason).toBe("length");
	});
});

describe("the checker's answer", () => {
	function verdict(proposed: string) {
		const [, user] = mailPrompt(firstMail());
		const content = `<question>\n${user.content}\n</question>\n<answer>\n${proposed}\n</answer>\nIs the answer correct? Reply with one word: yes or no.`;
		const messages = [
			{ role: "system", content: "You check answers." },
			{ role: "user", content },
		];
		return answer("@local/mail-checker", { messages, temperature: 0, logprobs: true, top_logprobs: 2 }).choices[0];
	}

	it("says yes to one label and no to the other, with opposite probabilities", () => {
		const spam = verdict("spam");
		const ham = verdict("ham");
		expect(new Set([spam?.message.content, ham?.message.content])).toEqual(new Set(["yes", "no"]));
		expect(spam?.logprobs?.content[0]?.logprob).toBe(ham?.logprobs?.content[0]?.logprob);
		expect(spam?.logprobs?.content[0]?.top_logprobs).toHaveLength(2);
	});

	it("reads the label out of a JSON answer, and out of a moderator's verdict", () => {
		expect(verdict('{"label":"spam"}')?.logprobs).toEqual(verdict("spam")?.logprobs);
		expect(verdict("unsafe\nillicit")?.logprobs).toEqual(verdict("spam")?.logprobs);
		expect(verdict("safe")?.logprobs).toEqual(verdict("ham")?.logprobs);
	});

	it("is no when the answer names no label or both", () => {
		expect(verdict("I cannot tell")?.message.content).toBe("no");
		expect(verdict("spam or ham")?.message.content).toBe("no");
	});

	it("is informative about mistakes of the small model", () => {
		const checker = labelModel("@local/mail-checker");
		const meanYes = (wanted: boolean) => {
			const views = mails.flatMap((mail) => {
				const proposed = labelModel("@local/mail-small").distribution(mail)[0].label;
				if ((proposed === mail.label) !== wanted) return [];
				return [Math.exp(checker.distribution(mail).find((entry) => entry.label === proposed)?.logprob ?? 0)];
			});
			return views.reduce((sum, view) => sum + view, 0) / views.length;
		};
		expect(meanYes(true)).toBeGreaterThan(meanYes(false) + 0.3);
	});
});

describe("a prose model's answer", () => {
	const messages = [{ role: "user", content: "Tell me about the white whale" }];

	it("continues up to the token limit when the paragraph may not end", () => {
		const body = { messages, seed: 3, max_completion_tokens: 300, ignore_eos: true, logprobs: true, top_logprobs: 3 };
		const [choice] = answer("prose-large", body).choices;
		expect(choice?.finish_reason).toBe("length");
		expect(choice?.logprobs?.content).toHaveLength(300);
		expect(choice?.logprobs?.content.map((token) => token.token).join("")).toBe(choice?.message.content);
		for (const token of choice?.logprobs?.content ?? []) {
			expect(token.logprob).toBeLessThan(0);
			expect(token.top_logprobs).toHaveLength(3);
		}
	});

	it("stops at the end of a paragraph", () => {
		const choices = answer("@local/prose-small", { messages, seed: 1, n: 8, max_tokens: 2_000 }).choices;
		expect(choices.map((choice) => choice.finish_reason)).toContain("stop");
		for (const choice of choices) expect(choice.message.content).not.toContain("\n\n");
	});

	it("reports true log-probabilities", () => {
		const prose = languageModel("prose-large");
		const [choice] = answer("prose-large", { messages, temperature: 0, max_tokens: 1, logprobs: true }).choices;
		const probabilities = prose.nextTokenProbabilities(prose.encode(" white whale"));
		expect(Math.exp(choice?.logprobs?.content[0]?.logprob ?? 0)).toBeCloseTo(Math.max(...probabilities), 12);
	});

	it("ends before a stop sequence", () => {
		const [choice] = answer("prose-large", {
			messages,
			seed: 5,
			max_tokens: 200,
			ignore_eos: true,
			stop: ["e"],
		}).choices;
		expect(choice?.finish_reason).toBe("stop");
		expect(choice?.message.content).not.toContain("e");
	});
});

describe("a streamed answer", () => {
	it.each([
		["@local/mail-small", { messages: mailPrompt(firstMail()), seed: 1, logprobs: true, n: 2 }],
		["@local/mail-small", { messages: mailPrompt(firstMail()), seed: 1, response_format: { type: "json_object" } }],
		["prose-large", { messages: [{ role: "user", content: "Call me" }], seed: 1, max_tokens: 40 }],
	])("of %s is the complete answer in pieces", (name, body) => {
		const chunks = streamChat(model(name), request(body), noRandom, identity);
		for (const complete of answer(name, body).choices) {
			const pieces = chunks.flatMap((chunk) => chunk.choices.filter((choice) => choice.index === complete.index));
			expect(pieces[0]?.delta.role).toBe("assistant");
			expect(pieces.map((piece) => piece.delta.content ?? "").join("")).toBe(complete.message.content);
			expect(pieces.flatMap((piece) => piece.logprobs?.content ?? [])).toEqual(complete.logprobs?.content ?? []);
			expect(pieces.map((piece) => piece.finish_reason).filter((reason) => reason !== null)).toEqual([
				complete.finish_reason,
			]);
		}
	});

	it("carries usage only when asked, in a last chunk without choices", () => {
		const body = { messages: mailPrompt(firstMail()), seed: 1, stream: true };
		const without = streamChat(small, request(body), noRandom, identity);
		expect(without.some((chunk) => "usage" in chunk)).toBe(false);
		const included = streamChat(
			small,
			request({ ...body, stream_options: { include_usage: true } }),
			noRandom,
			identity,
		);
		expect(included.at(-1)?.choices).toEqual([]);
		expect(included.at(-1)?.usage?.completion_tokens).toBe(1);
	});

	it("names the tool once and streams its arguments as text", () => {
		const body = request({ messages: mailPrompt(firstMail()), tools: [labelTool] });
		const chunks = streamChat(small, body, () => 0.5, identity);
		const calls = chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
		expect(calls.filter((call) => call.id !== undefined)).toHaveLength(1);
		expect(Object.keys(JSON.parse(calls.map((call) => call.function.arguments).join("")) as object)).toEqual(["label"]);
	});
});
