import { statSync } from "node:fs";
import { isJsonObject } from "../../core/json.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { detectFormat, type LogFormat } from "../../tuning/log/detect-format.ts";
import { Labels, withLabels } from "../../tuning/log/labels.ts";
import { LogBuilder, type ReadLog } from "../../tuning/log/log-builder.ts";
import { flatten, planColumns, type ColumnPlan } from "../../tuning/log/named-columns.ts";
import { readNamedRow } from "../../tuning/log/read-named-row.ts";
import { readTraceHeader, readTraceRow, type TraceHeader } from "../../tuning/log/read-trace-row.ts";
import { csvRecords, delimiterOf } from "./csv-records.ts";
import { jsonTexts } from "./json-texts.ts";
import { parseText, Unreadable } from "./json-values.ts";
import { startProgress } from "./progress.ts";
import { readLabels, type LabelsRead } from "./read-labels.ts";
import { readObservations } from "./read-observations.ts";
import { openFile, splitLines } from "./split-lines.ts";

/** Where a log is, and how it is to be read. */
export interface LogSource {
	readonly file: string;
	/** Default: found out. */
	readonly format?: LogFormat | undefined;
	/** Of named columns: what is where, beyond what their names say. */
	readonly columns: ReadonlyMap<string, string>;
	/** The column (of a trace: the field) that says which rows belong together. */
	readonly group?: string | undefined;
	/** A file of labels. */
	readonly labels?: string | undefined;
	/** Of observations: `tenant/cascade`. */
	readonly cascade?: string | undefined;
	/** Whose a column such as `confidence` is, which names no model. */
	readonly defaultModel: string;
}

/** A log and what is known of it. */
export interface LoadedLog extends ReadLog {
	readonly format: LogFormat;
	/** What decided "wrong", where the log says so. */
	readonly labeller?: string | undefined;
	/** Other names of the stages, in their order; of observations. */
	readonly stageNames?: readonly string[] | undefined;
	readonly labelsRead?: LabelsRead | undefined;
}

/** One reading: what is read, and where its rows go. */
interface Reading {
	readonly source: LogSource;
	readonly builder: LogBuilder;
	readonly labels: Labels;
	readonly onBytes: (bytes: number) => void;
}

/** Reads a log once, from beginning to end; fails with a sentence where it is no log at all. */
export async function readLog(source: LogSource): Promise<Result<LoadedLog, string>> {
	const progress = startProgress(`reading ${source.file}`, sizeOf(source.file));
	let file = source.labels ?? source.file;
	try {
		const labels = new Labels();
		const labelsRead = source.labels === undefined ? undefined : await readLabels(source.labels, labels);
		file = source.file;
		const first = await firstText(source.file);
		if (first === null) return err(`${source.file} is empty`);
		const format = source.format ?? detectFormat(first);
		const reading = { source, builder: new LogBuilder(), labels, onBytes: (bytes: number) => progress.advance(bytes) };
		const read = await readAs(format, reading, first);
		if (!read.ok) return read;
		if (read.value.log.rows === 0 && read.value.report.rejected === 0)
			return err(`${source.file} holds no row${describeAside(read.value)}`);
		return ok({
			...read.value,
			format,
			labelsRead: labelsRead === undefined ? undefined : { ...labelsRead, unused: labels.unused },
		});
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		return err(`${file}: ${messageOf(error)}`);
	} finally {
		progress.stop();
	}
}

type Read = ReadLog & { readonly labeller?: string | undefined; readonly stageNames?: readonly string[] };

function readAs(format: LogFormat, reading: Reading, first: string): Promise<Result<Read, string>> {
	switch (format) {
		case "trace":
			return readTrace(reading);
		case "observations":
			return readObservations(reading);
		case "jsonl":
			return readJsonLines(reading);
		case "csv":
			return readCsv(reading, delimiterOf(first));
	}
}

async function readTrace({ source, builder, labels, onBytes }: Reading): Promise<Result<Read, string>> {
	let header: TraceHeader | undefined;
	for await (const texts of jsonTexts(splitLines(openFile(source.file, onBytes)))) {
		for (const { line, text } of texts) {
			const value = parseText(text);
			if (header === undefined) {
				const read = isJsonObject(value) ? readTraceHeader(value) : err({ reason: "the first line is no header" });
				if (!read.ok) return err(`${source.file}:${line}: ${read.error.reason}`);
				header = read.value;
				for (const model of header.models) builder.stage(model);
				continue;
			}
			const row = value instanceof Unreadable ? err(value) : readTraceRow(value, header, source.group);
			if (row.ok) builder.add(line, withLabels(row.value, header.models, labels));
			else builder.reject(line, row.error);
		}
	}
	return ok({ ...builder.finish(), labeller: header?.labeller });
}

async function readJsonLines({ source, builder, labels, onBytes }: Reading): Promise<Result<Read, string>> {
	let plan: ColumnPlan | undefined;
	for await (const texts of jsonTexts(splitLines(openFile(source.file, onBytes)))) {
		for (const { line, text } of texts) {
			const value = parseText(text);
			if (!isJsonObject(value) || value instanceof Unreadable) {
				builder.reject(line, value instanceof Unreadable ? value : { reason: "the line is not a JSON object" });
				continue;
			}
			const fields = flatten(value);
			if (plan === undefined) {
				const columns = [
					...new Set([
						...fields.keys(),
						...source.columns.values(),
						...(source.group === undefined ? [] : [source.group]),
					]),
				];
				const planned = beginColumns(columns, source, builder);
				if (!planned.ok) return planned;
				plan = planned.value;
			}
			const { columns } = plan;
			addNamedRow(builder, plan, labels, line, (column) => fields.get(columns[column] ?? ""));
		}
	}
	return ok(builder.finish());
}

async function readCsv(
	{ source, builder, labels, onBytes }: Reading,
	delimiter: string,
): Promise<Result<Read, string>> {
	let plan: ColumnPlan | undefined;
	for await (const { line, cells } of csvRecords(openFile(source.file, onBytes), delimiter)) {
		if (plan === undefined) {
			const planned = beginColumns(cells, source, builder);
			if (!planned.ok) return planned;
			plan = planned.value;
		} else if (cells.length !== plan.columns.length)
			builder.reject(line, {
				reason: "the line has more or fewer fields than the header",
				value: String(cells.length),
			});
		else addNamedRow(builder, plan, labels, line, (column) => cells[column]);
	}
	return ok(builder.finish());
}

function beginColumns(columns: readonly string[], source: LogSource, builder: LogBuilder): Result<ColumnPlan, string> {
	const plan = planColumns(columns, source.columns, source);
	if (!plan.ok) return err(plan.error.replace(/^/gmu, `${source.file}: `));
	for (const { model } of plan.value.stages) builder.stage(model);
	return plan;
}

function addNamedRow(
	builder: LogBuilder,
	plan: ColumnPlan,
	labels: Labels,
	line: number,
	cell: (column: number) => unknown,
): void {
	const row = readNamedRow(plan, cell, line);
	if (!row.ok) return builder.reject(line, row.error);
	const models = plan.stages.map(({ model }) => model);
	builder.add(line, withLabels(row.value, models, labels));
}

async function firstText(file: string): Promise<string | null> {
	for await (const texts of jsonTexts(splitLines(openFile(file, () => {})))) return texts[0]?.text ?? "";
	return null;
}

function sizeOf(file: string): number {
	try {
		return statSync(file).size;
	} catch {
		return 0;
	}
}

function messageOf(error: Error & { readonly code?: string }): string {
	if (error.code === "ENOENT") return "there is no such file";
	return error.code === "EISDIR" ? "is a directory" : error.message;
}

function describeAside({ report }: ReadLog): string {
	const reasons = Object.entries(report.setAsideByReason).map(([reason, count]) => `${count}: ${reason}`);
	return reasons.length === 0 ? "" : ` (${reasons.join("; ")})`;
}
