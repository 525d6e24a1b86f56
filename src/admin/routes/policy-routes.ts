import { labelTimeWarnings } from "../../core/evidence/label-time.ts";
import { isJsonObject } from "../../core/json.ts";
import { applyMergePatch } from "../../core/ledger/merge-patch.ts";
import { loosenedLimits } from "../../core/ledger/operators-limits.ts";
import { diffPolicies } from "../../core/ledger/policy-diff.ts";
import { parseTenantPolicy } from "../../core/parse-tenant-policy.ts";
import { rateTierBinding } from "../../core/rate-tier.ts";
import type { PolicyDocument } from "../../core/policy-schema/policy.ts";
import { err, ok } from "../../core/result.ts";
import type { PolicyProblem, TenantPolicy } from "../../core/tenant-policy.ts";
import type { AdminPorts } from "../admin-ports.ts";
import { conflictRefusal, ledgerRefusal, problemsRefusal } from "../admin-reply.ts";
import { revisionAnswer } from "../answers.ts";
import { guarded } from "../define-route.ts";
import { refuseMissingOrigins, remarksOnOrigins } from "../missing-origins.ts";
import {
	candidatePolicy,
	changeQuery,
	mergePatch,
	policyDocument,
	revisionWritten,
	storedPolicy,
	validation,
} from "../schemas/policy.ts";

const REASON_HEADER = {
	"x-reason": { required: false, description: "Why, where the query does not say; ASCII, as headers are." },
} as const;
const CHANGED = "The revision that is current now; 201 where it is the first.";

export const showPolicy = guarded({
	operationId: "policy.get",
	method: "GET",
	path: "/tenants/{tenant}/policy",
	roles: ["operator", "tenant-admin", "tenant-reader"],
	summary: "The current policy",
	reply: { schema: storedPolicy, description: "The document as it was written.", revisioned: true },
	async handle({ ledger }) {
		const current = await ledger.revision("current");
		if (!current.ok) return err(ledgerRefusal(current.error));
		return ok({ body: current.value.document as PolicyDocument, revision: current.value.revision });
	},
});

export const putPolicy = guarded({
	operationId: "policy.put",
	method: "PUT",
	path: "/tenants/{tenant}/policy",
	roles: ["operator", "tenant-admin"],
	summary: "Make a policy the current one, as a new revision",
	query: changeQuery,
	body: policyDocument,
	headers: REASON_HEADER,
	precondition: "required",
	refusals: [409, 429],
	reply: { schema: revisionWritten, description: CHANGED, statuses: [200, 201], revisioned: true },
	async handle({ ports, ledger, parameters, body: document, expected = null, query, header, requester: { actor } }) {
		const asking = { ports, ledger, tenant: parameters.tenant, actor, act: "policy.put", expected };
		const missing = await refuseMissingOrigins(document, asking);
		if (missing !== null) return err(missing);
		const reason = reasonOf(query.reason, header("x-reason"));
		const written = revisionAnswer(await ledger.putPolicy({ document, expected, reason, cause: "put", actor }));
		return written.ok && expected === null ? ok({ ...written.value, status: 201 }) : written;
	},
});

export const patchPolicy = guarded({
	operationId: "policy.patch",
	method: "PATCH",
	path: "/tenants/{tenant}/policy",
	roles: ["operator", "tenant-admin"],
	summary: "Change fields of the current policy, as a new revision",
	query: changeQuery,
	body: mergePatch,
	contentTypes: ["application/merge-patch+json", "application/json"],
	headers: REASON_HEADER,
	precondition: "required-of-existing",
	refusals: [409, 429],
	reply: { schema: revisionWritten, description: "The revision that is current now.", revisioned: true },
	async handle({ ports, ledger, parameters, body: patch, expected = null, query, header, requester: { actor } }) {
		const current = await ledger.revision("current");
		if (!current.ok) {
			const { error } = current;
			// A patch of what is not there has been made of something else.
			return err(error.kind === "not-found" && error.what !== "tenant" ? conflictRefusal(0) : ledgerRefusal(error));
		}
		const document = applyMergePatch(current.value.document, patch);
		if (!document.ok || !isJsonObject(document.value))
			return err(problemsRefusal(422, "invalid_request", [{ path: "body", message: "nests too deep" }]));
		const asking = { ports, ledger, tenant: parameters.tenant, actor, act: "policy.patch", expected };
		const missing = await refuseMissingOrigins(document.value, asking);
		if (missing !== null) return err(missing);
		const reason = reasonOf(query.reason, header("x-reason"));
		// The ledger compares the revision: one that has risen since the caller or this route looked is a conflict.
		return revisionAnswer(
			await ledger.putPolicy({ document: document.value, expected, reason, cause: "patch", actor }),
		);
	},
});

export const validatePolicy = guarded({
	operationId: "policy.validate",
	method: "POST",
	path: "/tenants/{tenant}/policy/validate",
	roles: ["operator", "tenant-admin", "tenant-reader"],
	summary: "Check a policy, and what it would change, without saving it",
	body: candidatePolicy,
	refusals: [429],
	reply: { schema: validation, description: "Every problem, and every difference to the current policy." },
	async handle({ ledger, ports, parameters, body: document, requester: { actor } }) {
		const current = await ledger.revision("current");
		if (!current.ok && (current.error.kind !== "not-found" || current.error.what === "tenant"))
			return err(ledgerRefusal(current.error));
		const parsed = parseTenantPolicy(document);
		const inForce = current.ok ? current.value.document : null;
		const origins = parsed.ok
			? await remarksOnOrigins(parsed.value, inForce, { ports, tenant: parameters.tenant, actor })
			: ok({ problems: parsed.error, warnings: [] });
		if (!origins.ok) return origins;
		const problems = [
			...origins.value.problems,
			...(parsed.ok && actor.kind === "tenant-key" ? loosenedLimits(inForce, parsed.value) : []),
		];
		return ok({
			body: {
				valid: problems.length === 0,
				problems,
				warnings: [...origins.value.warnings, ...(parsed.ok ? warningsOf(parsed.value, ports) : [])],
				revision: current.ok ? current.value.revision : null,
				changes: diffPolicies(inForce ?? {}, document),
			},
		});
	},
});

/** Time limits that are too long for a guarantee's evidence, and settings that name what this Worker does not have; requests are served without. */
function warningsOf(policy: TenantPolicy, { hasRateTier }: AdminPorts): PolicyProblem[] {
	const { rateTier } = policy.limits;
	const slow = labelTimeWarnings(policy);
	if (rateTier === undefined || hasRateTier(rateTier)) return slow;
	const message = `limits nothing: the Worker has no binding ${rateTierBinding(rateTier)}`;
	return [...slow, { path: "limits.rateTier", message }];
}

/** A reason without the space around it; longer ones than the schema of the query takes are cut. */
function reasonOf(query: string | undefined, header: string | null): string {
	return query ?? header?.slice(0, 500) ?? "";
}
