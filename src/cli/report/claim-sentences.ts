import { percent } from "../tune/show-numbers.ts";
import type { ReportModel } from "./report-model.ts";
import { plainNumber } from "./show-figures.ts";

/** What is certified, in a sentence. */
export function claimSentence({ claim, models }: Pick<ReportModel, "claim" | "models">): string {
	const chance = `With a chance of at least ${percent(1 - claim.delta)} over the draw of the tested rows,`;
	const of = claim.onLabel === null ? "" : ` labelled “${claim.onLabel}”`;
	const most = percent(claim.target);
	const end = claim.group === null ? "." : `, counting one request of each ${claim.group}.`;
	switch (claim.risk) {
		case "selective":
			return `${chance} at most ${most} of the accepted answers${of} are wrong${end}`;
		case "joint":
			return `${chance} at most ${most} of all requests${of} get an accepted answer that is wrong${end}`;
		case "regret":
			return `${chance} at most ${most} more of all answers${of} are wrong than with ${models.at(-1) ?? ""} alone${end}`;
	}
}

/** What a reader may rely on. */
export function promises(model: ReportModel): string[] {
	const { claim, labeller, outcome } = model;
	if (outcome.thresholds === null)
		return [
			"Nothing was certified, so nothing is promised.",
			"Every request belongs to the last model until a threshold is certified: leave the policy as it is, or take the small model out.",
		];
	return [
		claimSentence(model),
		`“Wrong” is what the labeller said: ${labeller}.`,
		"The promise is about requests drawn as the tested rows were, answered by the same models with the same prompts and settings.",
		`It holds although many thresholds were tried: they were tested in an order that was fixed beforehand, up to the first that failed.`,
		claim.plannedAttempts === null
			? `This was attempt ${claim.attempt} on these rows; it could spend ${plainNumber(claim.deltaSpent)} of δ = ${plainNumber(claim.delta)}, so that the chance covers further attempts too.`
			: `This was attempt ${claim.attempt} of ${claim.plannedAttempts} on these rows; it could spend ${plainNumber(claim.deltaSpent)} of δ = ${plainNumber(claim.delta)}.`,
		...(claim.asClaim === null ? [] : [trialSentence(claim.asClaim)]),
	];
}

/** What a trial is, and how it becomes a claim. */
export function trialSentence(asClaim: number): string {
	return `This is a trial: rows were held out to see figures that nothing was chosen on, and there is no certificate. With --certificate or --apply it is attempt ${asClaim} on the whole log.`;
}

/** What a reader may not rely on. */
export function noPromises({ claim, outcome, heldOut }: ReportModel): string[] {
	const certified = outcome.thresholds !== null;
	return [
		...(certified
			? [
					"Not that answers are true: a labeller that errs is believed.",
					"Not about traffic that has changed, nor about another model, prompt, template or temperature. Certify anew then.",
					averageOf(claim.risk),
					"Not of many certificates together: of N runs, certified or not, up to N · δ are expected to end in a false certificate; of the certificates alone it may be a larger share.",
				]
			: []),
		`Not the curves, costs and savings: those are what was observed ${heldOut === null ? "on the tested rows" : "on these rows"}.`,
		"Not other thresholds: the band shows each as if it were the only one. To pick another by looking at this page is to tune without a guarantee.",
	];
}

function averageOf(risk: ReportModel["claim"]["risk"]): string {
	switch (risk) {
		case "selective":
			return "Not about a single answer, user or topic: it is an average over the accepted answers.";
		case "joint":
			return "Not about accepted answers alone: it is a share of all requests, and where little is accepted much of that may be wrong.";
		case "regret":
			return "Not about how many answers are wrong: only how many more than without the cascade, right ones of the small model set against wrong ones.";
	}
}
