import { err, ok, type Result } from "../../core/result.ts";
import { printable, showCount } from "../admin/show-values.ts";
import { isEvidenceCertificate } from "../evidence/read-evidence-certificate.ts";
import { verifyEvidenceFiles } from "../evidence/verify-evidence-files.ts";
import { shareOf } from "./attempts-file.ts";
import { canonicalJson } from "../../tuning/log/canonical-rows.ts";
import { digestRows } from "./digests.ts";
import { withLabelledRows } from "./labelled-rows.ts";
import { loadCascade, refused, type Failure } from "./load-cascade.ts";
import type { LogOptions } from "./log-options.ts";
import { readCertificate } from "./read-certificate.ts";
import { drawShares, inOrder, runTuning } from "./run-tuning.ts";
import { certificateOf, type TuningCertificate } from "./tuning-certificate.ts";
import type { TuningQuestion } from "./tuning-question.ts";

/** What `cascade verify` takes: the rest is in the certificate. */
export interface VerifyOptions {
	readonly labels?: string;
	readonly json?: boolean;
}

/** A field in which a certificate is not what the log says. */
interface Difference {
	readonly field: string;
	readonly certificate: unknown;
	readonly recomputed: unknown;
}

/** Computed in floating point from whole numbers: the last digits may be another library's. */
const NEARLY_EQUAL = 1e-9;
const COMPUTED_BY_SUMS: readonly string[] = ["pValue", "upperBound"];

/** What no log can say; how many attempts there were is the certificate's own word. */
const NOT_CHECKED = ["tenant", "cascade", "issuedAt", "expiresAt", "attempts"] as const;

/**
 * `cascade verify CERTIFICATE LOG`: computes the certificate again from the log and what it says of its own making. 0
 * where every field is the same and it has not ended; 1 otherwise, with the fields that differ. A certificate of live
 * evidence is computed again from an exported ledger in the log's place.
 */
export async function verify(
	certificateFile: string,
	logFile: string,
	options: VerifyOptions,
	now: Date,
): Promise<Result<0 | 1, Failure>> {
	if (isEvidenceCertificate(certificateFile)) {
		const verified = verifyEvidenceFiles(certificateFile, logFile, options, now);
		return verified.ok ? verified : refused(verified.error);
	}
	const certificate = readCertificate(certificateFile);
	if (!certificate.ok) return refused(certificate.error);
	const { expiresAt } = certificate.value;
	const recomputed = await recompute(certificate.value, logFile, options);
	if (!recomputed.ok && recomputed.error.kind === "usage") return refused(recomputed.error.message);
	if (!recomputed.ok) return recomputed;
	const differences = compare(certificate.value, recomputed.value.certificate);
	// A log may name its labeller; where it does not, or `--labeller` named another, nothing here says who judged.
	const isLabellerKnown = recomputed.value.labeller === certificate.value.labeller;
	const notChecked = [...NOT_CHECKED, ...(isLabellerKnown ? [] : ["labeller"])];
	const isExpired = expiresAt !== null && !(Date.parse(expiresAt) > now.getTime());
	const isValid = differences.length === 0 && !isExpired;
	if (options.json === true)
		process.stdout.write(`${JSON.stringify({ valid: isValid, expired: isExpired, differences, notChecked })}\n`);
	else process.stdout.write(describe(certificate.value, { differences, notChecked, isExpired }));
	return ok(isValid ? 0 : 1);
}

interface Recomputed {
	/** Null where the log certifies nothing. */
	readonly certificate: TuningCertificate | null;
	/** Whom the log names. */
	readonly labeller: string | undefined;
}

async function recompute(
	certificate: TuningCertificate,
	file: string,
	options: VerifyOptions,
): Promise<Result<Recomputed, Failure>> {
	const { delta, attempts, labeller } = certificate;
	const loaded = await loadCascade(file, logOptions(certificate, options));
	if (!loaded.ok) return loaded;
	const question = questionOf(certificate);
	if (!question.ok) return refused(question.error);
	const labelled = withLabelledRows(loaded.value.cascade, certificate.risk);
	if (!labelled.ok) return refused(labelled.error);
	const ordered = inOrder(labelled.value);
	const outcome = runTuning(drawShares(ordered, question.value), question.value);
	if (!outcome.ok) return refused(outcome.error);
	const { tenant, cascade, issuedAt, expiresAt } = certificate;
	const procedure = { ...certificate.procedure, logDigest: digestRows(ordered) };
	const facts = {
		question: question.value,
		delta,
		attempt: attempts,
		labeller,
		procedure,
		tenant,
		cascade,
		issuedAt,
		expiresAt,
	};
	return ok({ certificate: certificateOf(outcome.value, facts), labeller: loaded.value.loaded.labeller });
}

function logOptions({ models, procedure }: TuningCertificate, { labels }: VerifyOptions): LogOptions {
	const { format, columns, group, cascade } = procedure;
	const mapping = Object.entries(columns).map(([target, column]) => `${target}=${column}`);
	return {
		edge: models.slice(0, -1),
		origin: models.at(-1) ?? "",
		format,
		...(mapping.length === 0 ? {} : { columns: mapping.join(",") }),
		...(labels === undefined ? {} : { labels }),
		...(group === null ? {} : { group }),
		...(cascade === null ? {} : { cascade }),
	};
}

/** The question as it was asked. What an attempt may spend follows from its number, whatever the certificate says. */
function questionOf(certificate: TuningCertificate): Result<TuningQuestion, string> {
	const { risk, targetRisk, delta, attempts, onLabel, seed, score, procedure } = certificate;
	const { startCoverages, calibrationShare, plannedAttempts } = procedure;
	const isPossible =
		targetRisk > (risk === "regret" ? -1 : 0) &&
		targetRisk < 1 &&
		delta > 0 &&
		delta <= 0.5 &&
		attempts >= 1 &&
		(plannedAttempts === null || attempts <= plannedAttempts) &&
		startCoverages?.length !== 0 &&
		startCoverages?.every((share) => share >= 0 && share <= 1) !== false &&
		seed >= 0 &&
		seed < 2 ** 32 &&
		calibrationShare > 0 &&
		calibrationShare <= 1;
	if (!isPossible) return err("the certificate names numbers that no tuning has");
	const spent = shareOf(delta, attempts, plannedAttempts);
	return ok({ risk, target: targetRisk, delta: spent, onLabel, startCoverages, seed, score, calibrationShare });
}

function compare(certificate: TuningCertificate, recomputed: TuningCertificate | null): Difference[] {
	if (recomputed === null) return [{ field: "certified", certificate: true, recomputed: false }];
	const said = fieldsOf(certificate);
	const found = fieldsOf(recomputed);
	return [...new Set([...said.keys(), ...found.keys()])]
		.filter((name) => !isSame(name, said.get(name), found.get(name)))
		.map((field) => ({ field, certificate: said.get(field), recomputed: found.get(field) }));
}

/** Every field by its name, those of the procedure as `procedure.…`. */
function fieldsOf({ procedure, ...fields }: TuningCertificate): Map<string, unknown> {
	const inner = Object.entries(procedure).map(([name, value]) => [`procedure.${name}`, value] as const);
	return new Map<string, unknown>([...Object.entries(fields), ...inner]);
}

function isSame(name: string, left: unknown, right: unknown): boolean {
	if (COMPUTED_BY_SUMS.includes(name) && typeof left === "number" && typeof right === "number")
		return Math.abs(left - right) <= NEARLY_EQUAL * Math.max(Math.abs(left), Math.abs(right));
	return canonicalJson(left) === canonicalJson(right);
}

const MOST_SHOWN = 100;

function describe(
	certificate: TuningCertificate,
	{
		differences,
		notChecked,
		isExpired,
	}: {
		readonly differences: readonly Difference[];
		readonly notChecked: readonly string[];
		readonly isExpired: boolean;
	},
): string {
	const expired = isExpired ? `Expired: the certificate ended at ${printable(certificate.expiresAt ?? "")}.\n` : "";
	if (differences.length === 0) {
		const { rows, n, wrong, labeller, delta, targetRisk, risk } = certificate;
		return `${expired}${isExpired ? "Otherwise valid" : "Valid"}: ${risk} risk at most ${targetRisk}, delta ${delta}; ${showCount(n)} of ${showCount(rows)} rows accepted, ${showCount(wrong)} wrong as '${printable(labeller)}' says. The log gives all of it but what follows.\nNot checked, since the log does not say it: ${notChecked.join(", ")}; and that the rows are like the traffic.\n`;
	}
	const lines = differences.map(
		({ field, certificate: said, recomputed }) =>
			`  ${printable(field)}: the certificate says ${shown(said)}, the log ${shown(recomputed)}\n`,
	);
	return `${expired}Not valid: this log does not give this certificate.\n${lines.join("")}`;
}

function shown(value: unknown): string {
	const text = printable(JSON.stringify(value) ?? "nothing");
	return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
