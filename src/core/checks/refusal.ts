import { OPENING, REFUSAL, REFUSAL_AFTER_OPENING } from "./refusal-phrases.ts";

/** A refusal says so at once; what comes later is part of an answer. */
const READ_CHARACTERS = 200;

/** Apostrophes as models and keyboards write them. */
const APOSTROPHES = /[’‘ʼ′`´]/gu;
const CLAUSE_END = /[.!?,;:…\n—–]+|(?: - )|(?:^|\s)(?:but|however|aber|jedoch|mais|pero|ma|però|mas|porém)(?=\s|$)/u;
/** Emphasis and list marks, not quotation marks: a quotation that begins an answer is not the model's own voice. */
const LEADING_MARKS = /^[\s*_#>•-]+/u;

/**
 * Whether a text begins as a model's refusal does, in English, German, French, Spanish, Italian or Portuguese. Read
 * are the first clause, and the further clauses among the first 200 characters if the first one is an apology or
 * the like: "Sorry, but I can't help" refuses, "The error says: I cannot open the file" does not. A wrong yes costs a
 * call to the next stage; a wrong no lets a refusal pass as an answer.
 */
export function readsAsRefusal(text: string): boolean {
	const head = text
		.trimStart()
		.slice(0, READ_CHARACTERS)
		.replace(LEADING_MARKS, "")
		.toLowerCase()
		.replaceAll(APOSTROPHES, "'");
	// Nearly every answer ends here. Both are read from the beginning on, so what no beginning of the head is, its first clause is not.
	const spaced = clauseOf(head);
	if (!OPENING.test(spaced) && !REFUSAL.test(spaced)) return false;
	const end = CLAUSE_END.exec(head);
	const first = clauseOf(end === null ? head : head.slice(0, end.index));
	if (REFUSAL.test(first)) return true;
	const opening = OPENING.exec(first);
	if (opening === null) return false;
	const later = head.split(CLAUSE_END).slice(1).map(clauseOf);
	// "Als KI kann ich", "as an AI I cannot": the refusal may go on without a comma.
	const rest = [first.slice(opening[0].length).trim(), ...wordStarts(first), ...later];
	return rest.some((clause) => REFUSAL.test(clause) || REFUSAL_AFTER_OPENING.test(clause));
}

/** White space that is no single space between words. */
const OTHER_SPACE = /\s\s|[^\S ]/u;

function clauseOf(text: string): string {
	return (OTHER_SPACE.test(text) ? text.replaceAll(/\s+/gu, " ") : text).trim();
}

/** What a clause says from each of its words on. */
function wordStarts(clause: string): readonly string[] {
	const words = clause.split(" ");
	return words.map((_, index) => words.slice(index).join(" "));
}
