import { describe, expect, it } from "vitest";
import { client, EDGE, factsOf, ORIGIN } from "./client.ts";
import { MAILS, mailWhere, SURE_MAIL, UNSURE_MAIL, type JudgedMail } from "./mails.ts";
import type { Chunk } from "../support/read-events.ts";

const ask = (model: string, { messages }: JudgedMail, options = {}) =>
	client.chat.completions.create({ model, temperature: 0, messages }, options).withResponse();

describe("the demo cascade", () => {
	it("serves the small model's answer where its margin is wide enough", async () => {
		const { data } = await ask("cascade", SURE_MAIL);
		expect(data.choices[0]?.message.content).toBe(SURE_MAIL.small.label);
		expect(factsOf(data)).toMatchObject({ stage: "edge", reason: "accepted", threshold: 0.8 });
		expect(factsOf(data).confidence).toBeCloseTo(SURE_MAIL.small.margin, 6);
		expect(factsOf(data).savedUsd).toBeGreaterThan(0);
	});

	it("serves the large model's answer where it is not", async () => {
		const { data } = await ask("cascade", UNSURE_MAIL);
		expect(data.choices[0]?.message.content).toBe(UNSURE_MAIL.large.label);
		expect(factsOf(data)).toMatchObject({ stage: "origin", reason: "low-confidence" });
		expect(factsOf(data).confidence).toBeCloseTo(UNSURE_MAIL.small.margin, 6);
		expect(factsOf(data).savedUsd).toBeLessThan(0);
	});
});

describe("the cascade of three", () => {
	it.each([
		["edge", mailWhere(({ small }) => small.probability > 0.96), "small", ["accepted"]],
		[
			"middle",
			mailWhere(({ small, medium }) => small.probability < 0.94 && medium.probability > 0.96),
			"medium",
			["deferred", "accepted"],
		],
		[
			"origin",
			mailWhere(({ small, medium }) => small.probability < 0.94 && medium.probability < 0.94),
			"large",
			["deferred", "deferred", "accepted"],
		],
	] as const)("ends at its stage %s for a mail that is that hard", async (stage, mail, size, outcomes) => {
		const { data } = await ask("three-stages", mail);
		expect(data.choices[0]?.message.content).toBe(mail[size].label);
		expect(factsOf(data).stage).toBe(stage);
		expect(factsOf(data).trail.map(({ outcome }) => outcome)).toEqual(outcomes);
		expect(factsOf(data).calls.map((call) => call.stage)).toEqual(
			["edge", "middle", "origin"].slice(0, outcomes.length),
		);
	});
});

describe("the cascade whose small model is checked by another", () => {
	it.each([
		["believed", mailWhere(({ checked }) => checked > 0.6), "edge"],
		["doubted", mailWhere(({ checked }) => checked < 0.4), "origin"],
	])("serves by the checker's verdict: %s", async (_what, mail, stage) => {
		const { data } = await ask("verified", mail);
		expect(factsOf(data).stage).toBe(stage);
		// The policy says of the checker, unlike of the small model, that it gives log-probabilities.
		expect(factsOf(data).confidence).toBeCloseTo(mail.checked, 9);
		expect(
			factsOf(data)
				.calls.slice(0, 2)
				.map(({ model, purpose }) => [model, purpose]),
		).toEqual([
			["@local/mail-small-native", "answer"],
			["@local/mail-checker", "verify"],
		]);
		expect(data.choices[0]?.message.content).toBe(stage === "edge" ? mail.small.label : mail.large.label);
	});
});

describe("the client's wish for a stage", () => {
	it.each([
		["the first, for a hard mail", UNSURE_MAIL, EDGE, "edge", "small"],
		["the last, for an easy mail", SURE_MAIL, ORIGIN, "origin", "large"],
	] as const)("is served: %s", async (_which, mail, options, stage, size) => {
		const { data } = await ask("cascade", mail, options);
		expect(data.choices[0]?.message.content).toBe(mail[size].label);
		expect(factsOf(data)).toMatchObject({ stage, reason: "forced", confidence: null, threshold: null });
		expect(factsOf(data).calls).toHaveLength(1);
	});
});

describe("the headers of an answer", () => {
	const mails = [
		["accepted", SURE_MAIL, {}],
		["escalated", UNSURE_MAIL, {}],
		["forced", SURE_MAIL, ORIGIN],
	] as const;

	it.each(mails)("say what its cascade object says: %s", async (_what, mail, options) => {
		const { data, response } = await ask("cascade", mail, options);
		const { headers } = response;
		const facts = factsOf(data);
		const number = (name: string) => (headers.has(name) ? Number(headers.get(name)) : null);
		expect(headers.get("x-cascade-stage")).toBe(facts.stage);
		expect(headers.get("x-cascade-model")).toBe(facts.model);
		expect(headers.get("x-cascade-reason")).toBe(facts.reason);
		expect(number("x-cascade-threshold")).toBe(facts.threshold);
		expect(headers.get("x-cascade-threshold-source")).toBe(facts.threshold === null ? null : "manual");
		if (facts.confidence === null) expect(headers.has("x-cascade-confidence")).toBe(false);
		else expect(number("x-cascade-confidence")).toBeCloseTo(facts.confidence, 5);
		expect(number("x-cascade-cost-usd")).toBeCloseTo(facts.costUsd ?? Number.NaN, 9);
		expect(number("x-cascade-saved-usd")).toBeCloseTo(facts.savedUsd ?? Number.NaN, 9);
		const timed = (headers.get("server-timing") ?? "").split(", ").map((entry) => entry.split(";")[0]);
		const stages = new Set(facts.calls.map(({ stage }) => stage));
		expect(timed.filter((name) => name !== "confidence")).toEqual(["auth", ...stages, "total"]);
		expect(timed.includes("confidence")).toBe(facts.confidence !== null);
	});
});

describe("a streamed answer", () => {
	const prose = { messages: [{ role: "user" as const, content: "Tell me about the white whale" }], max_tokens: 40 };
	it.each([
		["a mail at the edge", { model: "cascade", messages: SURE_MAIL.messages }, {}],
		["a mail at the origin", { model: "cascade", messages: UNSURE_MAIL.messages }, {}],
		[
			"a mail in JSON",
			{ model: "cascade", messages: SURE_MAIL.messages, response_format: { type: "json_object" as const } },
			{},
		],
		["prose of the edge", { model: "prose", ...prose }, EDGE],
		["prose of the origin", { model: "prose", ...prose }, ORIGIN],
	])("is the plain one in pieces: %s", async (_what, body, options) => {
		const request = { ...body, seed: 11, temperature: 0.8 };
		const plain = await client.chat.completions.create(request, options);
		const stream = await client.chat.completions.create(
			{ ...request, stream: true, stream_options: { include_usage: true } },
			options,
		);
		const chunks: Chunk[] = [];
		for await (const chunk of stream) chunks.push(chunk as Chunk);
		const [choice] = plain.choices;
		expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe(choice?.message.content);
		expect(chunks.flatMap((chunk) => chunk.choices[0]?.finish_reason ?? [])).toEqual([choice?.finish_reason]);
		expect(chunks.at(-1)?.usage).toEqual(plain.usage);
		expect(factsOf(chunks.at(-1))).toMatchObject({ stage: factsOf(plain).stage, reason: factsOf(plain).reason });
	});
});

describe("requests at the same time", () => {
	it("each get the answer to their own mail", async () => {
		const mails = MAILS.slice(0, 24);
		const answers = await Promise.all(mails.map((mail) => ask("cascade", mail)));
		for (const [index, mail] of mails.entries()) {
			const data = answers[index]?.data;
			const facts = factsOf(data);
			expect(facts.confidence).toBeCloseTo(mail.small.margin, 6);
			expect(data?.choices[0]?.message.content).toBe(facts.stage === "edge" ? mail.small.label : mail.large.label);
		}
		expect(new Set(answers.map(({ request_id: id }) => id)).size).toBe(mails.length);
		expect(new Set(answers.map(({ data }) => factsOf(data).stage))).toEqual(new Set(["edge", "origin"]));
	});

	it("each get the stream of their own question", async () => {
		const questions = Array.from({ length: 16 }, (_, index) => `question ${index} ${"x".repeat(index * 50)}`);
		const answers = await Promise.all(
			questions.map(async (content) => {
				const stream = client.chat.completions.stream(
					{ model: "plain", messages: [{ role: "user", content }] },
					ORIGIN,
				);
				return (await stream.finalChatCompletion()).choices[0]?.message.content;
			}),
		);
		expect(answers).toEqual(questions.map((question) => `origin: ${question}`));
	});

	it("of several cascades are each answered by their own", async () => {
		const mail = mailWhere(({ small, medium }) => small.probability < 0.94 && medium.probability > 0.96);
		const models = ["cascade", "three-stages", "verified", "cascade", "three-stages", "verified"];
		const answers = await Promise.all(models.map((model) => ask(model, mail)));
		expect(answers.map(({ data }) => data.model)).toEqual(models);
		const stages = answers.map(({ data }) => factsOf(data).stage);
		expect(stages[1]).toBe("middle");
		expect(stages.slice(3)).toEqual(stages.slice(0, 3));
	});
});
