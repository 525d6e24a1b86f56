import type { RequestProblem } from "./parse-chat-request.ts";

/** Each text runs the cascade by itself, so a request holds no more than a few dozen. */
const MOST_TEXTS = 32;

/** Reads `input` as one text or a list of texts; reports every text that is none, at its place. */
export function readTexts(input: unknown): { readonly texts: readonly string[]; readonly problems: RequestProblem[] } {
	const problems: RequestProblem[] = [];
	const report = (param: string, rule: string) => problems.push({ param, message: `'${param}' ${rule}.` });
	const texts = Array.isArray(input) ? (input as unknown[]) : [input];
	if (texts.length === 0) report("input", "must hold at least one text");
	if (texts.length > MOST_TEXTS) report("input", `must hold at most ${MOST_TEXTS} texts`);
	else
		for (const [index, text] of texts.entries()) {
			const param = Array.isArray(input) ? `input[${index}]` : "input";
			if (typeof text !== "string")
				report(param, Array.isArray(input) ? "must be text" : "must be text or a list of texts");
			else if (text.trim() === "") report(param, "must not be empty");
		}
	return { texts: texts.filter((text) => typeof text === "string"), problems };
}
