import { describe, expect, it } from "vitest";
import { classificationMessages, moderationMessages } from "../../src/core/task-prompt.ts";
import { MODERATION_CATEGORIES } from "../../src/openai/moderations/categories.ts";
import { answerChat } from "../../src/local/answer-chat.ts";
import { mailPrompt } from "../../src/local/models/mail-prompt.ts";
import { identity, labelModel, model, noRandom, readMails, request } from "./read-fixtures.ts";

const mails = await readMails();
const small = model("@local/mail-small");

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

describe("a stated confidence", () => {
	const tag = "k3Xp-9_q";
	const asked = {
		role: "system",
		content: `Label it. End with <confidence-${tag}>NN</confidence-${tag}>, from 0 to 100.`,
	};
	const mail = { role: "user", content: `Subject: ${firstMail().subject}\n\n${firstMail().body}` };
	const body = { messages: [asked, mail], temperature: 0, logprobs: true, top_logprobs: 2 };

	it("is the probability of the label in steps of 5, in a line after it", () => {
		for (const { subject } of mails) {
			const user = { role: "user", content: `Subject: ${subject}` };
			const [choice] = answer("@local/mail-small", { ...body, messages: [asked, user] }).choices;
			const [label, line, ...rest] = (choice?.message.content ?? "").split("\n");
			const [first] = labelModel("@local/mail-small").distribution({ subject, body: "" });
			const stated = Number(new RegExp(`^<confidence-${tag}>(\\d+)</confidence-${tag}>$`, "u").exec(line ?? "")?.[1]);
			expect(label).toBe(first.label);
			expect(rest).toEqual([]);
			expect(stated % 5).toBe(0);
			expect(Math.abs(stated - 100 * Math.exp(first.logprob))).toBeLessThanOrEqual(2.5);
		}
	});

	it("is of the label that was drawn, however unlikely", () => {
		const unlikely = { ...body, temperature: 2 };
		const drawn = answerChat(small, request(unlikely), () => 0.999_999, identity).choices[0]?.message.content ?? "";
		const [first, second] = labelModel("@local/mail-small").distribution(firstMail());
		expect(drawn.startsWith(second.label)).toBe(true);
		expect(Number(/>(\d+)</u.exec(drawn)?.[1])).toBeLessThanOrEqual(50);
		expect(first.logprob).toBeGreaterThan(second.logprob);
	});

	it("counts in the usage, and only the label is uncertain", () => {
		const completion = answer("@local/mail-small", body);
		const tokens = completion.choices[0]?.logprobs?.content ?? [];
		expect(tokens.map(({ token }) => token).join("")).toBe(completion.choices[0]?.message.content);
		expect(tokens).toHaveLength(9);
		expect(tokens.slice(1).every(({ logprob }) => logprob === 0)).toBe(true);
		expect(tokens[0]?.logprob).toBeLessThan(0);
		expect(completion.usage.completion_tokens).toBe(9);
	});

	it("is cut off by the token limit", () => {
		const [choice] = answer("@local/mail-small", { ...body, max_tokens: 4 }).choices;
		expect(choice?.message.content).toMatch(new RegExp(`^(?:spam|ham)\n<confidence-${tag}$`, "u"));
		expect(choice?.finish_reason).toBe("length");
	});

	it("is not given where a user asked for it, in JSON, in a tool call, by a checker or in prose", () => {
		const system = { role: "system", content: "Label it." };
		const texts = [
			answer("@local/mail-small", { ...body, messages: [system, { role: "user", content: asked.content }] }),
			answer("@local/mail-small", { ...body, response_format: { type: "json_object" } }),
			answerChat(small, request({ ...body, tools: [labelTool] }), () => 0.5, identity),
			answer("@local/mail-checker", body),
			answer("prose-large", { ...body, seed: 1, max_tokens: 50 }),
		].map((completion) => JSON.stringify(completion.choices[0]?.message));
		for (const text of texts) expect(text).not.toContain("confidence-");
	});
});

describe("a verdict", () => {
	const system = { role: "system", content: 'Answer "safe", or "unsafe" and its categories in a second line.' };
	const ask = (name: string, mail: (typeof mails)[number], more: object = {}) =>
		answer(name, {
			messages: [system, { role: "user", content: `Subject: ${mail.subject}\n\n${mail.body}` }],
			temperature: 0,
			logprobs: true,
			top_logprobs: 2,
			...more,
		}).choices[0];

	it.each(["@local/mail-small", "mail-large"])(
		"of %s calls spam unsafe, with the label's own probabilities",
		(name) => {
			for (const mail of mails) {
				const [first, second] = labelModel(name).distribution(mail);
				const word = { spam: "unsafe", ham: "safe" };
				const choice = ask(name, mail);
				expect(choice?.message.content).toBe(first.label === "spam" ? "unsafe\nillicit" : "safe");
				expect(choice?.logprobs?.content[0]?.top_logprobs.map(({ token, logprob }) => [token, logprob])).toEqual([
					[word[first.label], first.logprob],
					[word[second.label], second.logprob],
				]);
			}
		},
	);

	it("is one word in JSON", () => {
		const spam = mails.find((mail) => labelModel("mail-large").distribution(mail)[0].label === "spam");
		const json_schema = { name: "verdict", schema: { properties: { verdict: { enum: ["safe", "unsafe"] } } } };
		const choice = ask("mail-large", spam ?? mails[0]!, { response_format: { type: "json_schema", json_schema } });
		expect(JSON.parse(choice?.message.content ?? "")).toEqual({ verdict: "unsafe" });
	});
});

describe("an answer under a JSON schema", () => {
	const schema = { type: "object", properties: { 'the "kind"': { enum: ["spam", "ham"] } } };
	it.each([
		["as OpenAI wraps it", { name: "mail", schema }],
		["as Workers AI takes it", schema],
	])("uses the property that lists the labels, %s", (_case, json_schema) => {
		const body = {
			messages: mailPrompt(firstMail()),
			temperature: 0,
			response_format: { type: "json_schema", json_schema },
		};
		const [choice] = answer("@local/mail-small", body).choices;
		const [first] = labelModel("@local/mail-small").distribution(firstMail());
		expect(JSON.parse(choice?.message.content ?? "")).toEqual({ 'the "kind"': first.label });
	});
});

describe("the product's own prompts", () => {
	const text = "Subject: FREE money, click here\n\nGuaranteed!";

	it.each(["@local/mail-small", "mail-large"])("are answered by %s as they ask", (name) => {
		const ask = (messages: readonly object[]) => answer(name, { messages, temperature: 0 }).choices[0]?.message.content;
		const labels = [{ name: "ham", description: "wanted mail" }, { name: "spam" }];
		expect(ask(classificationMessages(text, labels, "Be strict."))).toBe("spam");
		expect(ask(moderationMessages(text, MODERATION_CATEGORIES))).toBe("unsafe\nillicit");
	});
});
