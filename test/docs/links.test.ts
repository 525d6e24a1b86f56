import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorsOf, codeBlocks, codeSpans, DOCUMENTS, linksOf, proseOf } from "./markdown.ts";

const isElsewhere = (link: string) => /^[a-z][\w+.-]*:/iu.test(link);

describe.each(DOCUMENTS)("%s", (file) => {
	const links = linksOf(file);

	it("links to files that are there", () => {
		const paths = links.filter((link) => !isElsewhere(link)).map((link) => link.split("#")[0] ?? "");
		expect(paths.filter((path) => path !== "" && !existsSync(join(dirname(file), path)))).toEqual([]);
	});

	it("links to headings that are there", () => {
		const missing = links.filter((link) => {
			const [path = "", anchor] = link.split("#");
			if (isElsewhere(link) || anchor === undefined) return false;
			const target = path === "" ? file : join(dirname(file), path);
			return !existsSync(target) || !statSync(target).isFile() || !anchorsOf(target).has(anchor);
		});
		expect(missing).toEqual([]);
	});

	// Whether they answer is not asked: that would be a test of somebody else's server.
	it("links elsewhere by https and a well-formed address", () => {
		const malformed = links.filter((link) => isElsewhere(link) && !(URL.canParse(link) && link.startsWith("https://")));
		expect(malformed).toEqual([]);
	});

	it("begins with one heading, and skips no level below it", () => {
		const levels = [...proseOf(file).matchAll(/^(#{1,6}) /gmu)].map(([, marks = ""]) => marks.length);
		expect(levels[0]).toBe(1);
		expect(levels.filter((level) => level === 1)).toHaveLength(1);
		expect(levels.filter((level, index) => level > (levels[index - 1] ?? 0) + 1)).toEqual([]);
	});
});

describe("the documents' reader", () => {
	it("tells blocks with their language and line, and takes the indentation of their list away", () => {
		const text = "# A\n\n1. Do:\n\n   ```sh\n   a\n     b\n   ```\n\n````md\n```\n````\n";
		expect(codeBlocks("a.md", text)).toEqual([
			{ file: "a.md", line: 5, language: "sh", text: "a\n  b" },
			{ file: "a.md", line: 10, language: "md", text: "```" },
		]);
		expect(() => codeBlocks("a.md", "```sh\na")).toThrow("a.md:1");
	});

	it("leaves code out of prose", () => {
		expect(proseOf("a.md", "see `[x](y)` and ``a`b`` here\n```\n[x](z)\n```\nend")).toBe("see  and  here\nend");
	});

	it("makes anchors as GitHub does", () => {
		expect(anchorsOf("docs/deploying.md")).toContain("a-new-version-and-back");
		expect(anchorsOf("docs/performance.md")).toContain("what-auditing-adds-to-an-answer");
	});

	it("finds links and code in the documents that have them", () => {
		expect(linksOf("docs/index.md")).toContain("quick-start.md");
		expect(codeSpans("docs/faq.md")).toContain("npx cascade probe");
	});
});

describe("the site's navigation", () => {
	const config = readFileSync("site/.vitepress/config.ts", "utf8");
	const named = [...config.matchAll(/page\("[^"]+", "([^"]+)"\)/gu)].map(([, path = ""]) => `docs/${path}.md`);

	it("leads to pages that are there", () => {
		expect(named.filter((path) => path !== "docs/dashboard.md" && !existsSync(path))).toEqual([]);
	});

	it("leaves no page out", () => {
		const pages = DOCUMENTS.filter((file) => /^docs\/[^/]+\.md$/u.test(file) && file !== "docs/index.md");
		expect(pages.filter((file) => !named.includes(file))).toEqual([]);
	});
});
