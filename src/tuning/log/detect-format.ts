import { isJsonObject, parseJson } from "../../core/json.ts";
import { isTraceHeader } from "./read-trace-row.ts";
import { isLiveLog } from "./read-observation.ts";

/** The forms that a log may have; docs/tuning.md describes them. */
export const LOG_FORMATS = ["trace", "observations", "jsonl", "csv"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** What the log is, by its first line (or first object over several lines) that is not blank. */
export function detectFormat(first: string): LogFormat {
	const value = parseJson(first);
	if (isTraceHeader(value)) return "trace";
	if (isLiveLog(value)) return "observations";
	return isJsonObject(value) ? "jsonl" : "csv";
}
