import { existsSync, readdirSync, readFileSync } from "node:fs";
import { selectStages, type CascadeLog } from "../../src/tuning/log/cascade-log.ts";
import { LogBuilder } from "../../src/tuning/log/log-builder.ts";
import { isTraceHeader, readTraceHeader, readTraceRow } from "../../src/tuning/log/read-trace-row.ts";

/** Recorded cascades lie here where they are present; they are no part of the product. */
const TRACES = new URL("../../../shared/data/traces/", import.meta.url);

/** A recorded cascade, all its models. */
export interface Trace {
	/** The file's name without its ending. */
	readonly name: string;
	readonly log: CascadeLog;
}

/** Two models of a trace that follow each other. */
export interface TracePair {
	readonly trace: string;
	/** Such as `mmlu-llama 8b→70b`. */
	readonly name: string;
	/** Two stages. */
	readonly log: CascadeLog;
}

/** Reads every trace of a folder, in order of their names; none where the folder is absent. */
export function readTraces(folder: URL = TRACES): Trace[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.filter((file) => file.endsWith(".jsonl"))
		.sort()
		.map((file) => ({
			name: file.replace(/\.jsonl$/u, ""),
			log: readTrace(file, readFileSync(new URL(file, folder), "utf8")),
		}));
}

/** Each two models that follow each other in each trace. */
export function adjacentPairs(traces: readonly Trace[]): TracePair[] {
	return traces.flatMap(({ name, log }) =>
		log.stages.slice(1).map((large, index) => {
			const small = log.stages[index];
			return {
				trace: name,
				name: `${name} ${shortName(small?.model ?? "")}→${shortName(large.model)}`,
				log: selectStages(log, [index, index + 1]),
			};
		}),
	);
}

/** The size of a model where its name has one, such as `8b`; else the name without its date. */
export function shortName(model: string): string {
	return /\d+b/iu.exec(model)?.[0] ?? model.replace(/ \(.*\)$|-\d{4}(-\d\d-\d\d)?$/gu, "");
}

function readTrace(file: string, text: string): CascadeLog {
	const [first, ...lines] = text.trimEnd().split("\n");
	const given: unknown = JSON.parse(first ?? "");
	const header = isTraceHeader(given) ? readTraceHeader(given) : undefined;
	if (header?.ok !== true) throw new Error(`${file}: the first line is no header`);
	const builder = new LogBuilder();
	for (const model of header.value.models) builder.stage(model);
	for (const [index, line] of lines.entries()) {
		const row = readTraceRow(JSON.parse(line), header.value, undefined);
		if (!row.ok) throw new Error(`${file}:${index + 2}: ${row.error.reason}`);
		builder.add(index + 2, row.value);
	}
	return builder.finish().log;
}
