import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const text = readFileSync("docs/threat-model.md", "utf8");
const sections = new Map(
	text.split(/^#{2,3} /mu).map((section) => [section.split("\n", 1)[0] ?? "", section] as const),
);

/** The tests that a text names: a file, and the titles between it and the next one. */
function namedTests(section: string): readonly (readonly [file: string, title: string])[] {
	return [...section.matchAll(/^- `(test\/[\w./-]+\.ts)`(.*)$/gmu)].flatMap(([, file = "", rest = ""]) =>
		[...rest.matchAll(/“([^”]+)”/gu)].map(([, title = ""]) => [file, title] as const),
	);
}

describe("the threat model", () => {
	it.each(namedTests(text))("names a test that is there: %s, %s", (file, title) => {
		expect(existsSync(file), file).toBe(true);
		const titles = readFileSync(file, "utf8").replaceAll(/\s+/gu, " ");
		expect(titles.includes(`"${title}"`) || titles.includes(`\`${title}\``), title).toBe(true);
	});

	it.each(Array.from({ length: 10 }, (_, index) => `API${index + 1}`))("shows %s by a test", (risk) => {
		const [, section = ""] = [...sections].find(([heading]) => heading.startsWith(`${risk}:`)) ?? [];
		expect(namedTests(section)).not.toEqual([]);
	});

	it("names a title in every line that names a test", () => {
		const lines = [...text.matchAll(/^- `test\/.*$/gmu)].map(([line]) => line);
		expect(lines.filter((line) => namedTests(line).length === 0)).toEqual([]);
	});
});

describe("SECURITY.md", () => {
	it("links only to files and headings that are there", () => {
		const links = [...readFileSync("SECURITY.md", "utf8").matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/gu)];
		expect(links.length).toBeGreaterThan(3);
		for (const [, path = "", anchor] of links) {
			expect(existsSync(path), path).toBe(true);
			if (anchor === undefined) continue;
			const anchors = [...readFileSync(path, "utf8").matchAll(/^#+ (.*)$/gmu)].map(([, heading = ""]) =>
				heading
					.toLowerCase()
					.replaceAll(/[^\w -]/gu, "")
					.replaceAll(" ", "-"),
			);
			expect(anchors).toContain(anchor);
		}
	});
});
