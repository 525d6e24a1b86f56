import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import { problemOfCommand, problemOfName } from "./check-command.ts";
import { problemsOfCurl } from "./check-curl.ts";
import { codeBlocks, codeSpans, DOCUMENTS, type CodeBlock } from "./markdown.ts";
import { shellCommands } from "./shell.ts";

const blocks = DOCUMENTS.flatMap((file) => codeBlocks(file));
const of = (...languages: readonly string[]) => blocks.filter(({ language }) => languages.includes(language));
const place = ({ file, line }: CodeBlock) => `${file}:${line}`;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

// Within the repository, where the samples' imports are found.
mkdirSync(".wrangler", { recursive: true });
const folder = mkdtempSync(".wrangler/samples-");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("Samples in the documents", () => {
	it("are in languages that are checked here", () => {
		const known = ["", "json", "jsonl", "sh", "sql", "toml", "ts", "yaml"];
		expect(blocks.filter(({ language }) => !known.includes(language)).map(place)).toEqual([]);
	});

	it("are there to be checked, of each language", () => {
		for (const language of ["json", "jsonl", "sh", "toml", "ts", "yaml"])
			expect(of(language), language).not.toEqual([]);
	});

	it.each(of("json").map((block) => [place(block), block.text] as const))("of JSON parse: %s", (_, text) => {
		const value: unknown = JSON.parse(text);
		if (isObject(value) && "cascades" in value) expect(parseTenantPolicy(value)).toMatchObject({ ok: true });
	});

	it.each(of("jsonl").map((block) => [place(block), block.text] as const))("of JSON lines parse: %s", (_, text) => {
		for (const line of text.split("\n")) expect(isObject(JSON.parse(line))).toBe(true);
	});

	it.each(of("toml", "yaml").map((block) => [place(block), block] as const))(
		"of TOML and YAML parse, by the formatter's parsers: %s",
		(_, { language, text }) => {
			const { status, stderr } = spawnSync("oxfmt", [`--stdin-filepath=sample.${language}`], {
				input: text,
				encoding: "utf8",
			});
			expect([status, stderr]).toEqual([0, ""]);
		},
	);
});

describe("TypeScript in the documents", () => {
	/** What fragments of a program take for granted. */
	const PRELUDE = `
import type OpenAI_ from "openai";
declare global {
	const client: OpenAI_;
	const request: OpenAI_.ChatCompletionCreateParamsNonStreaming;
	const prompt: string;
	const generateText: typeof import("ai").generateText;
	const openai: typeof import("@ai-sdk/openai").openai;
}
`;

	it("is right by the compiler's own types of the clients", () => {
		const own = mkdtempSync(join(folder, "types-"));
		writeFileSync(join(own, "prelude.d.ts"), PRELUDE);
		for (const block of of("ts"))
			writeFileSync(join(own, `${place(block).replaceAll(/[/:]/gu, "-")}.ts`), `${block.text}\nexport {};\n`);
		writeFileSync(
			join(own, "tsconfig.json"),
			JSON.stringify({
				extends: "../../../tsconfig.json",
				compilerOptions: { types: ["node"], skipLibCheck: true },
				include: ["*.ts"],
				exclude: [],
			}),
		);
		const { status, stdout } = spawnSync("tsc", ["-p", own], { encoding: "utf8" });
		expect([status, stdout]).toEqual([0, ""]);
	});
});

describe("Commands in the documents", () => {
	const commands = of("sh").flatMap((block) => shellCommands(block.text).map((words) => ({ at: place(block), words })));
	const named = (name: string) =>
		commands
			.map(({ at, words }) => ({ at, words: words[0] === "npx" ? words.slice(1) : words }))
			.filter(({ words }) => words[0] === name)
			.map(({ at, words }) => [`${at} ${words.join(" ").slice(0, 60)}`, words] as const);

	it.each(named("curl"))("that ask the Worker name its routes and send what it takes: %s", (_, words) => {
		expect(problemsOfCurl(words)).toEqual([]);
	});

	it.each(named("cascade"))("of the command line are taken by it: %s", async (_, words) => {
		expect(await problemOfCommand(words.slice(1))).toBeNull();
	});

	it("of the command line are right also in sentences", () => {
		const spans = DOCUMENTS.flatMap((file) => codeSpans(file).map((code) => [file, code] as const));
		const wrong = spans.flatMap(([file, code]) => {
			const words = code.replace(/^npx /u, "").split(/[ |]/u);
			if (words[0] !== "cascade" || words.length === 1) return [];
			const problem = problemOfName(words.slice(1));
			return problem === null ? [] : [`${file}: ${code}: ${problem}`];
		});
		expect(wrong).toEqual([]);
	});

	it("that are npm's run scripts that are there, and in sentences too", async () => {
		const { scripts } = (await import("../../package.json", { with: { type: "json" } })).default;
		const spans = DOCUMENTS.flatMap((file) => codeSpans(file)).map((code) => code.split(" "));
		const run = [...commands.map(({ words }) => words), ...spans].filter(
			([first, second, third]) => first === "npm" && second === "run" && third !== undefined,
		);
		const missing = run
			.map(([, , script = ""]) => script.replace(/,$/u, ""))
			.filter((script) => !Object.hasOwn(scripts, script));
		expect(missing).toEqual([]);
	});
});

describe("What checks the samples", () => {
	it("refuses a route that is not there, a method, and a body that our parsers refuse", () => {
		const chat = "http://127.0.0.1:8787/v1/chat/completions";
		expect(problemsOfCurl(["curl", "http://127.0.0.1:8787/v1/chat"])).toEqual(["there is no GET /v1/chat"]);
		expect(problemsOfCurl(["curl", chat])).toEqual(["there is no GET /v1/chat/completions"]);
		expect(problemsOfCurl(["curl", chat, "-d", "{"])[0]).toMatch(/^its body is no JSON/u);
		expect(problemsOfCurl(["curl", chat, "-d", '{"model": "a", "messages": [{"role": "nobody"}]}'])).not.toEqual([]);
		expect(problemsOfCurl(["curl", "$API/tenants/a/nothing"])).toEqual(["there is no GET /admin/v1/tenants/a/nothing"]);
		expect(problemsOfCurl(["curl", "$API/tenants", "-d", '{"name": 1}'])).not.toEqual([]);
		expect(problemsOfCurl(["curl", "$API/tenants", "-d", '{"tenant": "acme"}'])).toEqual([]);
	});

	it("refuses commands and options that are not there, and arguments that are missing", async () => {
		expect(await problemOfCommand(["tune", "LOG", "--target", "0.05"])).toBeNull();
		expect(await problemOfCommand(["tune", "LOG", "--target", "0.05", "--targets", "0.05"])).toMatch(
			/unknown option '--targets'/u,
		);
		expect(await problemOfCommand(["evaluate"])).toMatch(/missing required argument/u);
		expect(await problemOfCommand(["policy", "put", "FILE"])).not.toBeNull();
		expect(problemOfName(["policy", "set", "FILE"])).toBeNull();
		expect(problemOfName(["policy", "put"])).toMatch(/there is no 'put'/u);
		expect(problemOfName(["tune", "--targets"])).toMatch(/has no --targets/u);
	});
});
