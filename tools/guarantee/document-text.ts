import { percent } from "../mail-job/table.ts";
import type { Limits } from "./limits.ts";

/** What is promised, and why it holds. */
export function claimText({ aboveTarget, aboveBound }: Limits): string {
	return `## What is claimed

A certificate says: **with chance at least 1 − delta over the draw of the calibration rows, the risk at the published
threshold is at most the target**, for requests drawn as those rows were, judged by the labeller that judged them.

| risk | of what |
| --- | --- |
| selective | P(wrong, given accepted) |
| joint | P(accepted and wrong) |
| regret | E[accepted · (small model wrong − large model wrong)], the quality lost against always asking the large model |

They are different promises. Joint risk is small wherever coverage is; only selective risk says how often an accepted answer is wrong, and only
regret says what the cascade costs in quality.

**Why it holds.** Thresholds λ₁ > λ₂ > … and the position s at which testing begins are fixed without the calibration rows. For one
threshold λ, given that n rows are accepted, the wrong ones among them are Binomial(n, R(λ)); so if R(λ) > α, the chance that
P(Bin(n, α) ≤ wrong) comes out at or below delta is at most delta. From s on, thresholds are tested in this order until one is
not rejected, and the last one rejected is published. Let λ* be the first in the order with R(λ*) > α. To publish any threshold
with a risk above α, λ* must have been rejected, for nothing behind it is reached otherwise, and that has chance at most delta. How many
thresholds there are does not matter, and neither does whether the risk is monotone in the score. With m starts each is tested at
delta / m, and the union bound joins them. Joint risk is the same with all rows as n. For regret the p-value is 1 / E of a betting e-value,
by Markov's inequality. If the first test fails, nothing is published and everything escalates.

**Why a fold for the path.** Quantiles of the tested rows' own scores would make a convenient grid, and labels would not be looked at. But
a threshold that is a quantile of the tested rows is not a constant: given the scores, each row has the risk *of its own score*, so what
is tested is the mean risk of those very scores and not R(λ). The two agree in the end, and one bounds the other if the risk is monotone
in the score, which nobody can promise. So ⌈10%⌉ of the rows (at most 1,000) give their scores to the path, are not tested, and their
labels are never read; rows without a label serve first.

**The upper bound** in a certificate is the Clopper-Pearson bound at the published threshold alone. It is at most the target by
construction, and the target is what is certified: that the risk is below the *bound* too holds with chance 1 − delta for a threshold
fixed beforehand, and with less for one that was chosen by the tests. (Two steps, joint risk 0.03 and 0.1001, target
0.1, 1,000 rows: the risk exceeded the target in ${percent(aboveTarget)} of 20,000 runs and its bound in ${percent(aboveBound)}.)
`;
}

/** What the promise does not cover. */
export function limitsText({ bestLooking, growing, growingCounted }: Limits): string {
	return `## What is not claimed

- **Truth.** "Wrong" is what the labeller says. If the labeller calls wrong answers right with chance β, the true risk may be higher by
  as much. A certificate names its labeller; bound β on rows that people have labelled.
- **Other traffic.** The rows must be independent draws from the traffic to come. Requests of one conversation are not: name it
  (\`--group\`), and one row of each is drawn. The claim then is about a random request *of a random conversation*; if those
  who ask more are answered worse, it is not about a random request.
- **Tomorrow.** Nothing here notices that traffic, a model or a prompt changed. Give certificates an end, and tune again on new rows.
- **Questions made up after looking.** Attempts on the same rows share delta, which holds for questions that were going to be asked whatever the
  answers. A question that the answers suggested (the label, score or start that looked best) is not covered, whoever counts: of 200
  labels whose risk was 0.102, the one that looked best was certified at 0.1 as the *second* attempt, at 0.006 of delta 0.1, in ${percent(bestLooking)} of runs. Ask what
  you want to know first, and draw new rows for what you learn.
- **Given that something was certified.** The chance is over all draws of calibration rows, those included that certify nothing. Where next to
  nothing passes, most of what does may be false: of a risk above the target everywhere every certificate is.
- **Labels that are still out.** A row without a label counts as never asked. If wrong answers take longer to judge, those that are back look
  too good: give null for what was asked and is not back, which counts as wrong.
- **Looking again as rows come in.** Every look has its chance of a false certificate: tuning again every 100 rows up to 3,000, each time as if for the
  first, certified a risk of 0.1005 as 0.1 in ${percent(growing)} of runs. So logs that share more than a fifth of their rows count as the same rows (their
  hashes are kept with each attempt), and then it is ${percent(growingCounted)}. Rows are known by their id and confidence: a log whose ids change is a new
  one. Decide how many labels to collect, collect them, tune once; or say with \`--attempts\` how often you will look.
- **Many certificates.** Each is false with chance delta at most, so of N up to N · delta are expected to be: of 200 tenants just above their target up to 20
  are expected to be certified at delta 0.1. Divide delta by N for all of them to hold together.
`;
}

/** Each way to fool oneself, and what stands against it. */
export function trapsText(): string {
	return `## Traps

Each is injected in \`test/tuning/traps\`, most of them first in the form that fails.

| trap | what stands against it |
| --- | --- |
| asking the same rows again, with another seed or setting | attempts are counted by the digest of the rows and share delta: 0.9 of it for the first, 0.1 · 6 / (π² (k − 1)²) for the k-th; or equally among those planned |
| the judge fails more often on wrong answers | a label that is null, empty or unreadable counts as wrong, and is reported |
| two labels of one answer differ | it counts as wrong, and is reported |
| the judge fails on the large model's answers, which makes the small one look better | for regret such an answer counts as right |
| rows without a reading all counted, of the others only those labelled | where a part was drawn to be labelled, a row counts only if it was drawn |
| a growing log tuned on at every look | logs that share over a fifth of their rows share delta, by a sketch of 256 row hashes |
| another seed draws other calibration rows, and attempts begin anew | attempts are counted by the whole log |
| thresholds or start chosen by the labels that are tested | both come from the scores of a fold that is not tested; turning every label round changes neither |
| start at the first threshold that accepts thirty of the tested rows | the start is a share of the path's rows |
| a tie accepted by the tuner and not by the Worker | one comparison, score ≥ threshold, and a threshold is a score that occurred, unrounded |
| a score without a reading | accepted at no threshold |
| labels that exist because the cascade escalated | labelled and unlabelled rows are compared by their confidence (Kolmogorov-Smirnov at 0.001), and refused where they differ; a choice of labels by anything else is not seen |
| the same users again | \`--group\`: one row of each is drawn |
| retries | a second row with the same id is left out and reported |
| cached answers | new ids: name the prompt by \`--group\` |
| the strictest threshold fails, and is handed out all the same | nothing is published that was not rejected |
| thresholds chosen stage after stage on the same rows | one path of threshold vectors, tested once |
| a conformal index that is 1 for every large n | the definition, tested by its expectation |
| conformal risk control taken for a bound with chance 1 − delta | it makes no certificate |
| joint risk shown as selective risk | a certificate names its risk |
| a score worst where it is surest | tests stop at the start; the score can be re-ordered on rows of its own |
| an order or a score fitted on the tested rows | fitted scores have a fold of their own |
| badly calibrated confidence | changes nothing: only the order of the rows counts |
| one claim for each label | labels share delta |
| model, score, labeller or rows change | the certificate's digests change with them, and \`cascade verify\` says which field differs |
`;
}
