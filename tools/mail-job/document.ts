import { LARGE_PRICE, SMALL_PRICE } from "../../src/local/demo-records.ts";
import type { MethodSections } from "./method-trials.ts";
import type { Confidence } from "./trials.ts";

/** What the job found. */
export interface JobFindings {
	readonly mails: number;
	/** Of them, those that the weights of `learned` were fitted on. */
	readonly fittedOn: number;
	readonly sweep: string;
	readonly learned: Confidence | undefined;
	readonly methods: MethodSections | undefined;
}

/** The job's report in Markdown. */
export function document({ mails, fittedOn, sweep, learned, methods }: JobFindings): string {
	const price = (name: string, { inputUsdPerMillion, outputUsdPerMillion }: typeof SMALL_PRICE) =>
		`${name}: ${inputUsdPerMillion} US dollars a million input tokens, ${outputUsdPerMillion} a million output tokens.`;
	const parts = [
		`# The mail job

Written by \`npm run test:long\` on ${new Date().toISOString().slice(0, 10)}; \`npm run job\` prints the first table.
${mails} held-out mails of the SpamAssassin corpus, each sent through the running Worker with the official \`openai\`
client, eight at a time. The small model reads the subject line only, the large one the whole mail (\`src/local/weights/README.md\`
says how both were trained, and that their sizes were chosen after looking at held-out accuracy).
Confidence: \`mean-logprob\`. ${price("Small model", SMALL_PRICE)} ${price("Large model", LARGE_PRICE)} The models are tiny and
answer in milliseconds, so latency here is the Worker's and the client's own; costs and savings are tokens at these prices.

${sweep}

Coverage: accepted small answers. Selective risk: wrong among the accepted. Missed spam: spam that the cascade called ham.
Saved: against always asking the large model, rejected drafts included; negative where drafts cost more than they saved.
Last column: requests whose stage and label equal, and whose confidence is within 1e-12 of, those computed from the models
without the Worker.
`,
	];
	if (methods !== undefined && learned !== undefined) parts.push(methodsPart(methods, learned, mails, fittedOn));
	return parts.join("\n");
}

function methodsPart(methods: MethodSections, learned: Confidence, mails: number, fittedOn: number): string {
	return `## Confidence methods

How well each method's confidence tells the small model's right answers from its wrong ones: the area under the ROC curve, with
a 95% bootstrap interval (2,000 replicates, stratified, seeded), and its difference from that of \`label-margin\` on the same
mails, with the paired 95% interval of DeLong et al. (1988). Extra calls and cost are those of the small models a mail, the cost
over that of \`label-margin\`. Each method's threshold is 0, so every answer with a reading is served and counted.

${methods.methods}

A method is unsuitable here if its AUROC's interval reaches 0.5, or if it ranks worse than \`label-margin\` (the difference's whole
interval is below 0) at a greater cost. ${methods.unsuitable} A model without log-probabilities has no
\`label-margin\`: there \`verify\`, \`agreement\` and \`verbalised\` are what there is, at the AUROC and the cost that the table gives.

- The label is one token, and there are two labels: one number, the label's probability, is all that the methods on
  log-probabilities can read, so they rank alike. Longer answers would tell them apart. JSON and a tool call cost four
  tokens more, which who needs that form pays anyway; the stand-in does not count the tokens of a schema.
- \`classifier-score\` is \`POST /v1/classifications\` with the same weights as a classifier, which reports no usage: its cost is
  the Worker's estimate.
- \`verbalised\`: the stand-in states its true probability in steps of five. Language models do much worse (Xiong et al.,
  ICLR 2024), so this row shows what the form costs and not how good a statement is.
- \`agreement\`: five samples, at temperature 1 unless it says otherwise. At temperature 0 all samples
  are the same, and so all readings.
- \`verify\`: the checker reads the beginning of the body, which the small model does not see. A checker that knows no more
  than the model finds less.
- \`learned\`: logistic regression (Newton's method, ridge 1 on standardised features) on ${fittedOn} of these mails, every second one, from the
  log-probabilities that the Worker returned with \`logprobs: true\`; judged on the other ${mails - fittedOn} alone, where
  \`label-margin\` is given once more. Beside copies of the one probability it has only the prompt's length to go by. Mails of
  one thread may be in both halves. The weights:

\`\`\`json
${JSON.stringify(learned)}
\`\`\`

### Coverage and selective risk

The wrong among the accepted, at the least coverage that a threshold can reach and that is at least so much; in brackets the
coverage itself. Answers with the same reading are accepted together, so a method with few different readings skips most coverages.

${methods.coverages}

### Stopping samples early

\`agreement\` with five samples, \`normalised\`, and \`stopEarly\`, against the decision that the readings of all samples in the table
above lead to. Samples begin together, so those are spared that have not ended when the outcome is settled. Here every answer
takes the same millisecond, so there is next to nothing to spare; the last column, computed from the readings, says how many of
the four samples would settle it on average if they came one by one in any order. A stopped sample is still costed as one, as
an estimate, since part or all of it may be billed.

${methods.early}
`;
}
