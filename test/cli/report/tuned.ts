import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tune } from "../../../src/cli/tune/tune-command.ts";
import type { TuneOptions } from "../../../src/cli/tune/tune-options.ts";
import type { TuningResult } from "../../../src/cli/tune/tuning-result.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";

/** What is out of the ordinary about a trace. */
export interface TraceOptions {
	readonly rows?: number;
	readonly models?: readonly string[];
	readonly labeller?: string;
	/** False: no row says what a call cost. */
	readonly hasCosts?: boolean;
	/** False: nobody labelled the last model. */
	readonly isLastLabelled?: boolean;
	/** Lines that are no rows. */
	readonly badLines?: readonly string[];
}

/** A trace whose models are wrong the less the surer they are; long prompts are harder. The last model is mostly right. */
export function recordedTrace(options: TraceOptions = {}): string {
	const { rows = 2_000, models = ["small", "large"], labeller = "two people" } = options;
	const random = seededRandom(7);
	const lines = Array.from({ length: rows }, (_, row) => {
		const inputTokens = 20 + Math.floor(400 * random() ** 2);
		const stages = models.map((_model, stage) => {
			const isLast = stage === models.length - 1;
			const confidence = Math.min(1, Math.max(0, 1 - random() ** 1.5 - inputTokens / 4_000));
			const risk = isLast ? 0.05 : (0.5 / (stage + 1)) * (1 - confidence) ** 1.4;
			const costUsd = 0.000_02 * 5 ** stage * (0.5 + inputTokens / 200);
			return {
				...(isLast && options.isLastLabelled === false ? {} : { correct: random() < risk ? 0 : 1 }),
				confidence: isLast ? null : confidence,
				...(options.hasCosts === false ? {} : { costUsd }),
				latencyMs: 100 * (stage + 1) * (1 + random()),
				inputTokens,
			};
		});
		return JSON.stringify({ id: `question-${row}`, stages });
	});
	return [JSON.stringify({ models, labeller }), ...lines, ...(options.badLines ?? []), ""].join("\n");
}

/** What `cascade tune` finds in a trace: selective risk at most 0.1 unless asked otherwise. */
export async function tuned(trace: string, options: Partial<TuneOptions> = {}): Promise<TuningResult> {
	const directory = mkdtempSync(join(tmpdir(), "edge-cascade-report-"));
	try {
		const file = join(directory, "trace.jsonl");
		writeFileSync(file, trace);
		let result: TuningResult | undefined;
		const exit = await tune(
			file,
			{
				risk: "selective",
				target: "0.1",
				delta: "0.1",
				seed: "1",
				attemptsFile: join(directory, "attempts"),
				html: "unused",
				...options,
			},
			{
				now: new Date("2026-11-25T12:00:00Z"),
				writeReport: (_file, found) => {
					result = found;
				},
			},
		);
		if (result === undefined) throw new Error(exit.ok ? "no report was asked for" : exit.error.message);
		return result;
	} finally {
		rmSync(directory, { recursive: true });
	}
}
