import { err, ok } from "../../core/result.ts";
import { ledgerRefusal, refuse } from "../admin-reply.ts";
import { answer } from "../answers.ts";
import { judgeAnchors } from "../check-anchors.ts";
import { guarded } from "../define-route.ts";
import { anchorReport, anchorsWithReport, newAnchors } from "../schemas/anchors.ts";
import { evidenceQuery } from "../schemas/evidence.ts";
import { configurationOf, ofEvidence } from "./evidence-routes.ts";
import { newRequestId } from "../../web/request-id.ts";

export const showAnchors = guarded({
	operationId: "evidence.anchors.get",
	method: "GET",
	path: "/tenants/{tenant}/cascades/{cascade}/evidence/anchors",
	// They hold text, which a reader's key is not for.
	roles: ["operator", "tenant-admin"],
	summary: "The answers that a labeller is held against, and how it did",
	query: evidenceQuery,
	reply: { schema: anchorsWithReport, description: "The anchors, with their text, and the checks." },
	handle: async (call) => answer(await ofEvidence(call, (ledger) => ledger.anchors())),
});

export const putAnchors = guarded({
	operationId: "evidence.anchors.put",
	method: "PUT",
	path: "/tenants/{tenant}/cascades/{cascade}/evidence/anchors",
	roles: ["operator", "tenant-admin"],
	summary: "Say which answers a labeller is held against",
	description:
		"In place of those there. Their text is kept until others are put, so the cascade's policy must have `retainText`. Takes back a freeze.",
	query: evidenceQuery,
	body: newAnchors,
	refusals: [409],
	reply: { schema: anchorReport, description: "How they stand: not checked." },
	async handle(call) {
		const { body, requester } = call;
		const found = await configurationOf(call);
		if (!found.ok) return err(ledgerRefusal(found.error));
		if (body.anchors.length > 0 && found.value.cascade.retainText === undefined) {
			const message = "Anchors are text, and this cascade's policy keeps none: give it `retainText` first.";
			return err(refuse({ status: 409, code: "text_not_retained", message }));
		}
		const { actor } = requester;
		return answer(await ofEvidence(call, (ledger) => ledger.putAnchors({ ...body, actor })));
	},
});

export const checkAnchors = guarded({
	operationId: "evidence.anchors.check",
	method: "POST",
	path: "/tenants/{tenant}/cascades/{cascade}/evidence/anchors/check",
	roles: ["operator", "tenant-admin"],
	summary: "Have the labeller judge the anchors now",
	description:
		"A judge is asked twice for each, which is paid for and not counted against the budget. Where the labeller has drifted, certification freezes. Call it from a schedule of yours, such as once a day.",
	query: evidenceQuery,
	refusals: [409],
	reply: { schema: anchorReport, description: "How they stand after the check." },
	async handle(call) {
		const { ports, requester } = call;
		const [found, known] = [await configurationOf(call), await ofEvidence(call, (ledger) => ledger.anchors())];
		if (!found.ok) return err(ledgerRefusal(found.error));
		if (!known.ok) return err(ledgerRefusal(known.error));
		const { anchors, report } = known.value;
		if (anchors.length === 0) return ok({ body: report });
		if (ports.labelPair === undefined)
			return err(refuse({ status: 409, code: "not_applicable", message: "This Worker can ask no model here." }));
		const { labeller } = found.value.cascade;
		const judged = await judgeAnchors(ports.labelPair, labeller, anchors, newRequestId);
		const given = { set: report.set, ...judged, actor: requester.actor };
		return answer(await ofEvidence(call, (ledger) => ledger.checkAnchors(given)));
	},
});
