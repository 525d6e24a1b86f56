/** One series that an expression asks for, with the labels by which it chooses and groups. */
interface AskedSeries {
	readonly name: string;
	readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
	/** Of "5m" or "$__rate_interval"; null where the expression asks for values of the moment. */
	readonly range: string | null;
	/** The function right around it, such as `rate`; null where there is none. */
	readonly within: string | null;
}

/** What an expression is made of, as far as a look at its tokens shows. */
export interface ReadExpression {
	readonly series: readonly AskedSeries[];
	readonly functions: readonly string[];
	/** In `by (…)` of aggregations, with the name of the series that each comes before. */
	readonly groupings: readonly { readonly labels: readonly string[]; readonly before: string }[];
}

const TOKEN =
	/\s*(?:(?<string>"(?:[^"\\]|\\.)*")|(?<range>\[[^\]]*\])|(?<duration>\d+[smhdw])|(?<number>\d+(?:\.\d+)?)|(?<word>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?<operator>=~|!~|!=|==|>=|<=|[-+*/%^<>=])|(?<bracket>[(){},]))/uy;

interface Token {
	readonly kind: string;
	readonly text: string;
}

const AGGREGATIONS = new Set(["sum", "max", "min", "avg", "count"]);
const FUNCTIONS = new Set([...AGGREGATIONS, "rate", "increase", "histogram_quantile", "absent"]);
const WORDS = new Set(["by", "and", "or", "unless"]);

/** Reads the part of PromQL that this repository's rules and dashboards use; throws at anything else. */
export function readPromql(expression: string): ReadExpression {
	const tokens = tokensOf(expression);
	const series: AskedSeries[] = [];
	const functions: string[] = [];
	const groupings: { labels: string[]; before: string }[] = [];
	const open: { readonly bracket: string; readonly call: string | null }[] = [];
	let waiting: string[][] = [];
	for (let at = 0; at < tokens.length; at++) {
		const { kind, text } = tokens[at] as Token;
		if (text === "(") open.push({ bracket: text, call: callBefore(tokens, at) });
		else if (text === ")") {
			if (open.pop() === undefined) throw new Error(`a bracket too many: ${expression}`);
		} else if (text === "by") {
			const end = tokens.findIndex((token, index) => index > at && token.text === ")");
			waiting.push(tokens.slice(at + 2, end).flatMap((token) => (token.kind === "word" ? [token.text] : [])));
			at = end;
		} else if (kind === "word" && FUNCTIONS.has(text)) functions.push(text);
		else if (kind === "word" && !WORDS.has(text)) {
			const read = selector(tokens, at);
			series.push({ ...read.series, within: open.at(-1)?.call ?? null });
			for (const labels of waiting) groupings.push({ labels, before: text });
			waiting = [];
			at = read.last;
		} else if (text === "{" || text === "}") throw new Error(`a selector without a name: ${expression}`);
	}
	if (open.length > 0) throw new Error(`a bracket is not closed: ${expression}`);
	return { series, functions, groupings };
}

function tokensOf(expression: string): Token[] {
	const tokens: Token[] = [];
	TOKEN.lastIndex = 0;
	const trimmed = expression.trimEnd();
	while (TOKEN.lastIndex < trimmed.length) {
		const from = TOKEN.lastIndex;
		const groups = TOKEN.exec(trimmed)?.groups;
		const found = Object.entries(groups ?? {}).find(([, text]) => text !== undefined);
		if (found === undefined) throw new Error(`no PromQL from "${trimmed.slice(from, from + 20)}" on: ${expression}`);
		tokens.push({ kind: found[0], text: found[1] as string });
	}
	return tokens;
}

/** The function whose bracket opens here, also where `by (…)` is between the two. */
function callBefore(tokens: readonly Token[], at: number): string | null {
	const before = tokens[at - 1];
	return before !== undefined && FUNCTIONS.has(before.text) ? before.text : null;
}

function selector(tokens: readonly Token[], at: number) {
	const matchers: { label: string; operator: string; value: string }[] = [];
	let last = at;
	if (tokens[last + 1]?.text === "{") {
		last += 2;
		while (tokens[last]?.text !== "}") {
			const [label, operator, value, next] = tokens.slice(last, last + 4);
			if (label?.kind !== "word" || operator?.kind !== "operator" || value?.kind !== "string")
				throw new Error(`no matcher at ${label?.text}`);
			if (next?.text !== "," && next?.text !== "}") throw new Error(`a selector is not closed after ${value.text}`);
			matchers.push({ label: label.text, operator: operator.text, value: JSON.parse(value.text) as string });
			last += next.text === "," ? 4 : 3;
		}
	}
	const range = tokens[last + 1]?.kind === "range" ? (tokens[last + 1] as Token).text.slice(1, -1) : null;
	if (range !== null) last += 1;
	return { series: { name: (tokens[at] as Token).text, matchers, range }, last };
}
