import type { Command } from "commander";

/** How a list is walked, as the user wrote it. */
export interface PageOptions {
	readonly limit?: string;
	readonly before?: string;
	readonly after?: string;
}

/** Adds the options of a list that runs backwards by number. */
export function withNumberedPages(command: Command): Command {
	return command
		.option("--limit <count>", "items of the page, at most 200")
		.option("--before <number>", "the page after one that ended with this number");
}

/** Adds the options of a list that runs by name. */
export function withNamedPages(command: Command): Command {
	return command
		.option("--limit <count>", "items of the page, at most 200")
		.option("--after <name>", "the page after one that ended with this name");
}

/** The query of a page that runs backwards by number. */
export function numberedPage({ limit, before }: PageOptions): { limit?: string; before?: string } {
	return { ...(limit === undefined ? {} : { limit }), ...(before === undefined ? {} : { before }) };
}

/** The query of a page that runs by name. */
export function namedPage({ limit, after }: PageOptions): { limit?: string; after?: string } {
	return { ...(limit === undefined ? {} : { limit }), ...(after === undefined ? {} : { after }) };
}

/** Where the list goes on, for people; empty at its end. */
export function moreOf(next: string | number | null): string {
	if (next === null) return "";
	return `There is more: --${typeof next === "number" ? "before" : "after"} ${next}\n`;
}
