/** What became of mutants. */
export interface MutantCounts {
	/** Those that a test could have noticed: not the ones of module constants, nor those that do not run. */
	readonly all: number;
	/** A test failed, or did not end. */
	readonly noticed: number;
	/** By folder of `src`, two levels deep. */
	readonly folders: ReadonlyMap<string, { readonly all: number; readonly noticed: number }>;
}

/** One group's. */
export interface GroupResult {
	readonly name: string;
	readonly mutants: MutantCounts;
}

/** The part of the tool's report that is read: mutation-testing-report-schema, version 2. */
interface ToolReport {
	readonly files: Readonly<Record<string, { readonly mutants: readonly { readonly status: string }[] }>>;
}

const NOTICED: ReadonlySet<string> = new Set(["Killed", "Timeout"]);
const MISSED: ReadonlySet<string> = new Set(["Survived", "NoCoverage"]);

/** Counts the mutants of a report. */
export function readMutants(report: ToolReport): MutantCounts {
	const folders = new Map<string, { all: number; noticed: number }>();
	const sum = { all: 0, noticed: 0 };
	for (const [file, { mutants }] of Object.entries(report.files)) {
		const folder = file.split("/").slice(0, -1).slice(0, 3).join("/");
		const counts = folders.get(folder) ?? { all: 0, noticed: 0 };
		folders.set(folder, counts);
		for (const { status } of mutants) {
			if (!NOTICED.has(status) && !MISSED.has(status)) continue;
			for (const each of [sum, counts]) {
				each.all += 1;
				if (NOTICED.has(status)) each.noticed += 1;
			}
		}
	}
	return { ...sum, folders };
}

/** The figures as a document. */
export function mutationReport(results: readonly GroupResult[], oneIn: string): string {
	const sample =
		oneIn === "1" ? "Every line is mutated." : `One line in ${oneIn} is mutated, and whatever spans lines.`;
	const command = `node tools/mutation/main.ts --sample ${oneIn} --write docs/mutation.md`;
	const rows = results.flatMap(({ name, mutants }) => [
		`| **${name}** | ${mutants.all} | ${mutants.noticed} | **${share(mutants)}** |`,
		...[...mutants.folders]
			.toSorted(([left], [right]) => (left < right ? -1 : 1))
			.map(([folder, counts]) => `| \`${folder}\` | ${counts.all} | ${counts.noticed} | ${share(counts)} |`),
	]);
	return `# Mutation tests

Written by \`${command}\` on ${new Date().toISOString().slice(0, 10)}. ${sample}

A mutant is the product with one change that should matter: a comparison turned round, a condition taken for true, a text emptied. It is noticed where
a test fails, or does not end. The tests are those of the same folders alone, and properties are tried 20 times; mutants of constants that are read once, when a
module is loaded, are left out.

| | mutants | noticed | share |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}

function share({ all, noticed }: { readonly all: number; readonly noticed: number }): string {
	return all === 0 ? "–" : `${((100 * noticed) / all).toFixed(1)}%`;
}
