import { describe, expect, it } from "vitest";
import { createSharedOutage } from "../../../src/core/resilience/shared-outage.ts";

const report = (reporter: string, calls: number, failures: number) => ({ reporter, calls, failures });

describe("what isolates know together of an upstream", () => {
	it("is that it is down for five seconds, where two have seen half of ten calls fail", () => {
		const outage = createSharedOutage();
		expect(outage.add(report("one", 6, 6), 0)).toEqual({ downMs: 0 });
		expect(outage.add(report("two", 4, 1), 100)).toEqual({ downMs: 5_000 });
		expect(outage.add(report("three", 0, 0), 1_100)).toEqual({ downMs: 4_000 });
		expect(outage.add(report("three", 0, 0), 5_100)).toEqual({ downMs: 0 });
	});

	it("is nothing by one alone, by fewer calls, or by fewer failures", () => {
		const alone = createSharedOutage();
		expect(alone.add(report("one", 100, 100), 0)).toEqual({ downMs: 0 });
		expect(alone.add(report("two", 1, 0), 0)).toEqual({ downMs: 0 });
		const few = createSharedOutage();
		few.add(report("one", 4, 4), 0);
		expect(few.add(report("two", 5, 5), 0)).toEqual({ downMs: 0 });
		const mostlyWell = createSharedOutage();
		mostlyWell.add(report("one", 5, 5), 0);
		expect(mostlyWell.add(report("two", 6, 0), 0)).toEqual({ downMs: 0 });
	});

	it("forgets what is older than a quarter of a minute", () => {
		const outage = createSharedOutage();
		outage.add(report("one", 100, 100), 0);
		expect(outage.add(report("two", 5, 5), 15_001)).toEqual({ downMs: 0 });
		const sooner = createSharedOutage();
		sooner.add(report("one", 100, 100), 0);
		expect(sooner.add(report("two", 5, 5), 15_000)).toEqual({ downMs: 5_000 });
	});

	it("is taken back as soon as reports say otherwise", () => {
		const outage = createSharedOutage();
		outage.add(report("one", 10, 10), 0);
		expect(outage.add(report("two", 10, 10), 0)).toEqual({ downMs: 5_000 });
		expect(outage.add(report("one", 100, 0), 1_000)).toEqual({ downMs: 0 });
	});
});
