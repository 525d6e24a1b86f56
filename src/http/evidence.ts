import type { EvidenceExchange } from "../cascade/evidence-port.ts";
import type { Cascade } from "../core/tenant-policy.ts";
import type { AppPorts } from "./app-ports.ts";
import type { ChosenRevision } from "./choose-revision.ts";

/**
 * The evidence that a request to the cascade of this alias belongs to; undefined where its first stage has no guarantee.
 * `cascade` is what of it serves the request: with fewer stages than the policy's it is another one, of which nothing is
 * promised.
 */
export function evidenceFor(
	{ evidenceOf }: Pick<AppPorts, "evidenceOf">,
	tenant: string,
	{ revision, policy, guarantees, isCanary }: ChosenRevision,
	alias: string,
	cascade: Cascade,
	at: number,
): EvidenceExchange | undefined {
	if (guarantees === undefined || evidenceOf === undefined) return undefined;
	const guarantee = guarantees.get(alias);
	if (guarantee === undefined || cascade.stages.length !== policy.cascades[alias]?.stages.length) return undefined;
	return evidenceOf({ ...guarantee, tenant, cascade: alias, policyRevision: revision, isCanary, at });
}
