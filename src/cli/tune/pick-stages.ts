import { err, ok, type Result } from "../../core/result.ts";
import { selectRows, selectStages, type CascadeLog, type StageColumns } from "../../tuning/log/cascade-log.ts";
import type { LoadedLog } from "./read-log.ts";

/** Which models make the cascade, as the user said it. */
export interface StageChoice {
	/** `--edge`, each of which may name several, with commas between. */
	readonly edge: readonly string[];
	readonly origin?: string | undefined;
}

/** What the last stage is called where the log says nothing of it. */
const UNKNOWN_ORIGIN = "origin";

/**
 * The log of the chosen models alone, in the order asked. Models are found by their name, or by a stage's. A log of two needs no
 * choice; one of a single model gets a last stage of which nothing is known, called as the user calls it. Of a live log, rows in which the first of
 * them was not asked are left out: they never reach this cascade.
 */
export function pickStages(loaded: LoadedLog, choice: StageChoice): Result<CascadeLog, string> {
	const read = withOrigin(loaded, choice.origin);
	const names = read.log.stages.map(({ model }) => model);
	const find = (option: string, name: string): Result<number, string> => {
		const position = [names.indexOf(name), read.stageNames?.indexOf(name) ?? -1].find((index) => index >= 0);
		return position === undefined
			? err(`${option}: the log has no model '${name}'; it has ${listed(names)}`)
			: ok(position);
	};
	const edges = choice.edge.flatMap((text) =>
		names.includes(text) ? [text] : text.split(",").map((name) => name.trim()),
	);
	if ((edges.length === 0 || choice.origin === undefined) && names.length !== 2)
		return err(`name the cascade's models with --edge and --origin; the log has ${listed(names)}`);
	const origin = find("--origin", choice.origin ?? otherThan(names, edges[0]) ?? "");
	if (!origin.ok) return origin;
	const positions: number[] = [];
	for (const name of edges.length === 0 ? names.filter((_, index) => index !== origin.value) : edges) {
		const position = find("--edge", name);
		if (!position.ok) return position;
		positions.push(position.value);
	}
	positions.push(origin.value);
	if (new Set(positions).size !== positions.length) return err("--edge and --origin name a model twice");
	return askedRows(read, positions);
}

function withOrigin(loaded: LoadedLog, name: string | undefined): LoadedLog {
	const { log } = loaded;
	const [only, ...more] = log.stages;
	if (only === undefined || more.length > 0) return loaded;
	const unknown: StageColumns = {
		model: name ?? (only.model === UNKNOWN_ORIGIN ? "last stage" : UNKNOWN_ORIGIN),
		confidence: new Float64Array(log.rows).fill(Number.NaN),
		wrong: new Uint8Array(log.rows).fill(1),
		labelled: new Uint8Array(log.rows),
		costUsd: new Float64Array(log.rows).fill(Number.NaN),
		latencyMs: new Float64Array(log.rows).fill(Number.NaN),
	};
	return {
		...loaded,
		log: { ...log, stages: [only, unknown] },
		asked: [...loaded.asked, new Uint8Array(log.rows)],
		stageNames: loaded.stageNames === undefined ? undefined : [...loaded.stageNames, unknown.model],
	};
}

function askedRows({ log, asked }: LoadedLog, positions: readonly number[]): Result<CascadeLog, string> {
	const picked = selectStages(log, positions);
	const askedOf = positions.map((position) => asked[position] ?? new Uint8Array(log.rows));
	const kept = Array.from(log.ids.keys()).filter((row) => askedOf[0]?.[row] === 1);
	for (const [index, column] of askedOf.slice(1, -1).entries()) {
		const missing = kept.filter((row) => column[row] === 0).length;
		if (missing === 0) continue;
		const model = picked.stages[index + 1]?.model ?? "";
		return err(
			`${model} was not asked in ${missing} rows, since an earlier stage had answered: what it would have said there is unknown, so several thresholds cannot be chosen from this log; choose one stage with --edge`,
		);
	}
	if (kept.length === 0) return err(`${picked.stages[0]?.model ?? ""} was asked in no row of the log`);
	return ok(kept.length === log.rows ? picked : selectRows(picked, kept));
}

function otherThan(names: readonly string[], edge: string | undefined): string | undefined {
	return edge === names[1] ? names[0] : names[1];
}

function listed(names: readonly string[]): string {
	return names.map((name) => `'${name}'`).join(", ");
}
