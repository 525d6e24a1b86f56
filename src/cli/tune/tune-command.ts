import { writeFileSync } from "node:fs";
import { ok, type Result } from "../../core/result.ts";
import type { CascadeLog } from "../../tuning/log/cascade-log.ts";
import { applyThresholds, quietSession, readTarget, type Applied } from "./apply-thresholds.ts";
import { modelsOutOfOrder } from "./check-order.ts";
import { countAttempt, defaultAttemptsFile, type Attempt } from "./attempts-file.ts";
import { digestRows, digestSettings, sketchLog } from "./digests.ts";
import { withLabelledRows } from "./labelled-rows.ts";
import { loadCascade, refused, usage, type Failure, type LoadedCascade } from "./load-cascade.ts";
import { drawShares, inOrder, runTuning } from "./run-tuning.ts";
import { showTuning } from "./show-tuning.ts";
import { checkApplication, readExpiry, readPlan, readQuestion, type TuneOptions } from "./tune-options.ts";
import { certificateOf, type Procedure } from "./tuning-certificate.ts";
import type { TuningQuestion } from "./tuning-question.ts";
import { expectedOf, tuningJson, type TuningResult } from "./tuning-result.ts";

/** 0 done, 1 refused or failed, 3 nothing certified; wrong usage, 2, is a failure of kind `usage`. */
export type TuneExit = 0 | 1 | 3;

/** Writes a report of a run into a file. */
export type WriteReport = (file: string, result: TuningResult) => void;

/** What the labeller is called where nobody named it. */
const UNNAMED_LABELLER = "unnamed";

/** `cascade tune LOG`: the loosest thresholds that can be certified, what they promise and what to expect of them. */
export async function tune(
	file: string,
	options: TuneOptions,
	{ now, writeReport }: { readonly now: Date; readonly writeReport: WriteReport | undefined },
): Promise<Result<TuneExit, Failure>> {
	const ready = prepare(options, now);
	if (!ready.ok) return ready;
	// Before anything is counted or written: without a key nothing can be applied.
	const session = options.apply === undefined ? null : quietSession(connectionOf(options));
	const loaded = await loadCascade(file, options);
	if (!loaded.ok) return loaded;
	const result = tuneRows(loaded.value, ready.value, options);
	if (!result.ok) return result;
	const { certificate, outcome } = result.value;
	const written = writeFiles(options, result.value, writeReport);
	if (!written.ok) return written;
	if (options.json !== true) process.stdout.write(showTuning(result.value));
	const applied: Result<Applied | null, string> =
		session === null || certificate === null
			? ok(null)
			: await applyThresholds(session, {
					to: options.apply ?? "",
					models: certificate.models,
					thresholds: certificate.thresholds,
					stages: options.stages?.split(",").map((name) => name.trim()),
					reason: reasonOf(certificate),
					yes: options.yes === true,
				});
	if (options.json === true)
		process.stdout.write(`${JSON.stringify(tuningJson(result.value, applied.ok ? applied.value : null))}\n`);
	else if (applied.ok && applied.value !== null) process.stdout.write(describeApplied(applied.value));
	if (!applied.ok) return refused(applied.error);
	return ok(outcome.certified ? 0 : 3);
}

function writeFiles(
	{ certificate: file, html }: TuneOptions,
	result: TuningResult,
	writeReport: WriteReport | undefined,
): Result<null, Failure> {
	try {
		if (file !== undefined && result.certificate !== null)
			writeFileSync(file, `${JSON.stringify(result.certificate, null, "\t")}\n`);
		if (html !== undefined) writeReport?.(html, result);
		return ok(null);
	} catch (error) {
		return refused(`what was asked for cannot be written: ${error instanceof Error ? error.message : String(error)}`);
	}
}

interface Prepared {
	readonly question: TuningQuestion;
	readonly planned: number | undefined;
	readonly expiresAt: string | null;
	readonly now: Date;
}

function prepare(options: TuneOptions, now: Date): Result<Prepared, Failure> {
	const question = readQuestion(options);
	if (!question.ok) return question;
	const planned = readPlan(options);
	if (!planned.ok) return planned;
	const expiresAt = readExpiry(options, now);
	if (!expiresAt.ok) return expiresAt;
	const application = checkApplication(options);
	if (!application.ok) return application;
	const target = options.apply === undefined ? null : readTarget(options.apply);
	if (target !== null && !target.ok) return usage(target.error);
	return ok({ question: question.value, planned: planned.value, expiresAt: expiresAt.value, now });
}

function tuneRows(
	loaded: LoadedCascade,
	{ question, planned, expiresAt, now }: Prepared,
	options: TuneOptions,
): Result<TuningResult, Failure> {
	const label = checkLabel(loaded.cascade, question);
	if (!label.ok) return label;
	const labelled = withLabelledRows(loaded.cascade, question.risk);
	if (!labelled.ok) return refused(labelled.error);
	const ordered = inOrder(labelled.value);
	const shares = drawShares(ordered, question);
	const logDigest = digestRows(ordered);
	const models = loaded.cascade.stages.map(({ model }) => model);
	const isTrial = shares.heldOut !== null && options.certificate === undefined && options.apply === undefined;
	const attempt = countAttempt(options.attemptsFile ?? defaultAttemptsFile(process.env), {
		// Of all rows, not of those drawn for calibration: each seed draws others, and would begin its count anew.
		rows: logDigest,
		sketch: sketchLog(ordered),
		trialOf: isTrial ? digestRows(shares.calibration) : undefined,
		question: digestSettings({ ...question, models }),
		delta: question.delta,
		planned,
	});
	if (!attempt.ok) return refused(attempt.error);
	const { deltaSpent } = attempt.value;
	const asked = { ...question, delta: deltaSpent };
	const tuned = runTuning(shares, asked);
	if (!tuned.ok) return refused(tuned.error);
	const outcome = tuned.value;
	const target = options.apply === undefined ? null : readTarget(options.apply);
	const certificate = isTrial
		? null
		: certificateOf(outcome, {
				question: asked,
				delta: question.delta,
				attempt: attempt.value.number,
				labeller: options.labeller ?? loaded.loaded.labeller ?? UNNAMED_LABELLER,
				procedure: procedureOf(loaded, question, attempt.value, logDigest),
				tenant: target?.ok === true ? target.value.tenant : null,
				cascade: target?.ok === true ? target.value.cascade : null,
				issuedAt: now.toISOString(),
				expiresAt,
			});
	return ok({
		loaded,
		question: asked,
		delta: question.delta,
		attempt: attempt.value,
		outcome,
		certificate,
		outOfOrder: modelsOutOfOrder(outcome, asked),
		...expectedOf(outcome),
	});
}

function procedureOf(
	{ source, loaded }: LoadedCascade,
	question: TuningQuestion,
	attempt: Attempt,
	logDigest: string,
): Procedure {
	return {
		logDigest,
		calibrationShare: question.calibrationShare,
		startCoverages: question.startCoverages,
		plannedAttempts: attempt.planned,
		format: loaded.format,
		columns: Object.fromEntries(source.columns),
		defaultModel: source.defaultModel,
		group: source.group ?? null,
		cascade: source.cascade ?? null,
	};
}

const MOST_LABELS_NAMED = 20;

/** A claim about one label needs a log that has it. */
function checkLabel(cascade: CascadeLog, { onLabel }: TuningQuestion): Result<null, Failure> {
	if (onLabel === null) return ok(null);
	const labels = new Set(cascade.stages[0]?.label?.filter((label) => label !== null));
	if (labels.has(onLabel)) return ok(null);
	const named = [...labels].slice(0, MOST_LABELS_NAMED).map((label) => `'${label}'`);
	return usage(
		labels.size === 0
			? "--on-label: the log does not say which label the first stage gave"
			: `--on-label: no answer has the label '${onLabel}'; there are ${named.join(", ")}${labels.size > named.length ? ", …" : ""}`,
	);
}

function connectionOf({ url, key }: TuneOptions): { readonly url?: string; readonly key?: string } {
	return { ...(url === undefined ? {} : { url }), ...(key === undefined ? {} : { key }) };
}

function reasonOf({ risk, targetRisk, delta, rowsDigest }: NonNullable<TuningResult["certificate"]>): string {
	return `cascade tune: ${risk} risk at most ${targetRisk}, delta ${delta}, rows ${rowsDigest}`;
}

function describeApplied({ tenant, cascade, revision, changed }: Applied): string {
	return changed
		? `\n${tenant}/${cascade}: revision ${revision} is current, everywhere within about a minute and a half.\n`
		: `\n${tenant}/${cascade}: revision ${revision} has these thresholds already.\n`;
}
