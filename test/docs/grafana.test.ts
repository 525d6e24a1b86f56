import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { LeaseState } from "../../src/core/evidence/evidence-ports.ts";
import { METRIC_FAMILIES } from "../../src/core/metrics/metric-families.ts";
import type { Observation } from "../../src/core/observation.ts";
import type { StageFailure } from "../../src/core/stage-failure.ts";
import { readPromql, type ReadExpression } from "../support/read-promql.ts";

interface Rule {
	readonly alert: string;
	readonly expr: string;
	readonly for?: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly annotations: Readonly<Record<string, string>>;
}

interface Panel {
	readonly type: string;
	readonly title: string;
	readonly description?: string;
	readonly id: number;
	readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
	readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
}

const rules = (
	parse(readFileSync("examples/grafana/alerts.yaml", "utf8")) as { groups: { name: string; rules: Rule[] }[] }
).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(readFileSync("examples/grafana/edge-cascade.json", "utf8")) as {
	readonly panels: readonly Panel[];
	readonly annotations: { readonly list: readonly { readonly expr: string }[] };
	readonly templating: { readonly list: readonly { readonly name: string }[] };
};
const page = readFileSync("docs/observability.md", "utf8");

const targets = dashboard.panels.flatMap((panel) => (panel.targets ?? []).map((target) => ({ panel, ...target })));
const expressions = [
	...rules.map(({ alert, expr }) => [alert, expr] as const),
	...targets.map(({ panel, refId, expr }) => [`${panel.title} ${refId}`, expr] as const),
	...dashboard.annotations.list.map(({ expr }) => ["the annotation", expr] as const),
];

/** Labels of each family, by the page's table, and the histogram's own. */
const LABELS = new Map<string, readonly (string | undefined)[]>(
	page
		.split("\n")
		.filter((line) => line.startsWith("| `edge_cascade_"))
		.flatMap((line) => {
			const [, names = "", labels = ""] = line.split("|");
			const own = [...labels.split(":")[0]!.matchAll(/`(\w+)`/gu)].map(([, label]) => label);
			return [...names.matchAll(/`(?:edge_cascade_|…_)(\w+)`/gu)].map(
				([, name]) => [`edge_cascade_${name}`, own] as const,
			);
		}),
);

/** All values that a label takes, of those that rules and panels choose by. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
	outcome: ["answered", "failed", "client-left"] satisfies Observation["outcome"][],
	state: ["audition", "certified", "alarm", "closed"] satisfies LeaseState[],
	failure: ["circuit-open", "budget-exhausted", "timeout"] satisfies StageFailure["kind"][],
	reason: ["accepted", "budget-exhausted", "budget-exhausted-served-edge"] satisfies Observation["reason"][],
};

function familyOf(series: string) {
	return Object.values(METRIC_FAMILIES).find(({ name, type }) =>
		type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`].includes(series) : name === series,
	);
}

function labelsOf(series: string): readonly (string | undefined)[] {
	const family = familyOf(series);
	const isBucket = family?.type === "histogram" && series.endsWith("_bucket");
	// The scraper's own labels are on every series.
	return [...(LABELS.get(family?.name ?? "") ?? []), ...(isBucket ? ["le"] : []), "job", "instance"];
}

describe.each(expressions)("the expression of %s", (_name, expression) => {
	const read: ReadExpression = readPromql(expression);

	it("asks for series that there are", () => {
		expect(read.series.length).toBeGreaterThan(0);
		for (const { name } of read.series) expect(familyOf(name), name).toBeDefined();
	});

	it("asks for counters over a time, and for gauges as they are", () => {
		for (const { name, range, within } of read.series) {
			const isGauge = familyOf(name)?.type === "gauge";
			if (within === "absent") continue;
			expect([name, range === null]).toEqual([name, isGauge]);
			expect([name, within === "rate" || within === "increase"]).toEqual([name, !isGauge]);
		}
	});

	it("chooses and groups by labels that these series have, and by values that they take", () => {
		for (const { name, matchers } of read.series) {
			for (const { label, operator, value } of matchers) {
				expect(labelsOf(name), name).toContain(label);
				if (value.startsWith("$")) continue;
				const known = VALUES[label] ?? [];
				const chosen = operator.endsWith("~")
					? known.filter((one) => new RegExp(`^(?:${value})$`, "u").test(one))
					: [value];
				expect(chosen.length).toBeGreaterThan(0);
				for (const one of chosen) expect(known, label).toContain(one);
			}
		}
		for (const { labels, before } of read.groupings)
			for (const label of labels) expect(labelsOf(before)).toContain(label);
	});

	it("divides nothing into series that its groups do not have", () => {
		if (read.functions.includes("histogram_quantile")) expect(read.groupings[0]?.labels).toContain("le");
	});
});

describe("the alert rules", () => {
	it("have names of their own, and say how soon somebody has to look and what for", () => {
		expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
		for (const { alert, labels, annotations, ...rule } of rules) {
			expect(alert).toMatch(/^EdgeCascade[A-Z]\w+$/u);
			expect(["page", "ticket"]).toContain(labels["severity"]);
			expect(annotations["summary"]?.length).toBeGreaterThan(10);
			expect(rule.for ?? "0m").toMatch(/^\d+[mh]$/u);
		}
	});

	it("ask each burn rate over a long window and a short one", () => {
		const windows = (alert: string) =>
			new Set(readPromql(rules.find((rule) => rule.alert === alert)?.expr ?? "").series.map(({ range }) => range));
		expect(windows("EdgeCascadeRiskBurningFast")).toEqual(new Set(["6h", "1h"]));
		expect(windows("EdgeCascadeRiskBurningSlowly")).toEqual(new Set(["3d", "6h"]));
	});

	it("are on the page, each of them, and no others are", () => {
		const documented = [...page.matchAll(/`(EdgeCascade\w+)`/gu)].map(([, name]) => name);
		expect(new Set(documented)).toEqual(new Set(rules.map(({ alert }) => alert)));
	});
});

describe("the dashboard", () => {
	it("shows every family that there is", () => {
		const shown = new Set(
			targets.flatMap(({ expr }) => readPromql(expr).series.map(({ name }) => familyOf(name)?.name)),
		);
		expect(Object.values(METRIC_FAMILIES).flatMap(({ name }) => (shown.has(name) ? [] : [name]))).toEqual([]);
	});

	it("has panels that do not cover each other, within its width, each with an id and a description", () => {
		const { panels } = dashboard;
		expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
		const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
			expect(x + w).toBeLessThanOrEqual(24);
			return Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`);
		});
		expect(new Set(cells).size).toBe(cells.length);
		for (const panel of panels) if (panel.type !== "row") expect(panel.description?.length).toBeGreaterThan(10);
	});

	it("names in its legends the labels by which its lines differ", () => {
		for (const { expr, legendFormat } of targets) {
			const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/gu)].map(([, label]) => label);
			const grouped = readPromql(expr).groupings.flatMap(({ labels }) => labels.filter((label) => label !== "le"));
			expect(new Set(named)).toEqual(new Set(grouped));
		}
	});

	it("asks for variables that it has", () => {
		const known = new Set(["__rate_interval", ...dashboard.templating.list.map(({ name }) => name)]);
		for (const [, name] of JSON.stringify(dashboard).matchAll(/\$\{?(\w+)/gu))
			if (name !== "__all") expect(known).toContain(name);
	});
});

describe("reading PromQL", () => {
	it.each([
		["a bracket that is not closed", "sum(rate(a[5m])"],
		["a bracket too many", "sum(a))"],
		["a selector that is not closed", 'a{b="c"'],
		["something that is no operator", "a ? b"],
		["a matcher without a value", "a{b=}"],
	])("throws at %s", (_what, expression) => {
		expect(() => readPromql(expression)).toThrow(/./u);
	});
});
