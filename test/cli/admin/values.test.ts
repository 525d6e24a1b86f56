import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDuration, readMoment } from "../../../src/cli/admin/read-moment.ts";
import {
	printable,
	showCount,
	showDuration,
	showMoment,
	showShare,
	showUsd,
} from "../../../src/cli/admin/show-values.ts";
import { textList, textTable } from "../../../src/cli/admin/text-table.ts";

describe("a table", () => {
	it("aligns words left and numbers right, with no space at line ends", () => {
		const columns = [{ heading: "tenant" }, { heading: "requests", right: true }, { heading: "name" }];
		const rows = [
			["acme", "1,204", "Acme"],
			["longer-name", "7", ""],
		];
		expect(textTable(columns, rows)).toBe(
			["tenant       requests  name", "acme            1,204  Acme", "longer-name         7", ""].join("\n"),
		);
	});

	it("keeps every column in its place and prints no control character, whatever the cells hold", () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.string(), fc.string({ unit: "binary" }), fc.string()), { maxLength: 5 }),
				(rows) => {
					const text = textTable([{ heading: "a" }, { heading: "b", right: true }, { heading: "c" }], rows);
					const lines = text.split("\n");
					expect(lines).toHaveLength(rows.length + 2);
					expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
					const third = lines[0]?.indexOf("c") ?? -1;
					for (const [index, row] of rows.entries())
						expect([...(lines[index + 1] ?? "")].slice(third).join("")).toBe(printable(row[2]).trimEnd());
				},
			),
		);
	});

	it("puts names beside their values", () => {
		expect(
			textList([
				["tenant", "acme"],
				["state", "a\u001b[2J"],
			]),
		).toBe("tenant  acme\nstate   a\\u{1b}[2J\n");
	});
});

describe("text from elsewhere", () => {
	it("cannot move the cursor, clear the screen, or turn the direction of writing", () => {
		expect(printable("a\u001b[31mb\r\n\u202ec")).toBe("a\\u{1b}[31mb\\u{d}\\u{a}\\u{202e}c");
		expect(printable("Zoë 東京 – 5%")).toBe("Zoë 東京 – 5%");
	});
});

describe("shown values", () => {
	it("are short and exact enough", () => {
		expect(showMoment(Date.parse("2026-11-25T14:19:40.999Z"))).toBe("2026-11-25 14:19:40Z");
		expect(showMoment(null)).toBe("–");
		expect([0, 0.000001091, 0.0123456, 1.5, -1.5, 99.999, 12345.678].map(showUsd)).toEqual([
			"$0",
			"$0.000001091",
			"$0.01235",
			"$1.500",
			"−$1.500",
			"$100.00",
			"$12345.68",
		]);
		expect(showShare(1, 3)).toBe("33.3%");
		expect(showShare(0, 0)).toBe("–");
		expect(showCount(1234567)).toBe("1,234,567");
		expect([9.4, 9_999, 10_000].map(showDuration)).toEqual(["9 ms", "9999 ms", "10.0 s"]);
	});
});

describe("times that are given", () => {
	const now = Date.parse("2026-11-25T12:00:00Z");

	it("are durations from now, forwards or back, days, or moments", () => {
		expect(readMoment("90d", now, 1)).toBe(Date.parse("2027-02-23T12:00:00Z"));
		expect(readMoment("24h", now, -1)).toBe(Date.parse("2026-11-24T12:00:00Z"));
		expect(readMoment("0", now, -1)).toBe(now);
		expect(readMoment("2027-01-31", now, 1)).toBe(Date.parse("2027-01-31T00:00:00Z"));
		expect(readMoment("2027-01-31T10:00+02:00", now, 1)).toBe(Date.parse("2027-01-31T08:00:00Z"));
		expect(readDuration("45s")).toBe(45_000);
		expect(readDuration("30m")).toBe(1_800_000);
	});

	it.each(["", "soon", "7", "-1d", "1.5h", "7w", "2027-13-01", "2027-01-31T10:00", "31.1.2027"])(
		"are not %j",
		(text) => {
			expect(readMoment(text, now, 1)).toBeUndefined();
		},
	);
});
