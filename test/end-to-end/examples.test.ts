import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, inject, it } from "vitest";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import { DEMO_KEY } from "../../src/local/demo-records.ts";

/** Those that are programs. */
const EXAMPLES = readdirSync("examples").filter((name) => existsSync(`examples/${name}/main.ts`));

const AMOUNT = String.raw`-?\$\d+\.\d{7}`;
/** What every step says of itself; an answer of the small model has saved something, an escalated one has cost more. */
const EDGE = new RegExp(
	String.raw`^stage edge \(accepted\), confidence [01]\.\d{3}, threshold [\d.]+, cost \$0\.0\d+, saved \$0\.0\d+$`,
	"u",
);
const ORIGIN = new RegExp(
	String.raw`^stage origin \(low-confidence\), confidence 0\.\d{3}, threshold [\d.]+, cost \$0\.0\d+, saved -\$0\.0\d+$`,
	"u",
);
const EITHER = new RegExp(
	String.raw`^stage (edge|origin) \(.+\), confidence .+, cost ${AMOUNT}, saved ${AMOUNT}$`,
	"u",
);

describe("the examples", () => {
	it("are these", () => {
		expect(EXAMPLES.toSorted()).toEqual(["agent", "chat-bot", "content-moderation", "json-extraction", "rag"]);
	});

	it.each(EXAMPLES)("%s has a policy that the parser accepts, with the cascade that it asks for", (name) => {
		const policy = parseTenantPolicy(JSON.parse(readFileSync(`examples/${name}/policy.json`, "utf8")));
		if (!policy.ok) throw new Error(JSON.stringify(policy.error));
		const { cascades, defaults } = policy.value;
		const asked = name === "content-moderation" ? defaults.moderations : "cascade";
		expect(Object.keys(cascades)).toEqual([asked]);
	});

	it("chat-bot streams, and leaves the hard mail to the large model", async () => {
		const lines = await linesOf("chat-bot");
		const bot = lines.flatMap((line, index) => (line.startsWith("bot>") ? [[line, lines[index + 1]]] : []));
		expect(bot).toEqual([
			["bot> spam", expect.stringMatching(EDGE)],
			["bot> ham", expect.stringMatching(ORIGIN)],
		]);
	});

	it("chat-bot streams an answer of many pieces, of the cascade that MODEL names", async () => {
		const lines = await linesOf("chat-bot", ["It was a dark night and the"], { MODEL: "prose" });
		expect(lines.find((line) => line.startsWith("bot>"))?.length).toBeGreaterThan(100);
		expect(lines.at(-1)).toMatch(EITHER);
	});

	it("content-moderation flags one text and passes another", async () => {
		const lines = await linesOf("content-moderation");
		// Its guard is sampled, so now and then it contradicts itself even where it is nearly sure; the verdicts stand.
		expect(lines).toEqual([
			"FLAGGED (illicit): Lower your mortgage payments today",
			expect.stringMatching(EITHER),
			"passed: Re: build fails on Linux",
			expect.stringMatching(EITHER),
			expect.stringMatching(/^(?:FLAGGED \(illicit\)|passed): Hello$/u),
			expect.stringMatching(EITHER),
		]);
	});

	it("json-extraction gives objects of its schema, from either model", async () => {
		const lines = await linesOf("json-extraction");
		const objects = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as unknown);
		expect(objects).toEqual([{ label: "ham" }, { label: "spam" }]);
		expect(lines.filter((line) => line.startsWith("stage "))).toEqual([
			expect.stringMatching(EDGE),
			expect.stringMatching(ORIGIN),
		]);
	});

	it("agent calls its tool for every mail, then says what it did", async () => {
		const stepsOf = (label: string, count: number, stage: RegExp) => [
			`called file_mail({"label":"${label}"}): Filed. The folder now has ${count}.`,
			expect.stringMatching(stage),
			`said: ${label}`,
			expect.stringMatching(stage),
		];
		expect(await linesOf("agent")).toEqual([
			"Subject: Congratulations, you won",
			...stepsOf("spam", 1, EDGE),
			"Subject: Re: build fails on Linux",
			...stepsOf("ham", 1, EDGE),
			"Subject: Hello",
			...stepsOf("ham", 2, ORIGIN),
			"Filed: 1 spam, 2 ham",
		]);
	});

	it("rag finds the mail that a question is about, and answers from it", async () => {
		const answersOf = (subject: string, answer: string, stage: RegExp) => [
			expect.stringMatching(/^Can I trust .+\?$/u),
			expect.stringMatching(new RegExp(String.raw`^found: Subject: ${subject} \(similarity 0\.\d\d\)$`, "u")),
			answer,
			expect.stringMatching(stage),
		];
		expect(await linesOf("rag")).toEqual([
			"4 mails embedded, 256 numbers each",
			...answersOf("Lower your mortgage payments today", "No, it is spam.", EDGE),
			...answersOf("Re: build fails on Linux", "Yes, it is ham.", EDGE),
			...answersOf("Hello", "Yes, it is ham.", ORIGIN),
		]);
	});

	it("rag answers from another mail where another is asked about", async () => {
		const lines = await linesOf("rag", ["Who books the table for lunch?"]);
		expect(lines[2]).toMatch(/^found: Subject: Lunch /u);
	});

	it.each(EXAMPLES)("%s ends with an error where the key is not accepted", async (name) => {
		const ending = linesOf(name, [], { API_KEY: "wrong" });
		await expect(ending).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining("401") });
	});
});

/** Runs an example as its reader would, and gives the lines that it prints, without indents and empty ones; a failure rejects. */
async function linesOf(
	name: string,
	given: readonly string[] = [],
	environment: Readonly<Record<string, string>> = {},
): Promise<string[]> {
	const { stdout } = await promisify(execFile)(process.execPath, [`examples/${name}/main.ts`, ...given], {
		env: { ...process.env, BASE_URL: `${inject("stackUrl")}/v1`, API_KEY: DEMO_KEY, ...environment },
	});
	return stdout.split("\n").flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
}
