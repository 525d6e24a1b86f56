import { Option, type Command } from "commander";
import { err, ok, type Result } from "../../core/result.ts";
import { LOG_FORMATS, type LogFormat } from "../../tuning/log/detect-format.ts";
import { readMapping } from "../../tuning/log/named-columns.ts";
import type { LogSource } from "./read-log.ts";

/** How a log is to be read, as the user wrote it. */
export interface LogOptions {
	readonly edge?: readonly string[];
	readonly origin?: string;
	readonly format?: LogFormat;
	readonly columns?: string;
	readonly labels?: string;
	readonly group?: string;
	readonly cascade?: string;
	readonly strict?: boolean;
	readonly json?: boolean;
}

/** Adds the options of all commands that read a log. */
export function withLogOptions(command: Command): Command {
	return command
		.option(
			"--edge <model>",
			"the model asked first; several, in order, with commas or repeated; default: the first of a log of two",
			(value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
		)
		.option("--origin <model>", "the model that answers what no other does; default: the other of a log of two")
		.addOption(new Option("--format <format>", "what the log is; default: found out").choices(LOG_FORMATS))
		.option(
			"--columns <target=column,...>",
			"of CSV and JSON lines: which column is what, such as confidence=p,correct=ok,origin.correct=ok_large",
		)
		.option("--labels <file>", "labels in a file of their own, by requestId: JSON lines or CSV")
		.option("--group <column>", "which rows belong together, such as a conversation; one of each is drawn")
		.option("--cascade <tenant/cascade>", "of a Worker's log: whose requests")
		.option("--strict", "fail at a bad row instead of leaving it out")
		.option("--json", "print one JSON object");
}

/** Where the log is and how it is read; fails with what is wrong in the options. */
export function logSource(file: string, options: LogOptions): Result<LogSource, string> {
	const columns = options.columns === undefined ? ok(new Map<string, string>()) : readMapping(options.columns);
	if (!columns.ok) return err(`--columns: ${columns.error}`);
	const { format, group, labels, cascade } = options;
	return ok({ file, format, columns: columns.value, group, labels, cascade, defaultModel: defaultModel(options) });
}

/** Whose a column without a model is: the first model that the user named. */
function defaultModel({ edge }: LogOptions): string {
	return edge?.[0]?.split(",")[0]?.trim() ?? "edge";
}

/** Reads a number of an option. `most` is allowed; `least` where `isLeastAllowed`. */
export function readNumberOption(
	option: string,
	text: string,
	{
		least,
		most,
		isLeastAllowed = false,
	}: { readonly least: number; readonly most: number; readonly isLeastAllowed?: boolean },
): Result<number, string> {
	const number = text.trim() === "" ? Number.NaN : Number(text);
	const isIn = number <= most && (isLeastAllowed ? number >= least : number > least);
	return isIn
		? ok(number)
		: err(`${option}: '${text}' is no number ${isLeastAllowed ? "from" : "above"} ${least} to ${most}`);
}

/** Reads a whole number of an option, at least `least`. */
export function readWholeOption(option: string, text: string, least: number): Result<number, string> {
	const number = /^\d{1,15}$/u.test(text.trim()) ? Number(text) : Number.NaN;
	return number >= least ? ok(number) : err(`${option}: '${text}' is no whole number from ${least}`);
}

/** Reads numbers with commas between. */
export function readNumberList(
	option: string,
	text: string,
	bounds: Parameters<typeof readNumberOption>[2],
): Result<readonly number[], string> {
	const numbers: number[] = [];
	for (const part of text.split(",")) {
		const number = readNumberOption(option, part, bounds);
		if (!number.ok) return number;
		numbers.push(number.value);
	}
	return ok(numbers);
}
