import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";

const documents = [
	"README.md",
	"examples/README.md",
	...readdirSync("docs", { recursive: true }).map((file) => join("docs", String(file))),
];
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

describe.each(documents.filter((file) => file.endsWith(".md")))("%s", (file) => {
	const text = readFileSync(file, "utf8");

	it("names only files that exist", () => {
		const named = [...text.matchAll(/`((?:src|test|docs|bench|tools|examples)\/[\w./-]+)`/gu)].map(
			([, path]) => path ?? "",
		);
		expect(named.filter((path) => !existsSync(path))).toEqual([]);
	});

	it("links only to files that exist", () => {
		const links = [...text.matchAll(/\]\(([^):#]+\.md)\)/gu)].map(([, path]) => path ?? "");
		expect(links.filter((path) => !existsSync(join(file, "..", path)))).toEqual([]);
	});

	it("shows only policies that the parser accepts", () => {
		const blocks = [...text.matchAll(/```json\n(.*?)```/gsu)].map(([, json]) => JSON.parse(json ?? "") as unknown);
		for (const block of blocks.filter((each) => typeof each === "object" && each !== null && "cascades" in each))
			expect(parseTenantPolicy(block)).toMatchObject({ ok: true });
	});

	it("names only npm scripts that exist", () => {
		const named = [...text.matchAll(/npm run ([\w:-]+)/gu)].map(([, script]) => script ?? "");
		expect(named.filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
	});
});
