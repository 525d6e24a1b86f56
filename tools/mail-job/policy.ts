import { MAIL_EDGE, MAIL_ORIGIN } from "../../src/local/demo-records.ts";

/** Thresholds on the probability of the small model's label; 0 accepts everything, above 1 would accept nothing. */
export const THRESHOLDS = [0, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1] as const;

/** Each confidence method as a policy names it; all accept, so that every reading is of an answer that was served. */
export const METHODS: Readonly<Record<string, Record<string, unknown>>> = {
	"mean-logprob": { method: "mean-logprob" },
	"min-logprob": { method: "min-logprob" },
	"quantile-logprob": { method: "quantile-logprob", quantile: 0.1 },
	"token-margin": { method: "token-margin" },
	"label-margin": { method: "label-margin", labels: ["spam", "ham"] },
	agreement: { method: "agreement", samples: 5, temperature: 1, match: "normalised" },
	verify: { method: "verify", model: "@local/mail-checker" },
};

/** The cascade that a threshold of the sweep is served under. */
export function sweepAlias(threshold: number): string {
	return `threshold-${threshold}`;
}

/** One policy holds every cascade of the job: a tenant may have many. */
export function jobPolicy(): Record<string, unknown> {
	const cascades: Record<string, unknown> = {};
	for (const threshold of THRESHOLDS) {
		cascades[sweepAlias(threshold)] = {
			stages: [{ ...MAIL_EDGE, confidence: { method: "mean-logprob" }, threshold }, MAIL_ORIGIN],
		};
	}
	for (const [name, confidence] of Object.entries(METHODS)) {
		cascades[`method-${name}`] = { stages: [{ ...MAIL_EDGE, confidence, threshold: 0 }, MAIL_ORIGIN] };
	}
	return { version: 1, cascades };
}
