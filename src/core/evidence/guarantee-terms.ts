import type { Cascade } from "../tenant-policy.ts";
import type { GuaranteeTerms } from "./evidence-ports.ts";
import { CERTAIN, type PartsPerMillion } from "./guarantee.ts";
import { labellerName } from "./labeller.ts";

/** What a ledger has to know of a cascade; null where its first stage has no guarantee. */
export function guaranteeTerms({ stages, labeller, auditRate, retainText }: Cascade): GuaranteeTerms | null {
	const [first] = stages;
	if (first?.guarantee === undefined) return null;
	return {
		stage: first.name,
		guarantee: first.guarantee,
		labeller: labellerName(labeller),
		auditPropensity: propensityOf(auditRate),
		retainTextHours: retainText?.hours ?? null,
	};
}

/** A chance in whole parts per million, at least one: evidence has no use for a label that nothing could have got. */
export function propensityOf(chance: number): PartsPerMillion {
	return Math.min(CERTAIN, Math.max(1, Math.round(chance * CERTAIN)));
}
