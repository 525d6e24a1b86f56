import type { Command } from "commander";

/** Fields of the API that a user gives under another name, and how: by an option, or as an argument. */
const OPTIONS: Readonly<Record<string, string>> = {
	after: "--after",
	baseUrl: "base-url",
	before: "--before",
	by: "--by",
	cascade: "--cascade",
	expiresAt: "--expires",
	from: "--from",
	item: "--item",
	limit: "--limit",
	maxConcurrent: "--max-concurrent",
	name: "--name",
	overlapSeconds: "--overlap",
	reason: "--reason",
	requestId: "id",
	revision: "revision",
	scopes: "--scope",
	secret: "--secret",
	share: "--share",
	tenant: "tenant",
	to: "--to",
};

/**
 * What the user has typed for a field of the API, such as `--expires` for `expiresAt` and `--scope` for `scopes[0]`; the
 * path itself where this command has neither an option nor an argument for it, as for the fields of a policy.
 */
export function wordFor(path: string, command: Pick<Command, "options" | "registeredArguments">): string {
	const field = /^\w+/u.exec(path)?.[0] ?? "";
	const rest = path.slice(field.length);
	if (rest !== "" && !/^\[\d+\]$/u.test(rest)) return path;
	const word = Object.hasOwn(OPTIONS, field) ? OPTIONS[field] : undefined;
	// An origin's name is the argument, a key's an option.
	for (const each of word === undefined ? [] : [word, field]) {
		if (command.options.some(({ long }) => long === each)) return each;
		if (command.registeredArguments.some((argument) => argument.name() === each)) return `<${each}>`;
	}
	return path;
}
