/** A family of samples, as a reader of Prometheus' text format takes it. */
export interface ParsedFamily {
	readonly type: string;
	readonly help: string;
	readonly samples: {
		readonly name: string;
		readonly labels: Readonly<Record<string, string>>;
		readonly value: number;
	}[];
}

const METRIC_NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"`;
const SAMPLE = new RegExp(`^(${METRIC_NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (\\S+)$`, "u");
const SUFFIXES: Readonly<Record<string, readonly string[]>> = { histogram: ["_bucket", "_sum", "_count"] };

/**
 * Reads the text format, version 0.0.4, strictly, and throws at what promtool complains of: another line's form, samples away
 * from their family or before its type, a series twice, a counter whose name does not end in `_total`, a histogram whose
 * buckets fall or do not come to its count, no line break at the end.
 */
export function parsePrometheus(text: string): Map<string, ParsedFamily> {
	if (!text.endsWith("\n")) throw new Error("the last line is not ended");
	const families = new Map<string, ParsedFamily>();
	const seen = new Set<string>();
	let help: RegExpExecArray | null = null;
	let current: { readonly name: string; readonly family: ParsedFamily } | null = null;
	for (const line of text.slice(0, -1).split("\n")) {
		if (line.startsWith("# HELP ")) {
			help = new RegExp(`^# HELP (${METRIC_NAME}) (.+)$`, "u").exec(line);
			if (help === null) throw new Error(`not a help: ${line}`);
			continue;
		}
		if (line.startsWith("#")) {
			const [, name = "", type = ""] =
				new RegExp(`^# TYPE (${METRIC_NAME}) (counter|gauge|histogram)$`, "u").exec(line) ?? [];
			if (help?.[1] !== name || families.has(name)) throw new Error(`not a type, or not of its help: ${line}`);
			if (type === "counter" && !name.endsWith("_total")) throw new Error(`a counter without _total: ${name}`);
			current = { name, family: { type, help: help[2] ?? "", samples: [] } };
			families.set(name, current.family);
			continue;
		}
		const [, name = "", labels = "", written = ""] = SAMPLE.exec(line) ?? [];
		if (name === "" || current === null) throw new Error(`not a sample: ${line}`);
		const names = (SUFFIXES[current.family.type] ?? [""]).map((suffix) => `${current?.name}${suffix}`);
		if (!names.includes(name)) throw new Error(`a sample away from its family: ${line}`);
		const series = line.slice(0, line.lastIndexOf(" "));
		if (seen.has(series)) throw new Error(`twice: ${series}`);
		seen.add(series);
		const value = Number(written);
		if (Number.isNaN(value) || (current.family.type !== "gauge" && value < 0)) throw new Error(`not a value: ${line}`);
		current.family.samples.push({ name, labels: readLabels(labels), value });
	}
	for (const [name, family] of families) if (family.type === "histogram") checkHistogram(name, family);
	return families;
}

/** The value of one series; undefined where it is not there. */
export function sampleOf(
	families: ReadonlyMap<string, ParsedFamily>,
	family: string,
	labels: Readonly<Record<string, string>> = {},
	suffix = "",
): number | undefined {
	return families
		.get(family)
		?.samples.find(({ name, labels: own }) => name === `${family}${suffix}` && sameLabels(own, labels))?.value;
}

function readLabels(text: string): Record<string, string> {
	const labels: Record<string, string> = {};
	for (const [, name = "", value = ""] of text.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/gu)) {
		if (Object.hasOwn(labels, name)) throw new Error(`a label twice: ${text}`);
		labels[name] = value.replaceAll(/\\(.)/gu, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
	}
	return labels;
}

function sameLabels(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
	return (
		Object.keys(one).length === Object.keys(other).length &&
		Object.entries(one).every(([name, value]) => other[name] === value)
	);
}

function checkHistogram(name: string, { samples }: ParsedFamily): void {
	const groups = Map.groupBy(samples, ({ labels: { le: _le, ...rest } }) => JSON.stringify(rest));
	for (const [labels, group] of groups) {
		const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
		const ends = buckets.map(({ labels: { le = "" } }) => (le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le)));
		const rises = (values: readonly number[], strictly: boolean) =>
			values.every(
				(value, index) =>
					index === 0 || (strictly ? value > (values[index - 1] ?? 0) : value >= (values[index - 1] ?? 0)),
			);
		const count = group.find((sample) => sample.name === `${name}_count`)?.value;
		const sum = group.find((sample) => sample.name === `${name}_sum`)?.value;
		const isWhole =
			ends.at(-1) === Number.POSITIVE_INFINITY &&
			buckets.at(-1)?.value === count &&
			count !== undefined &&
			sum !== undefined;
		if (
			!rises(ends, true) ||
			!rises(
				buckets.map(({ value }) => value),
				false,
			) ||
			!isWhole
		)
			throw new Error(`a histogram that does not add up: ${name}${labels}`);
	}
}
