import type { Command } from "commander";
import { withSession, type ExitCode, type Session } from "../admin/session.ts";
import { evidenceCommand, readAddress, type AddressOptions, type EvidenceInput } from "./evidence-address.ts";
import { readKeys } from "./read-keys.ts";
import { reviewTexts } from "./review-texts.ts";

interface TextOptions extends AddressOptions {
	readonly after?: string;
	readonly limit?: string;
}

/** Few at once: what was given out counts as missed until it gets a verdict, so also the rest of a page at which somebody quits. */
const REVIEWED_AT_ONCE = "5";

/** `cascade evidence texts` and `cascade evidence review`. */
export function registerTextCommands(evidence: Command): void {
	evidenceCommand(evidence, "texts", "texts of labelled answers, one a line, to be given back with verdicts")
		.option("--limit <count>", "items of the page, at most 200")
		.option("--after <number>", "the page after one that ended with this number")
		.action(
			withSession<TextOptions>((session, { after, limit, ...options }, [text = ""]) => {
				const input = readAddress(session, text, options);
				const page = { ...(after === undefined ? {} : { after }), ...(limit === undefined ? {} : { limit }) };
				return printTexts(session, { ...input, query: { ...input.query, ...page } });
			}),
		);
	evidenceCommand(
		evidence,
		"review",
		"say of one text after the other whether the first stage's answer is wrong",
	).action(
		withSession<AddressOptions>((session, options, [text = ""]) =>
			review(session, readAddress(session, text, options)),
		),
	);
}

async function printTexts(session: Session, input: EvidenceInput): Promise<ExitCode> {
	const answer = await session.call("evidence.texts", input);
	if (!answer.ok) return session.refuse(answer.error);
	const { items, next } = answer.value.body;
	session.print(answer.value, () => items.map((item) => `${JSON.stringify(item)}\n`).join(""));
	if (next !== null) session.note(`There is more: --after ${next}\n`);
	return 0;
}

async function review(session: Session, input: EvidenceInput): Promise<ExitCode> {
	const { keys, close } = readKeys(process.stdin);
	try {
		const isDone = await reviewTexts({
			keys,
			write: (text) => void process.stdout.write(text),
			async page(after) {
				const query = { ...input.query, limit: REVIEWED_AT_ONCE, ...(after === 0 ? {} : { after: String(after) }) };
				const answer = await session.call("evidence.texts", { ...input, query });
				if (answer.ok) return answer.value.body;
				session.refuse(answer.error);
				return null;
			},
			async give(labels) {
				const answer = await session.call("evidence.labels", { ...input, body: { labels: [...labels] } });
				if (answer.ok) return answer.value.body;
				session.refuse(answer.error);
				return null;
			},
		});
		return isDone ? 0 : 1;
	} finally {
		close();
	}
}
