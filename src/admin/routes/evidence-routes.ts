import { guaranteeConfigText } from "../../core/evidence/config-text.ts";
import type { EvidenceLedgerPort, GuaranteeTerms } from "../../core/evidence/evidence-ports.ts";
import { guaranteeTerms } from "../../core/evidence/guarantee-terms.ts";
import type { LedgerRefusal, TenantLedgerPort } from "../../core/ledger/ledger-ports.ts";
import { parseTenantPolicy } from "../../core/parse-tenant-policy.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { Cascade } from "../../core/tenant-policy.ts";
import type { AdminPorts } from "../admin-ports.ts";
import { answer } from "../answers.ts";
import { guarded } from "../define-route.ts";
import {
	evidenceLease,
	evidenceQuery,
	evidenceReason,
	evidenceReport,
	exportedEvidence,
	humanLabels,
	labelsTaken,
} from "../schemas/evidence.ts";

export const showEvidence = guarded({
	operationId: "evidence.get",
	method: "GET",
	path: "/tenants/{tenant}/cascades/{cascade}/evidence",
	roles: ["operator", "tenant-admin", "tenant-reader"],
	summary: "The evidence on a guaranteed stage: what may be accepted, and why",
	query: evidenceQuery,
	reply: { schema: evidenceReport, description: "The report; 404 where the cascade has no guarantee." },
	handle: async (call) => answer(await ofEvidence(call, (ledger) => ledger.report())),
});

export const exportEvidence = guarded({
	operationId: "evidence.export",
	method: "GET",
	path: "/tenants/{tenant}/cascades/{cascade}/evidence/export",
	roles: ["operator", "tenant-admin", "tenant-reader"],
	summary: "All that a certificate can be computed from again",
	query: evidenceQuery,
	reply: { schema: exportedEvidence, description: "For `cascade verify`. No text, and no request's id." },
	handle: async (call) => answer(await ofEvidence(call, (ledger) => ledger.exported())),
});

export const labelEvidence = guarded({
	operationId: "evidence.labels",
	method: "POST",
	path: "/tenants/{tenant}/cascades/{cascade}/evidence/labels",
	roles: ["operator", "tenant-admin"],
	summary: "Say of labelled answers whether they were wrong",
	description:
		"People's verdicts on answers whose text is kept, which may be changed until it is deleted, and on those that the coin drew, until their bucket is closed. None changes what the labeller said, but `wrong` of a drawn answer whose bucket is open counts as wrong in the evidence.",
	query: evidenceQuery,
	body: humanLabels,
	refusals: [409],
	reply: { schema: labelsTaken, description: "How many were taken, and which were not." },
	handle: async (call) => {
		const { labels } = call.body;
		const { actor } = call.requester;
		const given = labels.map(({ requestId, item, wrong }) => ({
			requestId,
			...(item === undefined ? {} : { item }),
			wrong,
		}));
		return answer(await ofEvidence(call, (ledger) => ledger.addHumanLabels({ labels: given, actor })));
	},
});

export const restartEvidence = guarded({
	operationId: "evidence.restart",
	method: "POST",
	path: "/tenants/{tenant}/cascades/{cascade}/evidence/restart",
	roles: ["operator", "tenant-admin"],
	summary: "Begin a new epoch: audition the stage again",
	description: "What was certified is over. Each epoch may spend less of the guarantee's delta than the one before.",
	query: evidenceQuery,
	body: evidenceReason,
	refusals: [409],
	reply: { schema: evidenceLease, description: "The lease in force, which accepts nothing." },
	handle: async (call) => {
		const { body, requester } = call;
		return answer(await ofEvidence(call, (ledger) => ledger.restart({ reason: body.reason, actor: requester.actor })));
	},
});

export const closeEvidence = guarded({
	operationId: "evidence.close",
	method: "POST",
	path: "/tenants/{tenant}/cascades/{cascade}/evidence/close",
	roles: ["operator", "tenant-admin"],
	summary: "Accept nothing of a guaranteed stage until its evidence is restarted",
	description: "Isolates with traffic hear of it within about ten seconds, every one within the lease's ten minutes.",
	query: evidenceQuery,
	body: evidenceReason,
	reply: { schema: evidenceLease, description: "The lease in force." },
	handle: async (call) => {
		const { body, requester } = call;
		return answer(await ofEvidence(call, (ledger) => ledger.close({ reason: body.reason, actor: requester.actor })));
	},
});

/** What the routes have in common. */
interface EvidenceCall {
	readonly ports: AdminPorts;
	readonly ledger: TenantLedgerPort;
	readonly parameters: { readonly tenant: string; readonly cascade: string };
	readonly query: { readonly revision?: number | undefined };
}

/** Asks the ledger of a cascade's configuration. Of the current policy's it is made where no request has come yet. */
export async function ofEvidence<Value>(
	call: EvidenceCall,
	ask: (ledger: EvidenceLedgerPort) => Promise<Result<Value, LedgerRefusal>>,
): Promise<Result<Value, LedgerRefusal>> {
	const found = await configurationOf(call);
	if (!found.ok) return found;
	const { tenant, cascade } = call.parameters;
	const { configHash, terms, policyRevision } = found.value;
	const address = { tenant, cascade, configHash };
	const asked = await ask(call.ports.evidenceLedgerOf(address));
	const isMissing = !asked.ok && asked.error.kind === "not-found";
	if (!isMissing || call.query.revision !== undefined) return asked;
	const begun = await call.ports.evidenceLedgerOf(address).lease({ address, terms, policyRevision });
	return begun.ok ? ask(call.ports.evidenceLedgerOf(address)) : begun;
}

/** What the ledger's name and terms come from: the cascade, as it is at a revision of the policy. */
export async function configurationOf({ ports, ledger, parameters: { cascade: alias }, query }: EvidenceCall): Promise<
	Result<
		{
			readonly configHash: string;
			readonly terms: GuaranteeTerms;
			readonly policyRevision: number;
			readonly cascade: Cascade;
		},
		LedgerRefusal
	>
> {
	const policy = await ledger.revision(query.revision ?? "current");
	if (!policy.ok) return policy;
	const parsed = parseTenantPolicy(policy.value.document);
	// One that an earlier program took, and this one does not read, serves nothing either.
	const cascade = parsed.ok && Object.hasOwn(parsed.value.cascades, alias) ? parsed.value.cascades[alias] : undefined;
	if (!parsed.ok || cascade === undefined) return err({ kind: "not-found", what: `cascade ${alias}` });
	const terms = guaranteeTerms(cascade);
	if (terms === null) return err({ kind: "not-found", what: `guarantee of cascade ${alias}` });
	const configHash = await ports.sha256Hex(guaranteeConfigText(cascade, parsed.value));
	return ok({ configHash, terms, policyRevision: policy.value.revision, cascade });
}
