import { answer } from "../answers.ts";
import { guarded } from "../define-route.ts";
import { keptTexts, keptTextsQuery } from "../schemas/audited-texts.ts";
import { DEFAULT_LIMIT } from "../schemas/parameters.ts";
import { ofEvidence } from "./evidence-routes.ts";

export const listTexts = guarded({
	operationId: "evidence.texts",
	method: "GET",
	path: "/tenants/{tenant}/cascades/{cascade}/evidence/texts",
	// They hold text, which a reader's key is not for.
	roles: ["operator", "tenant-admin"],
	summary: "Texts of labelled answers, for people to say whether the labeller was right",
	description:
		"Under `retainText` alone, until their time is over. Oldest first; say of each whether the first stage's answer was wrong (`evidence.labels`). What has been read counts as missed by the labeller, in `humanCheck`, until it gets a verdict.",
	query: keptTextsQuery,
	reply: { schema: keptTexts, description: "One page, oldest first." },
	handle: async (call) => {
		const { after = 0, limit = DEFAULT_LIMIT } = call.query;
		return answer(await ofEvidence(call, (ledger) => ledger.keptTexts({ after, limit })));
	},
});
