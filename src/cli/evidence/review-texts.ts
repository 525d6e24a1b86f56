import type { AdminBody, AdminReply } from "../../admin/client-types.ts";
import { printable, showCount } from "../admin/show-values.ts";

/** One that a person is to judge. */
export type TextToReview = AdminReply<"evidence.texts">["items"][number];

type Label = AdminBody<"evidence.labels">["labels"][number];

/** What a review needs of its surroundings; a test gives its own. */
export interface ReviewPorts {
	/** Texts after a number, oldest first; null where they cannot be had, which has been said. */
	readonly page: (after: number) => Promise<AdminReply<"evidence.texts"> | null>;
	/** Gives verdicts; null where that did not work, which has been said. */
	readonly give: (labels: readonly Label[]) => Promise<AdminReply<"evidence.labels"> | null>;
	/** The keys pressed, one at a time. */
	readonly keys: AsyncIterator<string>;
	readonly write: (text: string) => void;
}

/** Verdicts are given after so many, so that a review that is broken off loses few. */
const GIVEN_AT_ONCE = 10;

const CTRL_C = "\u0003";
const CTRL_D = "\u0004";

const HELP = "w wrong   r right   s skip   q quit: ";

/**
 * Shows one text after the other that has no verdict yet, oldest first, and takes what a person says of the first stage's answer. What
 * the labeller said and how sure the stage was is not shown, so that it sways nobody. True unless something failed.
 */
export async function reviewTexts({ page, give, keys, write }: ReviewPorts): Promise<boolean> {
	let labels: Label[] = [];
	let [given, refused, skipped, shown, left] = [0, 0, 0, 0, 0];
	const flush = async (): Promise<boolean> => {
		if (labels.length === 0) return true;
		const answer = await give(labels);
		if (answer === null) return false;
		given += answer.taken;
		refused += answer.refused.length;
		labels = [];
		return true;
	};
	const end = async (): Promise<boolean> => {
		const isGiven = await flush();
		write(summaryOf({ given, refused, skipped, left, lost: labels.length }));
		return isGiven;
	};
	for (let after = 0; ;) {
		const found = await page(after);
		if (found === null) {
			await end();
			return false;
		}
		for (const [index, text] of found.items.entries()) {
			if (text.wrong !== null) continue;
			// One that was too long to be kept cannot be shown; it is passed over all the same.
			if (text.text === null) {
				skipped += 1;
				continue;
			}
			shown += 1;
			write(describeText(text));
			const key = await nextKey(keys, write);
			if (key === "q") {
				left = found.items.slice(index).filter(({ wrong }) => wrong === null).length;
				return end();
			}
			if (key === "s") skipped += 1;
			else labels.push(labelOf(text, key === "w"));
			if (labels.length >= GIVEN_AT_ONCE && !(await flush())) {
				await end();
				return false;
			}
		}
		if (found.next === null) break;
		after = found.next;
	}
	if (shown === 0) write("There is nothing to review: no text is kept that has no verdict.\n");
	return end();
}

function labelOf({ requestId, item }: TextToReview, wrong: boolean): Label {
	return { requestId, ...(item === undefined ? {} : { item }), wrong };
}

/** Waits for a key that says something; the end of the input is the wish to stop. */
async function nextKey(keys: AsyncIterator<string>, write: (text: string) => void): Promise<"w" | "r" | "s" | "q"> {
	write(HELP);
	for (;;) {
		const { value, done = false } = await keys.next();
		const key = done || value === CTRL_C || value === CTRL_D ? "q" : String(value).toLowerCase();
		if (key !== "w" && key !== "r" && key !== "s" && key !== "q") continue;
		write(`${key}\n`);
		return key;
	}
}

/** A text as it is read in a terminal. */
export function describeText({ sequence, requestId, item, served, text }: TextToReview): string {
	if (text === null) return "";
	const { messages, edge, reference } = text;
	const which = item === undefined ? "" : `, text ${item}`;
	return [
		`\n━━ ${sequence}  ${printable(requestId)}${which}  ${served}\n`,
		...messages.map(({ role, content }) => `\n[${printable(role)}]\n${shown(content)}\n`),
		`\n── first stage's answer ──\n${shown(edge)}\n`,
		reference === null
			? "\n── the last stage gave no answer ──\n"
			: `\n── last stage's answer ──\n${shown(reference)}\n`,
		"\nIs the first stage's answer wrong?  ",
	].join("");
}

/** Line by line, so that nothing in it moves the cursor. */
function shown(content: string): string {
	return content.split(/\r?\n/u).map(printable).join("\n");
}

function summaryOf(counts: Readonly<Record<"given" | "refused" | "skipped" | "left" | "lost", number>>): string {
	const { given, refused, skipped, left, lost } = counts;
	const parts = [
		`${showCount(given)} ${given === 1 ? "verdict" : "verdicts"} given`,
		...(refused === 0 ? [] : [`${showCount(refused)} refused: their text is gone`]),
		...(skipped === 0 ? [] : [`${showCount(skipped)} skipped, which count as missed where the labeller said right`]),
		...(left === 0
			? []
			: [`${showCount(left)} left, which count as missed where the labeller said right until they have a verdict`]),
		...(lost === 0 ? [] : [`${showCount(lost)} LOST`]),
	];
	return `\n${parts.join("; ")}.\n`;
}
