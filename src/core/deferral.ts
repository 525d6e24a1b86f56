import type { ConfidenceReading } from "./reading.ts";

/** The least confidence that is accepted, in [0, 1]. */
export type Threshold = number;

/** Whether a stage's answer is served, or the next stage is asked. */
export type DeferralDecision =
	| { readonly kind: "accept"; readonly confidence: number }
	| { readonly kind: "defer"; readonly reason: "confidence-unavailable" | "low-confidence" };

/** The deferral rule. A tie is accepted; NaN on either side defers, since every comparison with NaN is false. */
export function decideDeferral(reading: ConfidenceReading, threshold: Threshold): DeferralDecision {
	if (reading.kind === "unavailable") return { kind: "defer", reason: "confidence-unavailable" };
	return reading.confidence >= threshold
		? { kind: "accept", confidence: reading.confidence }
		: { kind: "defer", reason: "low-confidence" };
}
