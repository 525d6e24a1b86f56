import { err, ok, type Result } from "../../core/result.ts";
import type { EpochRecord, EvidenceCount, PhaseRecord } from "../../tuning/evidence/evidence-table.ts";
import type { EvidenceSnapshot, ExportedEvidence } from "../../tuning/evidence/exported-evidence.ts";
import {
	hasFields,
	isIn,
	isListOf,
	isNumber,
	isText,
	isWhole,
	isWholeOrNull,
	optional,
	readJsonFile,
	wrongField,
	type Check,
} from "./read-json-file.ts";

const EPOCH: Readonly<Record<keyof EpochRecord, Check>> = {
	epoch: isWhole,
	configHash: isText,
	labeller: isText,
	risk: isIn("selective", "joint"),
	targetRisk: isNumber,
	delta: isNumber,
	path: isListOf(isNumber),
	start: isWhole,
	openedAt: isNumber,
	cause: isText,
};

const PHASE: Readonly<Record<keyof PhaseRecord, Check>> = {
	epoch: isWhole,
	phase: isWhole,
	deployed: isWholeOrNull,
	auditPropensity: isWhole,
	escalatedPropensity: optional(isWhole),
	openedAt: isNumber,
};

const COUNT: Readonly<Record<keyof EvidenceCount, Check>> = {
	epoch: isWhole,
	phase: isWhole,
	revision: isWhole,
	cell: isWhole,
	propensity: isWhole,
	n: isWhole,
	wrong: isWhole,
	unlabelled: isWhole,
};

const SNAPSHOT: Readonly<Record<keyof EvidenceSnapshot, Check>> = {
	epoch: isWhole,
	watermark: isNumber,
	counts: isListOf(hasFields(COUNT)),
};

const EXPORTED: Readonly<Record<keyof ExportedEvidence, Check>> = {
	version: isIn(1),
	tenant: isText,
	cascade: isText,
	stage: isText,
	epochs: isListOf(hasFields(EPOCH)),
	phases: isListOf(hasFields(PHASE)),
	counts: isListOf(hasFields(COUNT)),
	snapshots: isListOf(hasFields(SNAPSHOT)),
};

/**
 * Reads what `cascade evidence export` wrote; what else it holds is passed over. Fails with the first field that is not of
 * such a file. That its numbers can be is for `verifyEvidence` to say.
 */
export function readExportedEvidence(file: string): Result<ExportedEvidence, string> {
	const read = readJsonFile(file);
	if (!read.ok) return read;
	const wrong = wrongField(read.value, EXPORTED);
	return wrong === undefined
		? ok(read.value as unknown as ExportedEvidence)
		: err(`${file}: ${wrong} is not an exported ledger's; \`cascade evidence export\` writes one`);
}
