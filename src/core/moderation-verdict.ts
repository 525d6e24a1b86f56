/** What a moderation model says of a text. */
export interface ModerationVerdict {
	readonly flagged: boolean;
	/** Names as the model wrote them, trimmed; empty where it named none. */
	readonly categories: readonly string[];
}

/** A longer "category" is a sentence. */
const LONGEST_CATEGORY = 100;
const SAFE = /^["'`*]{0,3}safe["'`*]{0,3}[.!]?$/iu;
const UNSAFE = /^["'`*]{0,3}unsafe["'`*]{0,3}(?:[.!]?|:(?<categories>.*))$/iu;

/**
 * Reads a verdict in the form of Llama Guard: `safe`, or `unsafe` and perhaps a second line of categories separated
 * by commas (`S1,S10`). Also read are other letter case, a full stop, and the categories on the first line after a
 * colon (`unsafe: hate, violence`). Anything more, such as a reason for the verdict, makes it no verdict: undefined.
 */
export function readVerdict(text: string): ModerationVerdict | undefined {
	const [verdict = "", ...rest] = text
		.trim()
		.split("\n")
		.map((line) => line.trim());
	const further = rest.filter((line) => line !== "");
	if (SAFE.test(verdict)) return further.length === 0 ? { flagged: false, categories: [] } : undefined;
	const unsafe = UNSAFE.exec(verdict);
	if (unsafe === null) return undefined;
	const lists = [unsafe.groups?.["categories"]?.trim() ?? "", ...further].filter((list) => list !== "");
	const categories = (lists[0] ?? "")
		.split(",")
		.map((name) => name.trim())
		.filter((name) => name !== "");
	if (lists.length > 1 || categories.some((name) => name.length > LONGEST_CATEGORY)) return undefined;
	return { flagged: true, categories };
}
