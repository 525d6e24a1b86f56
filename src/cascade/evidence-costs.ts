import { totalCost } from "../core/cost.ts";
import type { EvidenceEntry } from "../core/evidence/evidence-entry.ts";
import type { Evidence } from "./evidence-port.ts";
import type { RunRecord } from "./run-record.ts";

/** Evidence whose entries say what their request has cost so far, where the guarantee is paced by money; the same otherwise. */
export function withCosts(evidence: Evidence, record: RunRecord, firstStage: string): Evidence {
	if (evidence.terms.guarantee.pacing === undefined) return evidence;
	const priced = (entry: EvidenceEntry): EvidenceEntry => ({ ...entry, cost: costOf(record, firstStage) });
	return {
		...evidence,
		record: (entry) => evidence.record(priced(entry)),
		draw: (entry) => evidence.draw(priced(entry)),
	};
}

function costOf({ calls }: RunRecord, firstStage: string): NonNullable<EvidenceEntry["cost"]> {
	const isFirst = ({ stage }: RunRecord["calls"][number]) => stage === firstStage;
	return {
		stageUsd: totalCost(calls.filter(isFirst)),
		restUsd: totalCost(calls.filter((call) => !isFirst(call))),
	};
}
