import { showCount } from "../../src/cli/admin/show-values.ts";
import { percent } from "../../src/cli/tune/show-numbers.ts";
import type { CertificateCheck } from "./check-certificate.ts";
import type { Drawn } from "./charts.ts";
import type { Money } from "./operator.ts";
import { PROMISE } from "./policy.ts";
import { chapterCells, CHAPTER_HEADINGS, moneyLines } from "./print-report.ts";
import { chapters, figuresOf, type Chapter } from "./time-line.ts";

/** What the document is written of. */
export interface Written {
	readonly drawn: Drawn;
	readonly money: Money;
	readonly check: CertificateCheck;
	readonly clockSpeed: number;
	readonly auditRate: number;
	readonly seed: string;
}

/** docs/demonstration.md: what is run, what is simulated, and what came of it. */
export function writeDocument({ drawn, money, check, clockSpeed, auditRate, seed }: Written): string {
	const { run, rows, population, target } = drawn;
	const whole = figuresOf(run.requests, population, target);
	const parts = chapters(run.requests, population, target);
	const of = (chapter: Chapter) => parts.find((part) => part.chapter === chapter);
	const violationsElsewhere = parts
		.filter(({ chapter }) => chapter !== "drifted, not yet noticed")
		.reduce((sum, { violating }) => sum + violating, 0);
	const drifted = of("drifted, not yet noticed");
	const counts = run.looks.at(-1)?.report.counts;
	return `# A guarantee on live traffic, demonstrated

\`\`\`sh
npm run demo:guarantee
\`\`\`

A few minutes on a laptop, without an account or a network. It builds and runs the whole product in the Workers runtime, sends it ${showCount(run.requests.length)}
mails, replaces the small model by a worse one of the same name in the middle, and shows what the guarantee does: as a time line in
the terminal, and as plots in \`.wrangler/demonstration.html\` (\`--html FILE\` puts them elsewhere). The figures below are of one run, written by
\`node tools/demonstration/main.ts --write docs/demonstration.md\`.

## What is real, and what is not

| | |
| --- | --- |
| code | the product's own Workers, bundled as for deployment, in workerd: the same requests, cascade, coin, audits, labeller, queue consumer, ledgers, leases, admin API |
| storage | KV, Durable Objects on SQLite and a queue, as the runtime gives them on a laptop |
| models | trained on real mail ([their weights](../src/local/weights/README.md)); a request is one of 2,286 held-out mails, drawn with replacement by seed ${seed} |
| **the clock** | **runs ${clockSpeed} times as fast inside both Workers**: \`Date.now\`, timers and ledgers' alarms (\`src/local/demonstration/fast-clock.ts\`). Buckets last 10 s, are closed a minute after their end, leases are asked for every 10 s and run out after 10 min by *that* clock. The ${Math.round(run.requests.length / whole.seconds)} requests a second that came through in this run were ${(run.requests.length / whole.seconds / clockSpeed).toFixed(1)} a second by it |
| the drift | the sign of three in ten of the small model's weights is turned round, always of the same ones, as a conversion of weights may leave them: same name, same form, as confident as before. The switch is an address of the demonstration's Worker, which no other build has |
| the operator | the command acts as one by the admin API: it restarts the evidence once the model has been put back |

Traffic, mails and the worse model are the same in every run; coins are tossed and messages delivered anew, so request numbers move by some
hundreds, and the alarm's by a thousand, from run to run. The audit rate is ${percent(auditRate)}, so that little traffic shows here what much traffic shows at 5%.

The promise: **selective risk at most ${percent(target)} with confidence ${percent(1 - PROMISE.delta)}**; an answer is wrong where it is not the large model's. Since the mails
are all known, the *true risk* of every threshold in force is known exactly, and is compared with the target at every request.

## What came of it

${markdownTable(CHAPTER_HEADINGS, parts.map(chapterCells))}

*True risk*: of the thresholds in force, over the accepted answers. *Differ*: accepted answers that were not the large model's. *Accepted above
the target*: answers accepted while the true risk at the threshold in force was above ${percent(target)}. *Mistaken*: answers that are not what the mail is, accepted
or not.

- A promise with confidence ${percent(1 - PROMISE.delta)} may be broken in ${percent(PROMISE.delta)} of runs; this is one run. How often it is broken over many is what the simulations of the tests show.
- **Violations: ${showCount(violationsElsewhere)}** of ${showCount(whole.accepted - (drifted?.accepted ?? 0))} answers were accepted above the target at any time but between the change of the model and the alarm.
- **Exposure: ${showCount(drifted?.requests ?? 0)} requests**, ${minutes((drifted?.seconds ?? 0) * clockSpeed)} by the Worker's clock, from the change of the model to the last isolate's escalating everything. ${showCount(drifted?.accepted ?? 0)} answers were accepted in it, of which ${showCount(drifted?.differing ?? 0)} differed. A minute of it is the time for which a bucket stays open.
- The alarm looks out for one and a half times the target and more. The weights that are turned round were chosen to go far beyond it; another draw, of a fifth of them, left
  a true risk of 5.1% at the threshold in force, and there was no alarm in the 10,000 requests that followed.
- **After the alarm** nothing was accepted until a new epoch had certified a threshold.
- Of ${showCount(counts?.drawn ?? 0)} audits drawn ${showCount(counts?.unresolved ?? 0)} were unresolved, ${showCount(counts?.failed ?? 0)} failed and ${showCount(counts?.late ?? 0)} rows came late, all of which count as wrong; ${showCount(counts?.unobserved ?? 0)} answers were accepted without a coin.
- The certificate of threshold ${check.threshold}, computed again from the exported ledger, is ${check.isValid ? "valid" : "**not valid**"}; with a single wrong answer in the ledger called right it is ${check.differences.length === 0 ? "**still valid**" : `not: ${check.differences.map((field) => `\`${field}\``).join(", ")} differ`}.

| money | |
| --- | --- |
${moneyLines(whole, money)
	.map(([name, value]) => `| ${name} | ${value} |`)
	.join("\n")}

Prices are those of the demo ([\`src/local/demo-records.ts\`](../src/local/demo-records.ts)). Auditions and the alarm, in which everything is escalated and the small model is paid for as well, are in
the sum; in steady state the saving is that of *certified*: ${savingOf(of("certified"))} before audits.

## Time line

| request | what happened |
| ---: | --- |
${run.events.map(({ request, text }) => `| ${showCount(request)} | ${text} |`).join("\n")}

${markdownTable(
	["up to request", "state", "threshold", "coverage", "true risk", "differ"],
	rows
		.filter((_, index) => index % 2 === 1 || index === rows.length - 1)
		.map(({ last, chapter, threshold, accepted, requests, trueRisk, differing }) => [
			showCount(last),
			chapter,
			threshold === null ? "–" : threshold.toPrecision(4),
			percent(accepted / requests),
			percent(trueRisk),
			accepted === 0 ? "–" : percent(differing / accepted),
		]),
)}

The run took ${Math.round(run.seconds)} s. Rows are of 500 requests each, every second one.
`;
}

function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	return [line(headings), line(headings.map(() => "---")), ...rows.map(line)].join("\n");
}

function savingOf(figures: { readonly costUsd: number; readonly largeCostUsd: number } | undefined): string {
	return figures === undefined ? "–" : percent(1 - figures.costUsd / figures.largeCostUsd);
}

function minutes(seconds: number): string {
	return `${(seconds / 60).toFixed(1)} minutes`;
}
