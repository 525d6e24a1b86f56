import { verdictTable, type GroupReport } from "./report.ts";

/** How a run went. */
export interface RunFacts {
	readonly command: string;
	readonly date: string;
	/** The processor, the runtime, Node. */
	readonly machine: string;
	readonly rounds: number;
	readonly seconds: number;
	/** Load averages before the first group and after each. */
	readonly loads: readonly number[];
	readonly pinned: boolean;
}

/** The report of a whole run, as a document; its verdicts come first. */
export function document(reports: readonly GroupReport[], facts: RunFacts): string {
	const verdicts = reports.flatMap((report) => report.verdicts);
	return [
		"# Performance: results",
		`Written by \`${facts.command}\` on ${facts.date}. [What is measured, and how](performance.md).`,
		conditions(facts),
		...(verdicts.length === 0
			? []
			: ["## Targets", `${verdictTable(verdicts)}\n\nA target is met where the whole 95% interval is.`]),
		...reports.flatMap(({ title, text }) => [`## ${title}`, text]),
	]
		.join("\n\n")
		.concat("\n");
}

/** Under which conditions the figures came to be. */
export function conditions({ machine, rounds, seconds, loads, pinned }: RunFacts): string {
	const cores = pinned
		? "The server had one core, client and mock another."
		: "NOT PINNED: server, client and mock shared every core, so that throughput and times are of no use.";
	return `${machine}. ${cores} ${rounds} rounds, ${(seconds / 60).toFixed(1)} minutes; load average before and after each group: ${loads.map((load) => load.toFixed(1)).join(", ")}.`;
}
