import { err, ok, type Result } from "../../core/result.ts";
import type { CascadeLog } from "../../tuning/log/cascade-log.ts";
import { logSource, type LogOptions } from "./log-options.ts";
import { pickStages } from "./pick-stages.ts";
import { readLog, type LoadedLog, type LogSource } from "./read-log.ts";
import { showRowReport } from "./show-row-report.ts";

/** Why a command cannot go on: it was used wrongly, or what it was given will not do. */
export interface Failure {
	readonly kind: "usage" | "refused";
	readonly message: string;
}

/** A log as it was read, and the stages of it that make the cascade. */
export interface LoadedCascade {
	readonly source: LogSource;
	readonly loaded: LoadedLog;
	readonly cascade: CascadeLog;
}

/** Reads a log and says on standard error which of its lines were left out. */
export async function loadLog(
	file: string,
	options: LogOptions,
): Promise<Result<{ readonly source: LogSource; readonly loaded: LoadedLog }, Failure>> {
	const source = logSource(file, options);
	if (!source.ok) return usage(source.error);
	const loaded = await readLog(source.value);
	if (!loaded.ok) return refused(loaded.error);
	process.stderr.write(showRowReport(file, loaded.value, options.labels));
	const bad = loaded.value.report.rejected + (loaded.value.labelsRead?.rejected ?? 0);
	if (options.strict === true && bad > 0) return refused(`--strict: ${file} has bad rows`);
	if (loaded.value.log.rows === 0) return refused(`${file}: no line is a row`);
	return ok({ source: source.value, loaded: loaded.value });
}

/** Reads a log and picks the cascade's stages. */
export async function loadCascade(file: string, options: LogOptions): Promise<Result<LoadedCascade, Failure>> {
	const read = await loadLog(file, options);
	if (!read.ok) return read;
	const cascade = pickStages(read.value.loaded, { edge: options.edge ?? [], origin: options.origin });
	if (!cascade.ok) return usage(cascade.error);
	return ok({ ...read.value, cascade: cascade.value });
}

/** A failure of the user's options. */
export function usage(message: string): { readonly ok: false; readonly error: Failure } {
	return err({ kind: "usage", message });
}

/** A failure of what the options name. */
export function refused(message: string): { readonly ok: false; readonly error: Failure } {
	return err({ kind: "refused", message });
}
