import { readFileSync } from "node:fs";
import { isJsonObject, parseJson, type JsonObject } from "../../core/json.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { LOG_FORMATS } from "../../tuning/log/detect-format.ts";
import { SCORES } from "./tuning-question.ts";
import type { TuningCertificate } from "./tuning-certificate.ts";

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isTextOrNull: Check = (value) => value === null || isText(value);
const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
const isWhole: Check = (value) => Number.isSafeInteger(value);
const isIn =
	(choices: readonly unknown[]): Check =>
	(value) =>
		choices.includes(value);
const isListOf =
	(check: Check): Check =>
	(value) =>
		Array.isArray(value) && value.every(check);

const FIELDS: Readonly<Record<Exclude<keyof TuningCertificate, "procedure" | "fitted">, Check>> = {
	version: isIn([1]),
	tenant: isTextOrNull,
	cascade: isTextOrNull,
	models: isListOf(isText),
	thresholds: isListOf(isNumber),
	risk: isIn(["selective", "joint", "regret"]),
	targetRisk: isNumber,
	delta: isNumber,
	deltaSpent: isNumber,
	onLabel: isTextOrNull,
	method: isText,
	score: isIn(SCORES),
	rows: isWhole,
	n: isWhole,
	wrong: isWhole,
	pValue: isNumber,
	upperBound: isNumber,
	path: isListOf(isListOf(isNumber)),
	start: isWhole,
	seed: isWhole,
	labeller: isText,
	rowsDigest: isText,
	configHash: isText,
	attempts: isWhole,
	issuedAt: isText,
	expiresAt: isTextOrNull,
};

const PROCEDURE: Readonly<Record<keyof TuningCertificate["procedure"], Check>> = {
	logDigest: isText,
	calibrationShare: isNumber,
	startCoverages: (value) => value === null || isListOf(isNumber)(value),
	plannedAttempts: (value) => value === null || isWhole(value),
	format: isIn(LOG_FORMATS),
	columns: (value) => isJsonObject(value) && Object.values(value).every(isText),
	defaultModel: isText,
	group: isTextOrNull,
	cascade: isTextOrNull,
};

/** Reads a certificate that `cascade tune` wrote; fails with the first field that is not of one. */
export function readCertificate(file: string): Result<TuningCertificate, string> {
	let text: string;
	try {
		text = readFileSync(file, "utf8");
	} catch {
		return err(`${file}: cannot be read`);
	}
	const value = parseJson(text);
	if (!isJsonObject(value)) return err(`${file}: is not a JSON object`);
	const wrong = wrongField(value, FIELDS) ?? wrongProcedure(value["procedure"]);
	return wrong === undefined
		? ok(value as unknown as TuningCertificate)
		: err(`${file}: ${wrong} is not a certificate's`);
}

function wrongProcedure(value: unknown): string | undefined {
	if (!isJsonObject(value)) return "procedure";
	const field = wrongField(value, PROCEDURE);
	return field === undefined ? undefined : `procedure.${field}`;
}

function wrongField(object: JsonObject, checks: Readonly<Record<string, Check>>): string | undefined {
	return Object.entries(checks).find(([name, check]) => !check(object[name]))?.[0];
}
