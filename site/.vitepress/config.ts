import { readdirSync, readFileSync } from "node:fs";
import { defineConfig, type DefaultTheme } from "vitepress";
import { leaveOutside } from "./links.ts";
import { slugOf } from "./slug.ts";
import { vueOfSite } from "./vue-of-site.ts";

const page = (text: string, link: string): DefaultTheme.SidebarItem => ({ text, link: `/${link}` });

/** Every decision, by its number and its heading. */
function decisions(): DefaultTheme.SidebarItem[] {
	const folder = new URL("../../docs/decisions/", import.meta.url);
	const files = readdirSync(folder).filter((file) => file.endsWith(".md"));
	return files.toSorted().map((file) => {
		const heading = /^# (.*)$/mu.exec(readFileSync(new URL(file, folder), "utf8"))?.[1];
		return page(heading ?? file, `decisions/${file.replace(/\.md$/u, "")}`);
	});
}

/** The documents by who reads them; a page that is not here is found by the search and by links. */
const sidebar: DefaultTheme.SidebarItem[] = [
	{
		text: "Begin",
		items: [
			page("Quick start", "quick-start"),
			page("When a cascade saves money", "savings"),
			page("Compared with other gateways", "comparison"),
			page("Questions", "faq"),
			page("Glossary", "glossary"),
		],
	},
	{
		text: "Application developers",
		items: [
			page("Endpoints", "endpoints"),
			page("Choosing a confidence method", "choosing-confidence"),
			page("Confidence methods, formulas", "confidence"),
			page("What models give: probe", "probe"),
		],
	},
	{
		text: "Operators",
		items: [
			page("Deploying", "deploying"),
			page("Private origins", "private-origins"),
			page("Operating", "operating"),
			page("Dashboard", "dashboard"),
			page("How soon it is there", "dashboard-loading"),
			page("Observability", "observability"),
			page("Command line", "cli"),
			page("Admin API", "admin-api"),
			page("Admin API reference", "admin-reference"),
			page("Reliability", "reliability"),
			page("Scale and its price", "scale"),
			page("What is stored", "storage"),
			page("Threat model", "threat-model"),
		],
	},
	{
		text: "Data people",
		items: [
			page("Choosing a threshold", "tuning"),
			page("The guarantee in plain words", "guarantee-plain"),
			page("The guarantee, proved", "guarantee-proof"),
			page("The guarantee, tested", "guarantee"),
			page("Evidence from live traffic", "evidence"),
			page("Labellers", "labellers"),
			page("Pacing", "pacing"),
			page("Simulations of live evidence", "evidence-simulations"),
			page("The demonstration", "demonstration"),
			page("The mail job", "mail-job"),
		],
	},
	{
		text: "Contributors",
		collapsed: true,
		items: [
			page("Architecture", "architecture"),
			page("Performance", "performance"),
			page("Performance: results", "performance-results"),
			page("Load and soak", "soak"),
			page("Mutation tests", "mutation"),
			...decisions(),
		],
	},
];

/** The site is the Markdown in `docs/` and nothing more: no text of its own, nothing from another host. */
export default defineConfig({
	title: "Edge Cascade",
	description: "A small model at the edge answers when it is sure; your large model answers when it is not.",
	lang: "en-GB",
	// No icon, and no request for one.
	head: [["link", { rel: "icon", href: "data:," }]],
	srcDir: "../docs",
	outDir: "../.wrangler/site",
	cacheDir: "../.wrangler/site-cache",
	cleanUrls: true,
	vite: { plugins: [vueOfSite] },
	markdown: {
		// Documents are plain Markdown; `<tenant>` in a sentence is no tag.
		html: false,
		anchor: { slugify: slugOf },
		config: leaveOutside,
	},
	themeConfig: {
		sidebar,
		nav: [
			{ text: "Quick start", link: "/quick-start" },
			{ text: "Endpoints", link: "/endpoints" },
			{ text: "Operating", link: "/operating" },
			{ text: "Guarantee", link: "/guarantee-plain" },
		],
		// Built into the pages: what a reader looks for goes to nobody.
		search: { provider: "local" },
		outline: [2, 3],
		docFooter: { prev: false, next: false },
	},
});
