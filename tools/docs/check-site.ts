import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";

/**
 * Checks the site that `npm run docs:build` has built: a page for every document, nothing fetched from another host, links that
 * lead to pages and anchors, a search that finds what is in the documents. Ends with 1 and a line for each problem.
 */
const SITE = ".wrangler/site";
const problems: string[] = [];

const files = readdirSync(SITE, { recursive: true }).map(String);
const pages = files.filter((file) => file.endsWith(".html"));
const documents = readdirSync("docs", { recursive: true })
	.map(String)
	.filter((file) => file.endsWith(".md"));

for (const document of documents)
	if (!pages.includes(document.replace(/\.md$/u, ".html"))) problems.push(`docs/${document} has no page`);

for (const page of pages) {
	const html = read(page);
	for (const [tag, , address = ""] of html.matchAll(
		/<(?:script|link|img|iframe|source)\b[^>]*\b(src|href)="([^"]*)"[^>]*>/gu,
	))
		if (/^(?:[a-z]+:)?\/\//iu.test(address)) problems.push(`${page} fetches ${address} (${tag.slice(0, 60)})`);
	for (const [, href = ""] of html.matchAll(/<a\b[^>]*\bhref="([^"]*)"/gu)) checkLink(page, href);
}
for (const file of files.filter((each) => each.endsWith(".css")))
	for (const [, address = ""] of read(file).matchAll(/(?:url\(|@import )["']?([^"')]+)/gu))
		if (/^(?:https?:)?\/\//iu.test(address)) problems.push(`${file} fetches ${address}`);

const index = files.find((file) => file.includes("localSearchIndex"));
if (index === undefined || !/break-?even/iu.test(read(index))) problems.push("the search does not know the documents");

for (const problem of problems) console.warn(problem);
const bytes = files.map((file) => statSync(join(SITE, file))).reduce((sum, { size }) => sum + size, 0);
console.log(`${pages.length} pages, ${(bytes / 1e6).toFixed(1)} MB in ${SITE}: ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

function checkLink(page: string, href: string): void {
	if (/^[a-z]+:/iu.test(href)) {
		if (!href.startsWith("https://")) problems.push(`${page} links to ${href}`);
		return;
	}
	const { pathname, hash } = new URL(href, `http://site/${page}`);
	const path = pathname.slice(1);
	if (extname(path) !== "" && extname(path) !== ".html") {
		if (!existsSync(join(SITE, path))) problems.push(`${page} links to ${href}`);
		return;
	}
	const target = path === "" ? "index.html" : path.endsWith(".html") ? path : `${path}.html`;
	if (!pages.includes(target)) problems.push(`${page} links to ${href}, which is no page`);
	else if (hash.length > 1 && !read(target).includes(`id="${decodeURIComponent(hash.slice(1))}"`))
		problems.push(`${page} links to ${href}, which is no heading`);
}

function read(file: string): string {
	return readFileSync(join(SITE, file), "utf8");
}
