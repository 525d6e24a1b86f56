import type { Reason } from "../../core/trail.ts";

/** A reason in words: as short as a label, and what it means. */
interface ReasonWords {
	readonly label: string;
	readonly means: string;
}

const REASONS: { readonly [Each in Reason]: ReasonWords } = {
	accepted: { label: "Accepted", means: "The small model was sure enough: its confidence reached the threshold." },
	"low-confidence": {
		label: "Not sure enough",
		means: "The small model’s confidence was below the threshold, so the next model was asked.",
	},
	"confidence-unavailable": {
		label: "No confidence to read",
		means: "The answer had nothing to read a confidence from, so the next model was asked.",
	},
	"rejected-by-check": {
		label: "Failed a check",
		means: "The small model’s answer was cut off, refused, or did not fit the requested form.",
	},
	gated: {
		label: "Sent past by the gate",
		means: "The policy’s gate sends such requests past the small model unasked.",
	},
	"outside-declared-ranges": {
		label: "Outside declared ranges",
		means: "A parameter of the request is outside the ranges that the policy declares for the small model.",
	},
	forced: { label: "Forced by the client", means: "The client said which stage is to answer." },
	"unsupported-by-edge": {
		label: "Not supported",
		means: "The small model cannot serve what the request asks for, such as images.",
	},
	"edge-failed": { label: "Small model failed", means: "The small model’s call ended with an error." },
	"edge-timeout": { label: "Small model too slow", means: "The small model did not answer in its time." },
	"edge-unavailable": {
		label: "Small model unavailable",
		means: "The small model was not asked, since it is known to be down or full.",
	},
	audition: {
		label: "Being auditioned",
		means: "Under a guarantee nothing is accepted until there is evidence; every answer is being labelled.",
	},
	"no-certificate": {
		label: "No certificate",
		means: "Under a guarantee nothing is accepted: no certificate is known, or somebody has closed it.",
	},
	"certificate-stale": {
		label: "Certificate ran out",
		means: "The last certificate known has run out, so nothing is accepted under the guarantee.",
	},
	"drift-alarm": {
		label: "Drift alarm",
		means: "The evidence says that answers have become worse, so nothing is accepted until it is auditioned again.",
	},
	"origin-failed": { label: "Large model failed", means: "The last stage failed, and its failure is the answer." },
	"origin-failed-served-edge": {
		label: "Large failed, small served",
		means: "The last stage failed, and the small model’s held answer was served instead.",
	},
	"budget-exhausted": {
		label: "Budget used up",
		means: "What is left of the day’s budget does not cover the call.",
	},
	"budget-exhausted-served-edge": {
		label: "Budget used up, small served",
		means: "The day’s budget does not cover the last stage; the small model’s held answer was served instead.",
	},
};

/** A reason in words; one that this dashboard does not know is shown as it is. */
export function reasonWords(reason: string): ReasonWords {
	return Object.hasOwn(REASONS, reason)
		? REASONS[reason as Reason]
		: { label: reason, means: "A reason that this version of the dashboard does not know." };
}
