import { createCatalogue, type FindLocalModel } from "../../src/local/models/catalogue.ts";
import { readWeightsFromDisk } from "../../src/local/models/load-from-disk.ts";
import { lastUserText, mailFromText, mailPrompt } from "../../src/local/models/mail-prompt.ts";
import { DRIFTING_MODEL } from "../../src/local/demonstration/control.ts";
import { worseWeights } from "../../src/local/demonstration/worse-weights.ts";
import type { LabelledMail } from "../train/prepare-corpus.ts";

/** Which weights answer to the small model's name. */
export type EdgeModel = "good" | "worse";

/** What is known of every mail without asking the Worker. */
export interface Population {
	/** The large model's label of each mail: what the labeller compares with. */
	readonly large: readonly string[];
	/** Of the answers accepted at a threshold, the share that differs from the large model's: the risk that is promised about, exactly. */
	readonly risk: (model: EdgeModel, threshold: number) => number;
	/** The share of mails accepted at a threshold. */
	readonly coverage: (model: EdgeModel, threshold: number) => number;
}

interface Answer {
	readonly confidence: number;
	readonly wrong: boolean;
}

/**
 * Asks the models directly about every mail. Traffic draws mails from this population with replacement, so its shares are the
 * true risks and coverages, and not estimates.
 */
export async function readPopulation(mails: readonly LabelledMail[]): Promise<Population> {
	const weights = await readWeightsFromDisk();
	const worse = createCatalogue({ ...weights, [DRIFTING_MODEL]: worseWeights(weights[DRIFTING_MODEL]) });
	const good = createCatalogue(weights);
	const seen = mails.map((mail) => mailFromText(lastUserText(mailPrompt(mail))));
	const likeliest = (find: FindLocalModel, name: string) => {
		const found = find(name);
		if (found?.kind !== "label") throw new Error(`${name} is no label model`);
		return seen.map((mail) => found.model.distribution(mail)[0]);
	};
	const large = likeliest(good, "mail-large").map(({ label }) => label);
	const answersOf = (find: FindLocalModel): Answer[] =>
		likeliest(find, DRIFTING_MODEL).map(({ label, logprob }, index) => ({
			confidence: Math.exp(logprob),
			wrong: label !== large[index],
		}));
	const answers: Readonly<Record<EdgeModel, readonly Answer[]>> = { good: answersOf(good), worse: answersOf(worse) };
	const accepted = (model: EdgeModel, threshold: number) =>
		answers[model].filter(({ confidence }) => confidence >= threshold);
	return {
		large,
		risk(model, threshold) {
			const all = accepted(model, threshold);
			return all.length === 0 ? 0 : all.filter(({ wrong }) => wrong).length / all.length;
		},
		coverage: (model, threshold) => accepted(model, threshold).length / mails.length,
	};
}
