import type { BaseIssue } from "valibot";

/** Where an issue stands in the document, as OpenAI's `param` writes it: `messages[0].role`; empty at the root. */
export function issuePath(issue: BaseIssue<unknown>): string {
	return (issue.path ?? [])
		.map(({ key }, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`))
		.join("");
}
