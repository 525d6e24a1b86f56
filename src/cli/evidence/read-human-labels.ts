import { isJsonObject } from "../../core/json.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { detectFormat } from "../../tuning/log/detect-format.ts";
import { csvRecords, delimiterOf } from "../tune/csv-records.ts";
import { jsonTexts } from "../tune/json-texts.ts";
import { parseText } from "../tune/json-values.ts";
import { openFile, splitLines } from "../tune/split-lines.ts";

/** A human's verdict on one request. */
interface HumanLabel {
	readonly requestId: string;
	/** Which text of a batch. */
	readonly item?: number;
	readonly wrong: boolean;
}

/** What a file holds. */
export interface HumanLabels {
	readonly labels: readonly HumanLabel[];
	/** Lines of `cascade evidence texts` that nobody has given a verdict. */
	readonly leftOut: number;
}

/** What a verdict may be written as. */
const VERDICTS: ReadonlyMap<string, boolean> = new Map([
	["wrong", true],
	["true", true],
	["1", true],
	["right", false],
	["false", false],
	["0", false],
]);

/**
 * Reads verdicts: JSON lines, or CSV with a header, of `requestId`, `wrong` and perhaps `item`; lines of `cascade evidence texts`
 * are such, once they have a verdict. One bad line and there are none: a verdict that was passed over without a word would be
 * missed by nobody. The error names the line.
 */
export async function readHumanLabels(file: string): Promise<Result<HumanLabels, string>> {
	try {
		const labels: HumanLabel[] = [];
		let leftOut = 0;
		for await (const { line, field } of records(file)) {
			if (typeof field("sequence") === "number" && (field("wrong") ?? null) === null) {
				leftOut += 1;
				continue;
			}
			const label = readLabel(field);
			if (!label.ok) return err(`${file}, line ${line}: ${label.error}`);
			labels.push(label.value);
		}
		return labels.length === 0 ? err(`${file}: holds no verdict`) : ok({ labels, leftOut });
	} catch (error) {
		return err(`${file}: ${error instanceof Error && !("code" in error) ? error.message : "cannot be read"}`);
	}
}

interface LabelRecord {
	readonly line: number;
	readonly field: (name: string) => unknown;
}

async function* records(file: string): AsyncGenerator<LabelRecord> {
	const open = () => openFile(file, () => {});
	const first = await firstLine(open());
	if (detectFormat(first) === "csv") {
		let header: readonly string[] | undefined;
		for await (const { line, cells } of csvRecords(open(), delimiterOf(first))) {
			const names = header;
			if (names === undefined) header = cells.map((cell) => cell.trim());
			else yield { line, field: (name) => cells[names.indexOf(name)]?.trim() };
		}
		return;
	}
	for await (const texts of jsonTexts(splitLines(open())))
		for (const { line, text } of texts) {
			const value = parseText(text);
			yield { line, field: (name) => (isJsonObject(value) ? value[name] : undefined) };
		}
}

async function firstLine(stream: ReturnType<typeof openFile>): Promise<string> {
	for await (const texts of jsonTexts(splitLines(stream))) return texts[0]?.text ?? "";
	return "";
}

function readLabel(field: (name: string) => unknown): Result<HumanLabel, string> {
	const requestId = field("requestId");
	if (typeof requestId !== "string" || requestId === "") return err("has no requestId");
	const wrong = VERDICTS.get(String(field("wrong")).toLowerCase());
	if (wrong === undefined) return err("`wrong` is neither true nor false");
	const item = field("item") ?? "";
	if (item === "") return ok({ requestId, wrong });
	const number = Number(item);
	return Number.isSafeInteger(number) && number >= 0
		? ok({ requestId, item: number, wrong })
		: err("`item` is no position in a batch");
}
