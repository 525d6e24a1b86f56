import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Every document for readers, from the repository's root. */
export const DOCUMENTS: readonly string[] = [
	"README.md",
	"SECURITY.md",
	...["docs", "examples"]
		.flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => join(folder, String(file))))
		.filter((file) => file.endsWith(".md"))
		.toSorted(),
];

/** One fenced block. `line` is that of its fence, from 1. */
export interface CodeBlock {
	readonly file: string;
	readonly line: number;
	/** The word behind the fence; empty without one. */
	readonly language: string;
	/** Without the indentation of the list that it stands in. */
	readonly text: string;
}

const FENCE = /^( *)(`{3,})([\w-]*)[^`]*$/u;

/** The fenced blocks of a document; one that is not closed throws. */
export function codeBlocks(file: string, text: string = readFileSync(file, "utf8")): readonly CodeBlock[] {
	const blocks: CodeBlock[] = [];
	let open: {
		readonly line: number;
		readonly indent: string;
		readonly fence: string;
		readonly language: string;
	} | null = null;
	let lines: string[] = [];
	for (const [index, line] of text.split("\n").entries()) {
		const [, indent = "", fence = "", language = ""] = FENCE.exec(line) ?? [];
		if (open === null) {
			if (fence !== "") open = { line: index + 1, indent, fence, language };
			lines = [];
		} else if (line.trim() === open.fence) {
			blocks.push({ file, line: open.line, language: open.language, text: lines.join("\n") });
			open = null;
		} else lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
	}
	if (open !== null) throw new Error(`${file}:${open.line}: the block is not closed`);
	return blocks;
}

/** A document without its blocks, and without code in its lines. */
export function proseOf(file: string, text: string = readFileSync(file, "utf8")): string {
	const prose: string[] = [];
	let fence = "";
	for (const line of text.split("\n")) {
		const [, , opening = ""] = FENCE.exec(line) ?? [];
		if (fence === "" && opening !== "") fence = opening;
		else if (fence !== "" && line.trim() === fence) fence = "";
		else if (fence === "") prose.push(line);
	}
	return prose.join("\n").replaceAll(/(`+)(?:(?!\1).)+\1(?!`)/gsu, "");
}

/** The code in a document's lines, not of its blocks. */
export function codeSpans(file: string): readonly string[] {
	const text = readFileSync(file, "utf8").replaceAll(/^ *(`{3,}).*?^ *\1$/gmsu, "");
	return [...text.matchAll(/(?<!`)`([^`]+)`(?!`)/gu)].map(([, code = ""]) => code.replaceAll(/\s+/gu, " "));
}

/** What may stand behind `#` in a link to this document: anchors of headings as GitHub makes them, the second of a name with `-1`. */
export function anchorsOf(file: string): ReadonlySet<string> {
	const seen = new Map<string, number>();
	const headings = readFileSync(file, "utf8")
		.replaceAll(/^ *(`{3,}).*?^ *\1$/gmsu, "")
		.matchAll(/^#{1,6} (.*)$/gmu);
	return new Set(
		[...headings].map(([, heading = ""]) => {
			const slug = heading
				.replaceAll("`", "")
				.trim()
				.toLowerCase()
				.replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc} -]/gu, "")
				.replaceAll(" ", "-");
			const earlier = seen.get(slug) ?? 0;
			seen.set(slug, earlier + 1);
			return earlier === 0 ? slug : `${slug}-${earlier}`;
		}),
	);
}

/** Where a document's links and images lead. */
export function linksOf(file: string): readonly string[] {
	return [...proseOf(file).matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/gu)].map(([, target = ""]) => target);
}
