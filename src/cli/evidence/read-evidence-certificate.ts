import { err, ok, type Result } from "../../core/result.ts";
import type { CertifiedStep, EvidenceCertificate } from "../../tuning/evidence/evidence-certificate.ts";
import {
	hasFields,
	isIn,
	isListOf,
	isNumber,
	isText,
	isTextOrNull,
	isWhole,
	readJsonFile,
	wrongField,
	type Check,
} from "./read-json-file.ts";

const STEP: Readonly<Record<keyof CertifiedStep, Check>> = {
	index: isWhole,
	threshold: isNumber,
	watermark: isNumber,
	logEValue: isNumber,
	n: isWhole,
	wrong: isWhole,
};

const isShare: Check = (value) => isNumber(value) && Number(value) > 0 && Number(value) < 1;

const CERTIFICATE: Readonly<Record<keyof EvidenceCertificate, Check>> = {
	version: isIn(1),
	kind: isIn("evidence"),
	tenant: isText,
	cascade: isText,
	stage: isText,
	threshold: isNumber,
	risk: isIn("selective", "joint"),
	targetRisk: isNumber,
	delta: isShare,
	deltaSpent: isNumber,
	onLabel: isTextOrNull,
	method: isIn("anytime-betting"),
	epoch: (value) => isWhole(value) && Number(value) >= 1,
	path: isListOf(isNumber),
	start: isWhole,
	deployed: isWhole,
	steps: isListOf(hasFields(STEP)),
	watermark: isNumber,
	n: isWhole,
	wrong: isWhole,
	logEValue: isNumber,
	configHash: isText,
	labeller: isText,
	rowsDigest: isText,
	issuedAt: isText,
	expiresAt: isText,
};

/** Whether a file holds a certificate of live evidence, rather than one that `cascade tune` wrote. */
export function isEvidenceCertificate(file: string): boolean {
	const read = readJsonFile(file);
	return read.ok && read.value["kind"] === "evidence";
}

/** Reads what `cascade evidence certificate` wrote; fails with the first field that is not of one. */
export function readEvidenceCertificate(file: string): Result<EvidenceCertificate, string> {
	const read = readJsonFile(file);
	if (!read.ok) return read;
	const wrong = wrongField(read.value, CERTIFICATE);
	return wrong === undefined
		? ok(read.value as unknown as EvidenceCertificate)
		: err(`${file}: ${wrong} is not an evidence certificate's`);
}
