import type { PolicyDocument } from "../../../admin/client-types.ts";
import { isJsonObject } from "../../../core/json.ts";
import { parseTenantPolicy } from "../../../core/parse-tenant-policy.ts";
import { lineOfPath, linesOfPaths } from "./lines-of-paths.ts";

/** Something that is wrong with a policy's text, or to be thought of, and where. */
export interface DraftProblem {
	/** Empty where the text is no JSON. */
	readonly path: string;
	readonly message: string;
	/** From 1. */
	readonly line: number;
}

/** What a text is: a policy, or why not. */
export type CheckedDraft =
	| { readonly kind: "policy"; readonly document: PolicyDocument; readonly problems: readonly [] }
	/** JSON that is no policy, and every problem of it. */
	| { readonly kind: "json"; readonly problems: readonly DraftProblem[] }
	| { readonly kind: "no-json"; readonly problems: readonly DraftProblem[] };

/** Checks a text by the parser that the Worker itself goes by. */
export function checkDraft(text: string): CheckedDraft {
	let document: unknown;
	try {
		document = JSON.parse(text);
	} catch (error) {
		const message = error instanceof Error ? error.message : "";
		return {
			kind: "no-json",
			problems: [{ path: "", message: `is no JSON: ${message}`, line: lineOfError(text, message) }],
		};
	}
	if (!isJsonObject(document))
		return { kind: "json", problems: [{ path: "policy", message: "must be an object", line: 1 }] };
	const parsed = parseTenantPolicy(document);
	// The form is the parser's; what it adds as defaults is not what was written.
	if (parsed.ok) return { kind: "policy", document: document as PolicyDocument, problems: [] };
	return { kind: "json", problems: placed(text, parsed.error) };
}

/** Problems with the lines that they are about, from top to bottom. */
export function placed(
	text: string,
	problems: readonly { readonly path: string; readonly message: string }[],
): readonly DraftProblem[] {
	const lines = linesOfPaths(text);
	return problems
		.map((problem) => ({ ...problem, line: lineOfPath(lines, problem.path) }))
		.toSorted((left, right) => left.line - right.line);
}

/** Browsers say a line, or a position, or neither, as at the end of the text. */
function lineOfError(text: string, message: string): number {
	const line = /line (\d+)/u.exec(message)?.[1];
	if (line !== undefined) return Number(line);
	const position = /position (\d+)/u.exec(message)?.[1];
	return text.slice(0, position === undefined ? undefined : Number(position)).split("\n").length;
}
