import { diffPolicies } from "../../core/ledger/policy-diff.ts";
import type { PolicyDocument } from "../../core/policy-schema/policy.ts";
import { err, ok } from "../../core/result.ts";
import * as v from "valibot";
import { ledgerRefusal } from "../admin-reply.ts";
import { answerOfTenant, revisionAnswer } from "../answers.ts";
import { guarded } from "../define-route.ts";
import { refuseMissingOrigins } from "../missing-origins.ts";
import { numberedPage } from "../schemas/common.ts";
import { DEFAULT_LIMIT, numberedPageQuery, revisionNumber } from "../schemas/parameters.ts";
import { difference, policyRevision, revisionSummary, revisionWritten, rollbackBody } from "../schemas/policy.ts";

export const listRevisions = guarded({
	operationId: "revisions.list",
	method: "GET",
	path: "/tenants/{tenant}/policy/revisions",
	roles: ["operator", "tenant-admin", "tenant-reader"],
	summary: "The policy's history",
	query: numberedPageQuery,
	reply: { schema: numberedPage(revisionSummary), description: "One page, newest first, without the documents." },
	handle: async ({ ledger, query: { before = null, limit = DEFAULT_LIMIT } }) =>
		answerOfTenant(ledger, ledger.revisions({ before, limit })),
});

export const showRevision = guarded({
	operationId: "revisions.get",
	method: "GET",
	path: "/tenants/{tenant}/policy/revisions/{revision}",
	roles: ["operator", "tenant-admin", "tenant-reader"],
	summary: "The policy as it was at a revision",
	reply: { schema: policyRevision, description: "The revision with its document.", revisioned: true },
	async handle({ ledger, parameters: { revision } }) {
		const found = await ledger.revision(revision);
		if (!found.ok) return err(ledgerRefusal(found.error));
		return ok({ body: { ...found.value, document: found.value.document as PolicyDocument }, revision });
	},
});

export const diffRevisions = guarded({
	operationId: "revisions.diff",
	method: "GET",
	path: "/tenants/{tenant}/policy/diff",
	roles: ["operator", "tenant-admin", "tenant-reader"],
	summary: "What differs between two revisions",
	query: v.strictObject({
		from: revisionNumber("The revision that is compared."),
		to: v.optional(revisionNumber("The revision it is compared with; the current one where absent.")),
	}),
	reply: { schema: difference, description: "What must change for `from` to become `to`." },
	async handle({ ledger, query }) {
		const [from, to] = await Promise.all([ledger.revision(query.from), ledger.revision(query.to ?? "current")]);
		if (!from.ok) return err(ledgerRefusal(from.error));
		if (!to.ok) return err(ledgerRefusal(to.error));
		return ok({
			body: {
				from: from.value.revision,
				to: to.value.revision,
				changes: diffPolicies(from.value.document, to.value.document),
			},
		});
	},
});

export const rollbackPolicy = guarded({
	operationId: "policy.rollback",
	method: "POST",
	path: "/tenants/{tenant}/policy/rollback",
	roles: ["operator", "tenant-admin"],
	summary: "Make an earlier policy the current one again, as a new revision",
	body: rollbackBody,
	precondition: "of-existing",
	refusals: [409, 429],
	reply: { schema: revisionWritten, description: "The revision that is current now.", revisioned: true },
	async handle({ ports, ledger, parameters, body: { revision: to, reason }, expected, requester: { actor } }) {
		const earlier = await ledger.revision(to);
		const asking = { ports, ledger, tenant: parameters.tenant, actor, act: "policy.rollback", expected };
		const missing = earlier.ok ? await refuseMissingOrigins(earlier.value.document, asking) : null;
		if (missing !== null) return err(missing);
		return revisionAnswer(await ledger.rollback({ to, expected: expected ?? null, reason, actor }));
	},
});
