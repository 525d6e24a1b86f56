import { meanLogprobConfidence } from "../../src/core/confidence/logprob-confidence.ts";
import { decideDeferral } from "../../src/core/deferral.ts";
import { loadCatalogueFromDisk } from "../../src/local/models/load-from-disk.ts";
import { lastUserText, mailFromText, mailPrompt } from "../../src/local/models/mail-prompt.ts";
import type { LabelledMail } from "../train/prepare-corpus.ts";

/** What the two models say of a mail, asked without any Worker. */
export interface DirectAnswer {
	readonly small: string;
	readonly smallConfidence: number;
	readonly large: string;
	/** The decision that the cascade must come to. */
	readonly decide: (threshold: number) => { readonly stage: "edge" | "origin"; readonly label: string };
}

/** Asks both models directly about every mail, as the prompt would show it to them. */
export async function directAnswers(mails: readonly LabelledMail[]): Promise<DirectAnswer[]> {
	const find = await loadCatalogueFromDisk();
	const [small, large] = [find("@local/mail-small"), find("mail-large")];
	if (small?.kind !== "label" || large?.kind !== "label") throw new Error("the mail models are missing");
	return mails.map((mail) => {
		const seen = mailFromText(lastUserText(mailPrompt(mail)));
		const [bySmall] = small.model.distribution(seen);
		const [byLarge] = large.model.distribution(seen);
		const reading = meanLogprobConfidence([{ token: bySmall.label, logprob: bySmall.logprob }]);
		return {
			small: bySmall.label,
			smallConfidence: reading.kind === "measured" ? reading.confidence : Number.NaN,
			large: byLarge.label,
			decide: (threshold) =>
				decideDeferral(reading, threshold).kind === "accept"
					? { stage: "edge", label: bySmall.label }
					: { stage: "origin", label: byLarge.label },
		};
	});
}
