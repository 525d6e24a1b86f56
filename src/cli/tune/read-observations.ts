import { err, ok, type Result } from "../../core/result.ts";
import type { Labels } from "../../tuning/log/labels.ts";
import type { LogBuilder, ReadLog } from "../../tuning/log/log-builder.ts";
import { ObservationRows } from "../../tuning/log/observation-rows.ts";
import { readObservation, unwrapObservations } from "../../tuning/log/read-observation.ts";
import { jsonTexts } from "./json-texts.ts";
import { parseText, Unreadable } from "./json-values.ts";
import { openFile, splitLines } from "./split-lines.ts";

/** What is read, and where its rows go. */
export interface ObservationReading {
	readonly source: {
		readonly file: string;
		readonly group?: string | undefined;
		readonly cascade?: string | undefined;
	};
	readonly builder: LogBuilder;
	readonly labels: Labels;
	readonly onBytes: (bytes: number) => void;
}

/** Reads a Worker's log. Records of another cascade than `source.cascade` are set aside; without one, there must be one alone. */
export async function readObservations({
	source,
	builder,
	labels,
	onBytes,
}: ObservationReading): Promise<Result<ReadLog & { readonly stageNames: readonly string[] }, string>> {
	if (source.group !== undefined)
		return err("--group: observations say nothing of conversations; take one request of each before you label");
	const rows = new ObservationRows(builder, labels);
	const cascades = new Map<string, number>();
	for await (const texts of jsonTexts(splitLines(openFile(source.file, onBytes)))) {
		for (const { line, text } of texts) {
			const value = parseText(text);
			if (value instanceof Unreadable) {
				builder.reject(line, value);
				continue;
			}
			const observations = unwrapObservations(value);
			if (observations.length === 0) builder.setAside(line, "no record of a request");
			for (const observation of observations) {
				const request = readObservation(observation);
				if (!request.ok) {
					builder.reject(line, request.error);
					continue;
				}
				const { cascade } = request.value;
				cascades.set(cascade, (cascades.get(cascade) ?? 0) + 1);
				if (source.cascade === undefined || source.cascade === cascade) rows.add(line, request.value);
				else builder.setAside(line, "of another cascade");
			}
		}
	}
	const listed = [...cascades].map(([cascade, count]) => `${cascade} (${count})`).join(", ");
	if (source.cascade === undefined && cascades.size > 1)
		return err(`the log is of several cascades, choose one with --cascade: ${listed}`);
	if (source.cascade !== undefined && !cascades.has(source.cascade))
		return err(`--cascade: the log has nothing of ${source.cascade}; it has ${listed === "" ? "no request" : listed}`);
	return ok(rows.finish());
}
