import { posix } from "node:path";
import type { MarkdownEnv, MarkdownRenderer } from "vitepress";

/**
 * Documents link to files of the repository, as one reads them there. The site has no such files, so a link that leaves
 * `docs/` becomes its own text, and one to the README, which the site's first page stands for, goes to that page.
 */
export function leaveOutside(markdown: MarkdownRenderer): void {
	markdown.core.ruler.push("leave-outside", ({ tokens, env }) => {
		const folder = posix.dirname((env as MarkdownEnv).relativePath);
		for (const { children } of tokens) {
			const outside: boolean[] = [];
			for (const token of children ?? []) {
				if (token.type === "link_open") {
					const href = token.attrGet("href") ?? "";
					const path = /^\w+:|^[/#]/u.test(href) ? "" : posix.join(folder, href.replace(/#.*$/u, ""));
					if (path === "../README.md") token.attrSet("href", "/");
					outside.push(path.startsWith("../") && path !== "../README.md");
				}
				const leaves = token.type === "link_close" ? outside.pop() : outside.at(-1);
				if (leaves === true && (token.type === "link_open" || token.type === "link_close")) {
					token.type = token.type === "link_open" ? "em_open" : "em_close";
					token.tag = "em";
					token.attrs = null;
				}
			}
		}
	});
}
