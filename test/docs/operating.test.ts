import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { METRIC_FAMILIES } from "../../src/core/metrics/metric-families.ts";

const text = readFileSync("docs/operating.md", "utf8");
const alerts = ["docs/observability.md", "examples/grafana/alerts.yaml"]
	.filter((file) => existsSync(file))
	.flatMap((file) => [...readFileSync(file, "utf8").matchAll(/^ *- alert: (?:EdgeCascade)?(\w+)$/gmu)])
	.map(([, name = ""]) => name);
const sources = readdirSync("src", { recursive: true })
	.map((file) => join("src", String(file)))
	.filter((file) => file.endsWith(".ts"));
const sections = new Map(
	text
		.split(/^### /mu)
		.slice(1)
		.map((section) => [section.split("\n", 1)[0] ?? "", section] as const),
);

describe("the page on operating", () => {
	it("says of every alert what it means, what to look at and what to do", () => {
		expect(alerts.length).toBeGreaterThan(0);
		for (const alert of new Set(alerts)) {
			expect(sections.has(alert), `### ${alert}`).toBe(true);
			expect(sections.get(alert)).toMatch(/\*\*Means\*\*:.*\*\*Do\*\*/su);
		}
	});

	it("names no series that is not there", () => {
		const names = Object.values(METRIC_FAMILIES).map(({ name }): string => name);
		const named = [...text.matchAll(/\bedge_cascade_\w+/gu)].map(([name]) => name);
		expect(named.filter((name) => !names.includes(name))).toEqual([]);
	});

	it("has every fault that the Worker logs by a name of its own", () => {
		const logged = sources
			.flatMap((file) => [
				...readFileSync(file, "utf8").matchAll(/(?:[fF]ault\w*\(\s*|fault: )"([a-z]+(?:-[a-z]+)+)"/gu),
			])
			.map(([, name = ""]) => name);
		expect(new Set(logged).size).toBeGreaterThan(20);
		expect([...new Set(logged)].filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
	});
});
