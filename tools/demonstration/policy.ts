import { MAIL_EDGE, MAIL_ORIGIN } from "../../src/local/demo-records.ts";

/** The cascade of the demonstration. */
export const CASCADE = "guaranteed";

/** What its tenant asks for. */
export const PROMISE = { risk: "selective", targetRisk: 0.05, delta: 0.05 } as const;

/** Share of accepted answers that are audited: high, so that little traffic shows what much traffic would. */
export const AUDIT_RATE = 0.2;

/** Spam or ham, by the small model where that is certified to be right often enough. */
export const DEMONSTRATION_POLICY = {
	version: 1,
	cascades: {
		[CASCADE]: {
			stages: [{ ...MAIL_EDGE, confidence: { method: "mean-logprob" }, guarantee: PROMISE }, MAIL_ORIGIN],
			labeller: { kind: "label", labels: ["spam", "ham"] },
			auditRate: AUDIT_RATE,
		},
	},
};
