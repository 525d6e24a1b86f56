import { ok, type Result } from "../../core/result.ts";
import { printable, showCount } from "../admin/show-values.ts";
import { textList, textTable } from "../admin/text-table.ts";
import { clopperPearsonLower, clopperPearsonUpper } from "../../tuning/bounds/clopper-pearson.ts";
import { selectRows, type CascadeLog } from "../../tuning/log/cascade-log.ts";
import { withLabelledRows } from "./labelled-rows.ts";
import { loadCascade, refused, usage, type Failure } from "./load-cascade.ts";
import { readNumberList, readNumberOption, type LogOptions } from "./log-options.ts";
import { exact, percent } from "./show-numbers.ts";
import { expectedEntries } from "./show-tuning.ts";
import { summariseCascade, type CascadeSummary } from "./summarise-cascade.ts";

/** What `cascade simulate` takes. */
export interface SimulateOptions extends LogOptions {
	/** Each a threshold, or thresholds with commas between. */
	readonly threshold: readonly string[];
	/** Of the interval of the risk. */
	readonly level: string;
}

/** What would have happened at some thresholds. */
interface Simulation extends CascadeSummary {
	/** One for each stage but the last. */
	readonly thresholds: readonly number[];
	/** Of P(wrong | accepted): Clopper-Pearson, two-sided; null where nothing is accepted. */
	readonly selectiveRiskInterval: readonly [number, number] | null;
	/** Accepted and wrong ÷ rows. */
	readonly jointRisk: number;
}

/** `cascade simulate LOG --threshold …`: what these thresholds would have done with the log. It certifies nothing. */
export async function simulate(file: string, options: SimulateOptions): Promise<Result<0, Failure>> {
	const level = readNumberOption("--level", options.level, { least: 0, most: 1 });
	if (!level.ok) return usage(level.error);
	const loaded = await loadCascade(file, options);
	if (!loaded.ok) return loaded;
	const vectors = readVectors(options.threshold, loaded.value.cascade.stages.length - 1);
	if (!vectors.ok) return vectors;
	const labelled = withLabelledRows(loaded.value.cascade, "selective");
	if (!labelled.ok) return refused(labelled.error);
	const log = labelledRows(labelled.value);
	const simulations = vectors.value.map((thresholds) => simulateOne(log, thresholds, 1 - level.value));
	const models = log.stages.map(({ model }) => model);
	if (options.json === true) {
		const [first, ...more] = simulations;
		const whole = more.length === 0 ? { models, ...first } : { models, simulations };
		process.stdout.write(`${JSON.stringify(whole)}\n`);
	} else process.stdout.write(showSimulations(simulations, models, level.value));
	return ok(0);
}

/** Of one small model each number is a threshold to try; of several, each option names one for each of them. */
function readVectors(given: readonly string[], stages: number): Result<readonly (readonly number[])[], Failure> {
	const vectors: (readonly number[])[] = [];
	for (const text of given) {
		const numbers = readNumberList("--threshold", text, { least: 0, most: 2, isLeastAllowed: true });
		if (!numbers.ok) return usage(numbers.error);
		if (stages === 1) vectors.push(...numbers.value.map((number) => [number]));
		else if (numbers.value.length === stages) vectors.push(numbers.value);
		else return usage(`--threshold: '${text}' names ${numbers.value.length} thresholds, and ${stages} stages have one`);
	}
	return vectors.length === 0 ? usage("give at least one --threshold") : ok(vectors);
}

function labelledRows(log: CascadeLog): CascadeLog {
	const { labelled } = log;
	return labelled === undefined
		? log
		: selectRows(
				log,
				Array.from(log.ids.keys()).filter((row) => labelled[row] === 1),
			);
}

function simulateOne(log: CascadeLog, thresholds: readonly number[], alpha: number): Simulation {
	const summary = summariseCascade(log, thresholds);
	const { accepted, wrong, rows } = summary;
	return {
		thresholds,
		...summary,
		selectiveRiskInterval:
			accepted === 0
				? null
				: [clopperPearsonLower(wrong, accepted, alpha / 2), clopperPearsonUpper(wrong, accepted, alpha / 2)],
		jointRisk: wrong / rows,
	};
}

function showSimulations(simulations: readonly Simulation[], models: readonly string[], level: number): string {
	const warning =
		"Not a certificate: an interval holds for one threshold that was fixed before these rows were seen. `cascade tune` certifies.\n";
	const [only, ...more] = simulations;
	if (only !== undefined && more.length === 0) {
		const { thresholds, accepted, wrong, rows, selectiveRisk, selectiveRiskInterval: interval } = only;
		const between =
			interval === null ? "" : `, ${percent(level)} interval ${percent(interval[0])} to ${percent(interval[1])}`;
		return `${textList([
			...thresholds.map((threshold, index) => [`threshold ${models[index] ?? ""}`, exact(threshold)] as const),
			["rows", showCount(rows)],
			[
				"selective risk",
				`${showCount(wrong)} of ${showCount(accepted)} accepted are wrong (${percent(selectiveRisk)}${between})`,
			],
			["joint risk", percent(only.jointRisk)],
			...expectedEntries(only, models.at(-1) ?? ""),
		])}\n${warning}`;
	}
	const columns = [
		{ heading: "threshold" },
		...["coverage", "escalated", "accepted", "wrong", "risk", "interval", "quality", "saving"].map((heading) => ({
			heading,
			right: true,
		})),
	];
	const rows = simulations.map((each) => [
		each.thresholds.map(exact).join(" "),
		percent(each.coverage),
		percent(each.escalationRate),
		showCount(each.accepted),
		showCount(each.wrong),
		percent(each.selectiveRisk),
		each.selectiveRiskInterval === null ? "–" : each.selectiveRiskInterval.map(percent).join("–"),
		percent(each.quality),
		percent(each.saving),
	]);
	return `${models.map(printable).join(" → ")}, ${showCount(simulations[0]?.rows ?? 0)} rows\n${textTable(columns, rows)}\n${warning}`;
}
