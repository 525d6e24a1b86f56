import type { MailForm } from "./mail-request.ts";

/** A confidence method as a policy names it. */
export type Confidence = Readonly<Record<string, unknown>> & { readonly method: string };

/** One method on trial: how the small model's stage is judged, and how it is asked. */
export interface Trial {
	readonly name: string;
	/** Of its cascade. */
	readonly alias: string;
	readonly confidence: Confidence;
	readonly form: MailForm;
	/** Fields in place of the small model's own. */
	readonly stage?: Record<string, unknown>;
}

/** `stopEarly` is off where readings are collected: with it they would be bounds. */
export const FIVE_SAMPLES = {
	method: "agreement",
	samples: 5,
	temperature: 1,
	match: "normalised",
	stopEarly: false,
} as const;

const LABELS = ["spam", "ham"];

/** What every other method is held against: it costs nothing beside the answer. */
export const PLAIN = "label-margin";

/** The trial whose readings say what `stopEarly` has to decide. */
export const FULL_AGREEMENT = "agreement, normalised";

/** Every method but `learned`, whose weights are fitted first. */
export const TRIALS: readonly Trial[] = [
	trial("mean-logprob", { method: "mean-logprob" }),
	trial("min-logprob", { method: "min-logprob" }),
	trial("quantile-logprob", { method: "quantile-logprob", quantile: 0.1 }),
	trial("token-margin", { method: "token-margin" }),
	trial(PLAIN, { method: "label-margin", labels: LABELS }),
	trial("value-token, JSON", { method: "value-token" }, "json"),
	trial("value-token, tool call", { method: "value-token" }, "tool"),
	trial("classifier-score", { method: "classifier-score" }, "classification", {
		model: "@local/mail-classifier",
		shape: "text-classification",
	}),
	trial("verbalised", { method: "verbalised" }),
	trial(FULL_AGREEMENT, FIVE_SAMPLES),
	trial("agreement, label", { ...FIVE_SAMPLES, match: "label", labels: LABELS }),
	trial("agreement, temperature 0", { ...FIVE_SAMPLES, temperature: 0 }),
	trial("verify", { method: "verify", model: "@local/mail-checker" }),
];

/** With five samples these ask for three, four and five that agree. */
export const EARLY_THRESHOLDS = [0.6, 0.8, 1] as const;

function trial(
	name: string,
	confidence: Confidence,
	form: MailForm = "word",
	stage: Record<string, unknown> = {},
): Trial {
	return { name, alias: name.toLowerCase().replaceAll(/[^a-z0-9]+/gu, "-"), confidence, form, stage };
}
