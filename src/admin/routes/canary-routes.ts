import type { CanaryState, LedgerRefusal } from "../../core/ledger/ledger-ports.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { ledgerRefusal } from "../admin-reply.ts";
import { answer, revisionAnswer } from "../answers.ts";
import { guarded } from "../define-route.ts";
import { refuseMissingOrigins } from "../missing-origins.ts";
import { preconditionRequired } from "../preconditions.ts";
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
	summary: "Put a share of requests on another revision, or on a policy that was never current",
	description:
		"A `policy` becomes the next revision, and the current policy, which stays in force, the one after it; `If-Match` must name the current revision. Figures begin anew, also where the share alone is another; the last ones of the canary that ran before are on the audit trail. The same revision at the same share goes on as it is.",
	body: canaryBody,
	precondition: "of-existing",
	reply: { schema: canary, description: "The canary, in place of one that ran before." },
	refusals: [409, 428, 429],
	async handle({ ports, ledger, parameters, body, expected, requester: { actor } }) {
		// One of the two is there: the schema sees to that.
		const { revision = 0, policy: document, share, reason } = body;
		const asking = { ports, ledger, tenant: parameters.tenant, actor, act: "canary.start", expected };
		if (document !== undefined) {
			if (typeof expected !== "number") return err(preconditionRequired());
			const missing = await refuseMissingOrigins(document, asking);
			if (missing !== null) return err(missing);
			return canaryAnswer(await ledger.startCanaryOf({ document, expected, share, reason, actor }));
		}
		const candidate = await ledger.revision(revision);
		const missing = candidate.ok ? await refuseMissingOrigins(candidate.value.document, asking) : null;
		if (missing !== null) return err(missing);
		const seen = typeof expected === "number" ? { expected } : {};
		return canaryAnswer(await ledger.startCanary({ revision, ...seen, share, reason, actor }));
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
	refusals: [409, 429],
	async handle({ ports, ledger, parameters, body: { reason }, requester: { actor } }) {
		const state = await ledger.state();
		const onCanary = state.ok ? state.value.canary : null;
		const candidate = onCanary === null ? null : await ledger.revision(onCanary.revision);
		const asking = { ports, ledger, tenant: parameters.tenant, actor, act: "canary.promote", expected: undefined };
		const missing = candidate?.ok === true ? await refuseMissingOrigins(candidate.value.document, asking) : null;
		return missing === null ? revisionAnswer(await ledger.endCanary({ promote: true, reason, actor })) : err(missing);
	},
});

/** What does not fit is the policy, unless it is the share. */
function canaryAnswer(started: Result<CanaryState, LedgerRefusal>) {
	return started.ok ? ok({ body: started.value }) : err(ledgerRefusal(started.error, "invalid_policy"));
}
