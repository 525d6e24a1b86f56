import { readdir, stat } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { WEIGHT_FILE_NAMES, createCatalogue } from "../../src/local/models/catalogue.ts";
import { labelDistribution, parseLabelModel } from "../../src/local/models/label-model.ts";
import { UNKNOWN_TOKEN, parseLanguageModel } from "../../src/local/models/language-model.ts";
import { readWeightsFromDisk } from "../../src/local/models/load-from-disk.ts";
import { lastUserText, mailFromText, mailPrompt } from "../../src/local/models/mail-prompt.ts";
import { proseTokens } from "../../src/local/models/tokenize.ts";
import { labelModel, languageModel, readMails } from "./read-fixtures.ts";

const mails = await readMails();

function shareCorrect(name: string): number {
	const correct = mails.filter((mail) => labelModel(name).distribution(mail)[0].label === mail.label);
	return correct.length / mails.length;
}

describe("label models", () => {
	it("give probabilities that sum to 1, likeliest first", () => {
		for (const mail of mails) {
			const [first, second] = labelModel("@local/mail-small").distribution(mail);
			expect(Math.exp(first.logprob) + Math.exp(second.logprob)).toBeCloseTo(1, 12);
			expect(first.logprob).toBeGreaterThanOrEqual(second.logprob);
		}
	});

	it("stay finite where the log-odds would overflow", () => {
		const [likely, unlikely] = labelDistribution(2_000);
		expect(likely).toEqual({ label: "spam", logprob: -0 });
		expect(unlikely).toEqual({ label: "ham", logprob: -2_000 });
	});

	it("agree with the documented order of quality on the committed mails", () => {
		// The fixture holds 12 mails of 80 that the small model gets wrong.
		expect(shareCorrect("@local/mail-small")).toBeCloseTo(68 / 80, 12);
		expect(shareCorrect("@local/mail-checker")).toBeGreaterThan(0.85);
		expect(shareCorrect("@local/mail-medium")).toBeGreaterThan(0.85);
		expect(shareCorrect("mail-large")).toBeGreaterThan(0.93);
	});

	it("answer an empty mail", () => {
		const [first] = labelModel("mail-large").distribution({ subject: "", body: "" });
		expect(Number.isFinite(first.logprob)).toBe(true);
	});
});

describe("language models", () => {
	const contexts = ["", "the white", "Call me", "of the", "qwertyuiop", "the qwertyuiop", "\n\n"];
	it.each(["@local/prose-small", "prose-large"])("%s gives probabilities that sum to 1 in every context", (name) => {
		const model = languageModel(name);
		for (const context of contexts) {
			const probabilities = model.nextTokenProbabilities(model.encode(context));
			expect(probabilities.length).toBe(model.vocabulary.length);
			expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 9);
			expect(Math.min(...probabilities)).toBeGreaterThan(0);
		}
	});

	it("backs off to the words after one it does not know", () => {
		const model = languageModel("prose-large");
		const [the] = model.encode(" the");
		expect(model.nextTokenProbabilities([UNKNOWN_TOKEN, the ?? 0])).toEqual(model.nextTokenProbabilities([the ?? 0]));
	});

	it("finds the expected word likelier after two words than after one", () => {
		const model = languageModel("prose-large");
		const [dick] = model.encode(" Dick");
		const [moby] = model.encode(" Moby");
		const after = (context: number[]) => model.nextTokenProbabilities(context)[dick ?? 0] ?? 0;
		expect(after([moby ?? 0])).toBeGreaterThan(0.5);
		expect(after([moby ?? 0])).toBeGreaterThan(after([]) * 50);
	});
});

describe("prose tokens", () => {
	it("join to the text they came from", () => {
		const text = "Call me Ishmael. Some years ago—never mind how long—I'd 2 dollars.\n\nNext.";
		expect(proseTokens(text).join("")).toBe(text);
	});
});

describe("weight files", () => {
	it("take less than 2 MB together, and none is left over", async () => {
		const folder = new URL("../../src/local/weights/", import.meta.url);
		const names = (await readdir(folder)).filter((name) => name.endsWith(".bin"));
		expect(names.toSorted()).toEqual(Object.values(WEIGHT_FILE_NAMES).toSorted());
		const sizes = await Promise.all(names.map(async (name) => (await stat(new URL(name, folder))).size));
		expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2_000_000);
	});

	it("are refused when they are something else or cut short", async () => {
		const weights = await readWeightsFromDisk();
		expect(() => parseLabelModel(new ArrayBuffer(16))).toThrow("not a weight file");
		expect(() => parseLabelModel(new ArrayBuffer(0))).toThrow("not a weight file");
		expect(() => parseLabelModel(weights["mail-large"].slice(0, 50_000))).toThrow("cut short");
		expect(() => parseLanguageModel(weights["mail-large"])).toThrow("vocabulary");
	});

	it("name only models the catalogue knows", async () => {
		const find = createCatalogue(await readWeightsFromDisk());
		expect(find("toString")).toBeUndefined();
		expect(find("mail-large")?.kind).toBe("label");
	});
});

describe("mail prompts", () => {
	it("give the mail back", () => {
		for (const mail of mails) {
			expect(mailFromText(lastUserText(mailPrompt(mail)))).toEqual({ subject: mail.subject, body: mail.body });
		}
	});

	it("are read from parts and from the last user message", () => {
		const messages = [
			{ role: "user", content: "Subject: old\n\nold" },
			{ role: "assistant", content: "ham" },
			{
				role: "user",
				content: [
					{ type: "text", text: "Subject: new\n" },
					{ type: "text", text: "\nbody" },
				],
			},
		];
		expect(mailFromText(lastUserText(messages))).toEqual({ subject: "new", body: "body" });
	});

	it("take the first line for the subject when there is no subject line", () => {
		expect(mailFromText("Cheap pills\nBuy now")).toEqual({ subject: "Cheap pills", body: "Buy now" });
	});
});
