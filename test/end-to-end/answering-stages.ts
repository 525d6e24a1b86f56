import { z } from "zod";
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import { mailWhere, UNSURE_MAIL, type JudgedMail } from "./mails.ts";

/**
 * What the demo cascade's small model is asked. A request with something that it is not asked goes to the last stage,
 * however easy the mail is.
 */
export const EDGE_IS_ASKED = {
	/** Requests with tools that the model may call or not, and conversations in which one was called. */
	tools: true,
	/** Requests that say which tool must be called. */
	toolChoice: true,
} as const;

type Wish = keyof typeof EDGE_IS_ASKED;

/** A mail, and the stage of the demo cascade that answers it without being told to. */
export interface AnsweredMail {
	readonly stage: "edge" | "origin";
	readonly mail: JudgedMail;
	/** The answer, which the other stage would not give. */
	readonly label: string;
	/** The stage and the answer where the request also has this wish. */
	readonly with: (wish: Wish) => { readonly stage: string; readonly label: string };
}

const SURE_AND_DISPUTED_MAIL = mailWhere(({ small, large }) => small.margin > 0.85 && small.label !== large.label);

/** One mail for each stage: of the first the small model is sure, of the second it is not. */
export const ANSWERED_MAILS: readonly AnsweredMail[] = [
	answered("edge", SURE_AND_DISPUTED_MAIL),
	answered("origin", UNSURE_MAIL),
];

/** The one thing asked for in structured form, by tool or by schema. */
export const LABEL_SCHEMA = z.object({ label: z.enum(["spam", "ham"]) });

/** Why a stage served a request, as far as it follows from which stage it was. */
export function reasonOf(stage: string, wish?: Wish): CascadeFacts["reason"] {
	if (stage === "edge") return "accepted";
	return wish === undefined || EDGE_IS_ASKED[wish] ? "low-confidence" : "unsupported-by-edge";
}

function answered(stage: AnsweredMail["stage"], mail: JudgedMail): AnsweredMail {
	const labelOf = (by: string) => (by === "edge" ? mail.small.label : mail.large.label);
	return {
		stage,
		mail,
		label: labelOf(stage),
		with(wish) {
			const by = EDGE_IS_ASKED[wish] ? stage : "origin";
			return { stage: by, label: labelOf(by) };
		},
	};
}
