import { claimText, limitsText, trapsText } from "./document-text.ts";
import type { Duel } from "./head-to-head.ts";
import type { Limits } from "./limits.ts";
import {
	duelSentence,
	duelTable,
	gateSentence,
	heldOutTable,
	naiveSentence,
	neverCertified,
	type HeldOutResult,
} from "./held-out-report.ts";
import {
	populationTable,
	populationVerdict,
	vectorTable,
	vectorVerdict,
	type PopulationResult,
} from "./population-report.ts";
import { summaryText } from "./summary.ts";
import { simulationTable, simulationVerdict, type SimulationCell } from "./simulation-report.ts";
import type { Cell } from "./trace-cells.ts";
import type { VectorCell } from "./vector-cells.ts";

/** What the runs found. */
export interface Findings {
	readonly date: Date;
	readonly delta: number;
	readonly simulations: readonly SimulationCell[];
	readonly limits: Limits;
	/** This and all below are empty where no recorded cascades are present. */
	readonly populations: readonly PopulationResult<Cell>[];
	readonly triples: readonly PopulationResult<VectorCell>[];
	readonly heldOut: readonly HeldOutResult[];
	readonly duels: readonly { readonly name: string; readonly rounds: readonly Duel[] }[];
}

const RISKS = ["selective", "joint", "regret"] as const;

/** The report in Markdown. */
export function guaranteeDocument(findings: Findings): string {
	const { date, simulations, limits, delta, populations } = findings;
	const trials = simulations[0]?.trials ?? 0;
	const parts = [
		`# The guarantee

Written by \`node tools/guarantee/main.ts --write docs/guarantee.md\` (part of \`npm run test:long\`) on ${date.toISOString().slice(0, 10)}.
Every draw is seeded, so another run writes the same numbers.
`,
		summaryText(findings),
		claimText(limits),
		limitsText(limits),
		trapsText(),
		`## How the claim is tested

A *violation* is a run whose chosen threshold has a true risk above the target. A cell of an experiment passes where so many
violations or more are not too unlikely under the promise: where P(X ≥ violations) for X ~ Binomial(runs, ${delta}) is at least 0.001
divided by the number of cells. That is a test of the tuner as it is shipped (\`chooseThreshold\`, \`chooseThresholdVector\`), not of its
formulas. Naive tuning (the loosest threshold whose observed risk meets the target) goes through the same test, to show that
it can be failed.
`,
		`## Simulations: the truth is known

Scores uniform in [0, 1], target 0.1, delta ${delta}, ${trials.toLocaleString("en")} runs a cell. *Informative*: risk 0.4 (1 − score)^1.5, so 72% can be accepted;
*useless*: 0.105 whatever the score, so nothing may be; *non-monotone*: 0.2 above 0.8, 0.02 down to 0.5, 0.35 below, so 50% can be.
Each entry: violations / mean coverage. *Recorded*: what another program found earlier, in another language and with other
random numbers (of the non-monotone score only results were kept, so its shape here is a reconstruction). *Naive*, *pointwise* (the
loosest threshold whose own Clopper-Pearson bound meets the target), *one start* (20%) and *three starts* (20, 40, 60%, delta / 3
each) choose from a fixed grid of 50; *the tuner* is the product, which spends a tenth of the rows on laying its own path.

${simulationTable(simulations)}

${simulationVerdict(simulations, delta)}

- Naive tuning misses its target in every other run, even with a good score and 3,000 rows: the threshold at which the observed risk just
  meets the target is as likely above it as below.
- Pointwise bounds look right on a good score and break on a bad one: each of fifty bounds holds, the one that was picked for
  being low does not.
- A score that is worst where it is surest certifies nothing. Learn a new order of it on other rows (\`--score reordered\`).
`,
	];
	if (populations.length === 0)
		parts.push(
			"The recorded cascades are not part of this repository and were not present, so nothing was measured on them.\n",
		);
	else parts.push(...measuredParts(findings));
	return parts.join("\n");
}

function measuredParts({ delta, populations, triples, heldOut, duels }: Findings): string[] {
	const draws = populations[0]?.cells[0]?.draws ?? 0;
	const vectorDraws = triples[0]?.cells[0]?.draws ?? 0;
	const splits = heldOut[0]?.results[0]?.length ?? 0;
	return [
		`## Recorded cascades as the population

${heldOut.length} pairs of models that follow each other, in nine recorded cascades: MMLU, TruthfulQA and GSM8K answered by Llama 1B to 405B
(mzelling/rational-llm-cascades at 0d9c861; confidence is the mean log-probability or P(true), correctness of the latter two a
judge's verdict), MMLU, BoolQ and SST-2 by Llama 8B and 70B (pliskowski/streaming-model-cascades at aacdbf4; *correct* means agreeing
with the 70B, which therefore is never wrong), GSM8K and CommonsenseQA by GPT-3.5 and GPT-4o-mini (Tebmer/Rereading-LLM-Reasoning at
0dbad50; four prompts that agree), GSM8K by GPT-3 of 6B and 175B (openai/grade-school-math at 3101c7d; agreement, 0 or 1).

The rows of a pair are taken as all the requests there are, so that the risk of every threshold is known exactly. ${draws.toLocaleString("en")} times, 300 or
1,000 rows are drawn from them with replacement, and the tuner and naive tuning each choose a threshold (delta ${delta}).
Each entry: mean coverage of the tuner *of* the oracle's (the greatest coverage of any threshold whose true risk meets the
target); violations of the tuner, of naive tuning. A dot: neither ever chose anything.

${populationVerdict(populations, delta)}

${RISKS.map((risk) => `### ${titled(risk)} risk\n\n${populationTable(populations, risk)}`).join("\n\n")}

Ties are real: where four prompts agree there are four scores, so the oracle's coverage jumps and much of it cannot be reached.
Where the oracle has 0.00 no threshold is good enough, and whatever is chosen is a violation.
`,
		`## Three stages

The same for cascades of three models that follow each other, both thresholds chosen jointly: a path of threshold vectors is laid
on 30% of the rows and tested on the others. ${vectorDraws.toLocaleString("en")} draws a cell; coverage: answered before the last model; violations.

${vectorVerdict(triples, delta)}

${RISKS.map((risk) => `### ${titled(risk)} risk, three stages\n\n${vectorTable(triples, risk)}`).join("\n\n")}
`,
		`## What it buys: certified on one half, measured on the other

Each pair's rows are cut into random halves ${splits} times; a threshold is certified on one half and measured on the other. Means over the splits
in which something was certified; *certified* is their share, *threshold* their median. Where nothing is certified everything goes to the
large model and nothing is saved.

- *Quality against large*: share of right answers of the cascade minus the large model's, in points.
- *Cost*: a thousand requests in US dollars as recorded; where a log has no costs, calls a request with the large model's counted as ten of
  the small one's, a nominal ratio. *Saving*: against always asking the large model, every small call included; negative where
  the small model costs more than it spares.
- *Coin, length, gate*: what other ways would save **at the cascade's quality on the same rows**: sending a random share to the small
  model, sending the shortest prompts to it, and a gate fitted on the first half (logistic regression on the prompt's length,
  all that these logs say of a prompt). Each is given its best cut on the very rows that judge it, which the cascade is not. Means over
  the splits in which it reaches that quality; empty: it never does, or the log has no prompt lengths. Always-large is a saving of 0.
- *Naive*: the loosest threshold that meets the target on the first half; *missed*: splits in which it does not on the other half.
  Where few rows are accepted it misses by far. A certified threshold may miss too, since half a log is a sample, and since these are
  only the splits that certified something: the tables above, not this one, test the promise.

${RISKS.map((risk) => `### ${titled(risk)} risk, held out\n\n${heldOutTable(heldOut, risk)}\n\n${neverCertified(heldOut, risk)}`).join("\n\n")}

Naive tuning missed its target on the other half: ${RISKS.map((risk) => naiveSentence(heldOut, risk)).join("; ")}.

The gate, at its best cut, saves more than the certified cascade at the cascade's quality, of the splits in which both are known:
${RISKS.map((risk) => gateSentence(heldOut, risk)).join("; ")}.
`,
		`## Does a gate alone beat the cascade?

A cascade pays the small model first, always; a gate pays for one model and never for both. "Is Escalation Worth It?" (arXiv
2605.06350) reports that a router which reads only the prompt beat the best cascade on four of five data sets. Here both may
choose their cut on the rows that judge them and must lose no more quality against the large model than the column says. Whoever would pay
more than the large model asks it alone. Each entry: saving of the cascade, of the gate, of a coin; splits in which the gate saves more.

${duelTable(duels)}

More by half a point of saving, on average over splits: ${duelSentence(duels)}.

So it depends on the pair, and can be known before anything is built. A cascade loses where the small model costs about as much as the large
one (1B against 3B, 3B against 8B: a draft is half of the price or all of it, and even a coin saves more), where no quality may be lost and the
confidence finds too few errors to pay for the drafts, and where the prompt's length tells more than the confidence (GSM8K, 8B against
70B, up to 2 points). It wins where the large model is several times dearer and some loss is allowed. These gates know a prompt's length and
nothing else: routers that embed the prompt know more, and these logs cannot say how much. \`cascade design\` searches single models and
cascades on your own log and says so when no cascade pays.
`,
	];
}

function titled(word: string): string {
	return word.charAt(0).toUpperCase() + word.slice(1);
}
