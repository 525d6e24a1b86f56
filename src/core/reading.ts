/** A confidence in [0, 1], higher is surer; or the plain statement that it could not be measured. */
export type ConfidenceReading =
	| { readonly kind: "measured"; readonly confidence: number }
	| { readonly kind: "unavailable"; readonly cause: UnavailableCause };

/** Why no confidence could be read. Each defers: a missing signal is never a good one. */
export type UnavailableCause =
	/** The model gave no log-probabilities, or none of the alternatives that the method needs. */
	| "no-logprobs"
	/** A log-probability is NaN, positive, missing for a token, or not a number. */
	| "bad-logprobs"
	/** The answer has no token that names one of the method's labels, or the first that does names another than the answer. */
	| "no-label"
	/** A sample or the checker's verdict could not be had. */
	| "extra-call-failed"
	/** The checker said neither yes nor no. */
	| "no-verdict"
	/** The answer does not end with the one statement of confidence that was asked for. */
	| "no-statement"
	/** The answer is no classifier's, or came without its scores. */
	| "no-scores"
	/** A score is no number in [0, 1], or the answered label's is not the greatest. */
	| "bad-scores"
	/** The JSON holds no value, only structure: `{}`. */
	| "no-values"
	/** The method cannot judge this kind of answer, such as a tool call by text. */
	| "not-applicable";

/** Wraps a number, refusing what no confidence can be: NaN and anything outside [0, 1]. */
export function measured(confidence: number): ConfidenceReading {
	if (!(confidence >= 0 && confidence <= 1)) return unavailable("bad-logprobs");
	return { kind: "measured", confidence };
}

/** States that nothing could be measured, and why. */
export function unavailable(cause: UnavailableCause): ConfidenceReading {
	return { kind: "unavailable", cause };
}
