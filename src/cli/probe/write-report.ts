import { describeOutcome, PROBE_TITLES, type ProbeName } from "./outcome.ts";
import { policyFields } from "./policy-fields.ts";
import type { ModelFindings } from "./probe-model.ts";
import { ANSWER_TOKENS, REQUESTS } from "./requests.ts";

const NAMES = Object.keys(PROBE_TITLES) as ProbeName[];

/** The findings for a terminal: a table a model, then what to put into the policy. */
export function writeText(findings: readonly ModelFindings[]): string {
	const width = Math.max(...Object.values(PROBE_TITLES).map((title) => title.length));
	const tables = findings.map((finding) => {
		const rows = rowsOf(finding).map(([title, text]) => `  ${title.padEnd(width)}  ${text}`);
		return [headingOf(finding), ...rows].join("\n");
	});
	return `${[...tables, adviceText(findings)].join("\n\n")}\n`;
}

/**
 * The findings as Markdown, with the requests that were sent.
 *
 * @param date as it is to stand in the report.
 */
export function writeMarkdown(findings: readonly ModelFindings[], date: string): string {
	const models = findings.map(({ model }) => `\`${model.model}\``);
	const rows = ["shape", ...NAMES].map((name) => {
		const title = name === "shape" ? name : PROBE_TITLES[name as ProbeName];
		const cells = findings.map((finding) => rowsOf(finding).find(([row]) => row === title)?.[1] ?? "–");
		return [title, ...cells];
	});
	const table = [["", ...models], ["---", ...models.map(() => "---")], ...rows];
	return `# What the models give

Asked on ${date} by \`cascade probe\`. "–" was not asked.

${table.map((cells) => `| ${cells.map(cellText).join(" | ")} |`).join("\n")}

## Where they were asked

${findings.map((finding) => `- ${headingOf(finding)}`).join("\n")}

## What to put into the policy

\`\`\`
${adviceText(findings)}
\`\`\`

## What was sent

To each request but the two short ones, \`"max_tokens": ${ANSWER_TOKENS.usual}\` is added, or ${ANSWER_TOKENS.thinking} where a model thinks first; to \`stop\`, a letter of the plain answer.

\`\`\`json
${JSON.stringify(REQUESTS, null, 2)}
\`\`\`
`;
}

/** The findings for programs. */
export function writeJson(findings: readonly ModelFindings[], date: string): string {
	const models = findings.map(({ model, ...rest }) => ({
		model: model.model,
		adapter: model.adapter,
		...(model.origin === undefined ? {} : { origin: model.origin }),
		uses: model.uses.map(({ path }) => path),
		...rest,
	}));
	return `${JSON.stringify({ version: 1, date, models, policyFields: policyFields(findings) }, null, 2)}\n`;
}

function headingOf({ model, url }: ModelFindings): string {
	const where = model.adapter === "workers-ai" ? "Workers AI" : `origin ${model.origin ?? ""}`;
	return `${model.model} (${where}${url === null ? "" : `, ${url}`})`;
}

function rowsOf({ shape, problem, outcomes }: ModelFindings): (readonly [string, string])[] {
	if (shape === null) return [["shape", `could not be asked: ${problem ?? ""}`]];
	return [["shape", shape], ...NAMES.map((name) => [PROBE_TITLES[name], describeOutcome(outcomes[name])] as const)];
}

function adviceText(findings: readonly ModelFindings[]): string {
	const advice = policyFields(findings).map(({ path, fields }) => `  ${path}: ${JSON.stringify(fields).slice(1, -1)}`);
	return advice.length === 0
		? "Nothing was found that the policy does not say."
		: ["What to put into the policy:", ...advice].join("\n");
}

function cellText(text: string): string {
	return text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/gu, " ");
}
