import { isJsonObject, parseJson, type JsonObject } from "../../../core/json.ts";
import { err, ok, type Result } from "../../../core/result.ts";

/** A report's file, read. */
export type OpenedReport =
	| { readonly kind: "html"; readonly name: string; readonly html: string }
	| { readonly kind: "json"; readonly name: string; readonly tuning: Tuning };

/** What the dashboard shows of the object that `cascade tune --json` prints; money is in US dollars a request. */
export interface Tuning {
	readonly certified: boolean;
	readonly models: readonly string[];
	readonly thresholds: readonly number[];
	readonly risk: string;
	readonly target: number;
	readonly delta: number;
	readonly rows: number;
	readonly coverage: number;
	readonly accepted: number;
	readonly wrong: number;
	readonly upperBound: number | null;
	readonly quality: number | null;
	readonly lastStageQuality: number | null;
	readonly saving: number | null;
	readonly reason: string | null;
	readonly labelsNeeded: number | null;
	/** The whole of it, as it was written. */
	readonly text: string;
}

/** Reports are some 100 KB. */
const MOST_BYTES = 20_000_000;

/** Reads a file that should be a report; a sentence for people where it is none. */
export async function readReport(file: File): Promise<Result<OpenedReport, string>> {
	if (file.size > MOST_BYTES) return err("This file is larger than any report.");
	const text = await file.text();
	if (/^\s*<!doctype html/iu.test(text)) return ok({ kind: "html", name: file.name, html: text });
	const json = parseJson(text);
	if (!isJsonObject(json)) return err("This is neither an HTML report nor JSON.");
	const tuning = readTuning(json);
	return tuning === null
		? err("This is JSON, but not what cascade tune --json prints.")
		: ok({ kind: "json", name: file.name, tuning });
}

/** The figures of a run; null where the object is none of a run. */
export function readTuning(json: JsonObject): Tuning | null {
	const { certified, models, thresholds, risk, reason } = json;
	const number = (name: string) => (typeof json[name] === "number" ? json[name] : null);
	const [target, delta, rows, coverage] = ["target", "delta", "rows", "coverage"].map(number);
	if (typeof certified !== "boolean" || typeof risk !== "string") return null;
	if (!isListOf(models, "string") || !(thresholds === null || isListOf(thresholds, "number"))) return null;
	if (target == null || delta == null || rows == null || coverage == null) return null;
	return {
		certified,
		models: models as readonly string[],
		thresholds: (thresholds ?? []) as readonly number[],
		risk,
		target,
		delta,
		rows,
		coverage,
		accepted: number("n") ?? 0,
		wrong: number("wrong") ?? 0,
		upperBound: number("upperBound"),
		quality: number("quality"),
		lastStageQuality: number("lastStageQuality"),
		saving: number("saving"),
		reason: typeof reason === "string" ? reason : null,
		labelsNeeded: number("labelsNeeded"),
		text: JSON.stringify(json, null, "\t"),
	};
}

function isListOf(value: unknown, type: "string" | "number"): boolean {
	return Array.isArray(value) && value.every((item) => typeof item === type);
}
