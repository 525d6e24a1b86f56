import type { AuditVerdict } from "../evidence/evidence-entry.ts";

/** What an audit cost, for its tenant's usage. */
export interface AuditCost extends Pick<AuditVerdict, "requestId" | "item" | "at" | "costUsd"> {
	readonly cascade: string;
	/** 0: none that is known. */
	readonly policyRevision: number;
}

/** What usage has to know of verdicts on answers of this cascade. */
export function auditCosts(cascade: string, verdicts: readonly AuditVerdict[]): AuditCost[] {
	return verdicts.map(({ requestId, item, at, costUsd, policyRevision = 0 }) => ({
		requestId,
		...(item === undefined ? {} : { item }),
		at,
		costUsd,
		cascade,
		policyRevision,
	}));
}
