import { answerOfTenant } from "../answers.ts";
import { guarded } from "../define-route.ts";
import { feedbackReport } from "../schemas/feedback.ts";

export const showFeedback = guarded({
	operationId: "feedback.get",
	method: "GET",
	path: "/tenants/{tenant}/feedback",
	roles: ["operator", "tenant-admin", "tenant-reader"],
	summary: "What clients said of answers, by cascade, revision and stage",
	description:
		"Volunteered, so it says nothing about the answers of which nobody said anything, and is no evidence for a guarantee. The export has each piece by its request's id.",
	reply: { schema: feedbackReport, description: "Counts." },
	handle: async ({ ledger }) => answerOfTenant(ledger, ledger.feedback()),
});
