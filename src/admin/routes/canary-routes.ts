import { err } from "../../core/result.ts";
import { answer, revisionAnswer } from "../answers.ts";
import { guarded } from "../define-route.ts";
import { refuseMissingOrigins } from "../missing-origins.ts";
import { canaryBody, changeQuery, revisionWritten } from "../schemas/policy.ts";
import { canaryReport } from "../schemas/canary.ts";
import { canary, reasonBody } from "../schemas/tenants.ts";

export const showCanary = guarded({
	operationId: "canary.get",
	method: "GET",
	path: "/tenants/{tenant}/policy/canary",
	roles: ["operator", "tenant-admin", "tenant-reader"],
	summary: "The revision that a share of requests is on",
	description:
		"With its figures beside the current policy's: of every request that arrived since it began and none before, by cascade and revision. Embeddings, which no canary serves, are left out. Figures are behind by a few seconds.",
	reply: { schema: canaryReport, description: "The canary; 404 where there is none." },
	handle: async ({ ledger }) => answer(await ledger.canary()),
});

export const startCanary = guarded({
	operationId: "canary.put",
	method: "PUT",
	path: "/tenants/{tenant}/policy/canary",
	roles: ["operator", "tenant-admin"],
	summary: "Put a share of requests on another revision",
	description:
		"Figures begin anew, also where the share alone is another; the last ones of the canary that ran before are on the audit trail. The same revision at the same share goes on as it is.",
	body: canaryBody,
	reply: { schema: canary, description: "The canary, in place of one that ran before." },
	refusals: [409],
	async handle({ ports, ledger, parameters, body, requester: { actor } }) {
		const candidate = await ledger.revision(body.revision);
		const missing = candidate.ok
			? await refuseMissingOrigins(candidate.value.document, ports.registry, ledger, parameters.tenant)
			: null;
		return missing === null ? answer(await ledger.startCanary({ ...body, actor })) : err(missing);
	},
});

export const dropCanary = guarded({
	operationId: "canary.delete",
	method: "DELETE",
	path: "/tenants/{tenant}/policy/canary",
	roles: ["operator", "tenant-admin"],
	summary: "Put every request on the current revision again",
	description: "The canary's last figures are on the audit trail.",
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
	description: "The canary's last figures are on the audit trail.",
	body: reasonBody,
	reply: { schema: revisionWritten, description: "The revision that is current now.", revisioned: true },
	refusals: [409],
	handle: async ({ ledger, body: { reason }, requester: { actor } }) =>
		revisionAnswer(await ledger.endCanary({ promote: true, reason, actor })),
});
