import { isJsonObject } from "../../core/json.ts";
import { detectFormat } from "../../tuning/log/detect-format.ts";
import { readLabel, type Labels } from "../../tuning/log/labels.ts";
import { FaultCounter, type RejectedLine } from "../../tuning/log/row-report.ts";
import { csvRecords, delimiterOf } from "./csv-records.ts";
import { jsonTexts } from "./json-texts.ts";
import { parseText, Unreadable } from "./json-values.ts";
import { openFile, splitLines } from "./split-lines.ts";

/** What became of a file of labels. */
export interface LabelsRead {
	readonly rejected: number;
	readonly rejectedByReason: Readonly<Record<string, number>>;
	readonly firstRejected: readonly RejectedLine[];
	/** Labels of answers that the log does not have. */
	readonly unused: number;
}

/** Reads labels into `labels`: JSON lines, or CSV with a header. Throws where the file cannot be read. */
export async function readLabels(file: string, labels: Labels): Promise<LabelsRead> {
	const faults = new FaultCounter();
	const add = (line: number, get: (field: string) => unknown) => {
		const label = readLabel(get);
		if (label.ok) labels.add(label.value);
		else faults.add(line, label.error);
	};
	const first = await firstLine(file);
	if (detectFormat(first) === "csv") await readCsvLabels(file, delimiterOf(first), add);
	else await readJsonLabels(file, add, faults);
	return {
		rejected: faults.total,
		rejectedByReason: faults.byReason(),
		firstRejected: faults.first,
		unused: labels.unused,
	};
}

type AddLabel = (line: number, get: (field: string) => unknown) => void;

async function readJsonLabels(file: string, add: AddLabel, faults: FaultCounter): Promise<void> {
	for await (const texts of jsonTexts(splitLines(openFile(file, () => {})))) {
		for (const { line, text } of texts) {
			const value = parseText(text);
			if (value instanceof Unreadable) faults.add(line, value);
			else if (isJsonObject(value)) add(line, (field) => value[field]);
			else faults.add(line, { reason: "the line is not a JSON object" });
		}
	}
}

async function readCsvLabels(file: string, delimiter: string, add: AddLabel): Promise<void> {
	let header: readonly string[] | undefined;
	for await (const record of csvRecords(
		openFile(file, () => {}),
		delimiter,
	)) {
		if (header === undefined) header = record.cells.map((cell) => cell.trim());
		else {
			const positions = header;
			add(record.line, (field) => record.cells[positions.indexOf(field)]);
		}
	}
}

async function firstLine(file: string): Promise<string> {
	for await (const texts of jsonTexts(splitLines(openFile(file, () => {})))) return texts[0]?.text ?? "";
	return "";
}
