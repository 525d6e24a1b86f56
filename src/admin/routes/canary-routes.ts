import { err, ok } from "../../core/result.ts";
import { ledgerRefusal, refuse } from "../admin-reply.ts";
import { answer, revisionAnswer } from "../answers.ts";
import { guarded } from "../define-route.ts";
import { canaryBody, changeQuery, revisionWritten } from "../schemas/policy.ts";
import { canary, reasonBody } from "../schemas/tenants.ts";

export const showCanary = guarded({
	operationId: "canary.get",
	method: "GET",
	path: "/tenants/{tenant}/policy/canary",
	roles: ["operator", "tenant-admin", "tenant-reader"],
	summary: "The revision that a share of requests is on",
	description: "Its figures stand beside the current revision's in the usage, by `policyRevision`.",
	reply: { schema: canary, description: "The canary; 404 where there is none." },
	async handle({ ledger }) {
		const state = await ledger.state();
		if (!state.ok) return err(ledgerRefusal(state.error));
		const { canary: current } = state.value;
		return current === null
			? err(refuse({ status: 404, code: "not_found", message: "There is no canary." }))
			: ok({ body: current });
	},
});

export const startCanary = guarded({
	operationId: "canary.put",
	method: "PUT",
	path: "/tenants/{tenant}/policy/canary",
	roles: ["operator", "tenant-admin"],
	summary: "Put a share of requests on another revision",
	body: canaryBody,
	reply: { schema: canary, description: "The canary, in place of one that ran before." },
	refusals: [409],
	handle: async ({ ledger, body, requester: { actor } }) => answer(await ledger.startCanary({ ...body, actor })),
});

export const dropCanary = guarded({
	operationId: "canary.delete",
	method: "DELETE",
	path: "/tenants/{tenant}/policy/canary",
	roles: ["operator", "tenant-admin"],
	summary: "Put every request on the current revision again",
	query: changeQuery,
	reply: { schema: revisionWritten, description: "The current revision, which stays.", revisioned: true },
	refusals: [409],
	handle: async ({ ledger, query: { reason = "" }, requester: { actor } }) =>
		revisionAnswer(await ledger.endCanary({ promote: false, reason, actor })),
});

export const promoteCanary = guarded({
	operationId: "canary.promote",
	method: "POST",
	path: "/tenants/{tenant}/policy/canary/promote",
	roles: ["operator", "tenant-admin"],
	summary: "Make the canary's policy the current one, as a new revision",
	body: reasonBody,
	reply: { schema: revisionWritten, description: "The revision that is current now.", revisioned: true },
	refusals: [409],
	handle: async ({ ledger, body: { reason }, requester: { actor } }) =>
		revisionAnswer(await ledger.endCanary({ promote: true, reason, actor })),
});
