/** The committed mails and models that the tests of `src/local` share. */
import { readFile } from "node:fs/promises";
import type { LabelModel, MailLabel } from "../../src/local/models/label-model.ts";
import type { LanguageModel } from "../../src/local/models/language-model.ts";
import type { LocalModel } from "../../src/local/models/catalogue.ts";
import { loadCatalogueFromDisk } from "../../src/local/models/load-from-disk.ts";
import type { Mail } from "../../src/local/models/mail-prompt.ts";
import { type LocalChatRequest, parseChatBody } from "../../src/local/parse-chat-body.ts";

/** A committed mail with its true label. */
export interface FixtureMail extends Mail {
	readonly id: string;
	readonly label: MailLabel;
}

/** The mails of `test/fixtures/mails.json`. */
export async function readMails(): Promise<FixtureMail[]> {
	const text = await readFile(new URL("../fixtures/mails.json", import.meta.url), "utf8");
	return (JSON.parse(text) as { mails: FixtureMail[] }).mails;
}

const find = await loadCatalogueFromDisk();

/** A local model that must exist. */
export function model(name: string): LocalModel {
	const found = find(name);
	if (found === undefined) throw new Error(`no local model ${name}`);
	return found;
}

/** The classifier behind a label or checker model. */
export function labelModel(name: string): LabelModel {
	const found = model(name);
	if (found.kind === "prose") throw new Error(`${name} is not a label model`);
	return found.model;
}

/** The n-gram model behind a prose model. */
export function languageModel(name: string): LanguageModel {
	const found = model(name);
	if (found.kind !== "prose") throw new Error(`${name} is not a language model`);
	return found.model;
}

/** A request read from a body that must be valid. */
export function request(body: Readonly<Record<string, unknown>>): LocalChatRequest {
	const parsed = parseChatBody(body);
	if (!parsed.ok) throw new Error(parsed.problem.message);
	return parsed.request;
}

/** An identity for answers whose identity does not matter. */
export const identity = { id: "chatcmpl-test", created: 1_795_478_400, model: "test" };

/** Randomness for tests that must not depend on it. */
export function noRandom(): number {
	throw new Error("randomness was not expected to be used");
}
