import { formatTable } from "../mail-job/table.ts";
import { violationPValue } from "../guarantee/violation-test.ts";
import { brokenCures, type Finding, type Outcome } from "./finding.ts";

/** The report in Markdown. */
export function evidenceDocument(findings: readonly Finding[], date: Date): string {
	const cures = findings.flatMap(({ outcomes }) => outcomes.filter(({ kind }) => kind === "cure"));
	const broken = brokenCures(findings);
	const verdict =
		broken.length === 0
			? `All ${cures.length} rules marked *cure* keep theirs.`
			: `**${broken.length} of ${cures.length} rules marked *cure* do not keep theirs: ${broken.map(({ name }) => name).join("; ")}.**`;
	return `# Evidence from live traffic: traps and cures, simulated

Written by \`node tools/evidence/main.ts --write docs/evidence-simulations.md\` (part of \`npm run test:long\`) on ${date.toISOString().slice(0, 10)}.
Every draw is seeded, so another run writes the same numbers. A short version runs with the other tests.

The target is a risk of 0.1 and delta is 0.1 wherever nothing else is said. A *cure* is what this project does, a *trap* what it would be
natural to do. A promise says that something bad comes with chance delta at most; it passes where so many cases or more are not too
unlikely under it: where P(X ≥ cases) for X ~ Binomial(runs, delta) is at least 0.001 divided by the number of promises.
${verdict} *Recorded*: what another program found earlier, in another language, with other random numbers and, where only its
results were kept, in settings that had to be guessed.

${findings.map(section).join("\n")}
## What these simulations do not say

- **Repeated requests.** Rows are independent here. One easy prompt asked a thousand times in an audition is a thousand right labels, and
  certifies. The bets allow for dependence only as far as each request's risk, given all before it, is above the target where the claim is false.
- **Drift.** A certificate is about the traffic of its epoch, on average. What changes afterwards is the alarm's business, and the alarm
  needs the labels above.
- **The labeller.** "Wrong" is its verdict.
- **Several configurations.** Each has a delta of its own. Trying one after the other until one is certified is the table of many tenants.
`;
}

function section({ title, text, outcomes }: Finding): string {
	const rows = outcomes.map((outcome) => [
		outcome.name,
		outcome.kind === "measurement" ? "" : outcome.kind,
		outcome.measured,
		outcome.recorded ?? "",
		promiseOf(outcome),
	]);
	return `## ${title}\n\n${text}\n\n${formatTable([["", "", "measured", "recorded", "promise"], ...rows])}\n`;
}

function promiseOf({ promise }: Outcome): string {
	if (promise === undefined) return "";
	const { broken, trials, delta } = promise;
	const chance = violationPValue(broken, trials, delta);
	const shown = chance < 0.001 ? "p < 0.001" : `p = ${chance.toFixed(3)}`;
	return `${broken} of ${trials.toLocaleString("en")}, at most ${100 * delta}%: ${shown}`;
}
