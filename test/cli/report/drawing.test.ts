import { describe, expect, it } from "vitest";
import { NARROW, WIDE } from "../../../src/cli/report/svg/chart-size.ts";
import { drawing, text } from "../../../src/cli/report/svg/elements.ts";
import { escapeMarkup } from "../../../src/cli/report/escape-markup.ts";
import { paddedExtent, shareExtent, shareFromZero } from "../../../src/cli/report/svg/extents.ts";
import { inkOf } from "../../../src/cli/report/svg/ink.ts";
import { drawLabels } from "../../../src/cli/report/svg/place-labels.ts";
import { curve, dots, drawAxes, layPlane } from "../../../src/cli/report/svg/plane.ts";
import {
	compactCount,
	percentTick,
	probability,
	usdPerThousand,
	usdTick,
} from "../../../src/cli/report/show-figures.ts";

const plane = layPlane(WIDE, { x: [0, 1], y: [0, 1] }, { top: 30, bottom: 350 });

describe("text in markup", () => {
	it("cannot end a tag, an attribute or an entity, nor turn the direction of writing", () => {
		expect(escapeMarkup(`</text><script>"'&amp;`)).toBe("&lt;/text&gt;&lt;script&gt;&quot;&#39;&amp;amp;");
		expect(escapeMarkup("a\u202eb\u0000")).toBe("a\\u{202e}b\\u{0}");
		expect(text(1, 2, "<b>")).toContain("&lt;b&gt;");
	});

	it("names and describes a drawing for who cannot see it, under ids of its own", () => {
		const said = { id: "plot", title: "A < B", description: "It rises." };
		const [wide, narrow] = [drawing(WIDE, said, ""), drawing(NARROW, said, "")];
		expect(wide).toContain('role="img" aria-labelledby="plot-wide-title" aria-describedby="plot-wide-description"');
		expect(wide).toContain('<title id="plot-wide-title">A &lt; B</title>');
		expect(narrow).toContain('<desc id="plot-narrow-description">It rises.</desc>');
	});
});

describe("an axis", () => {
	it("goes to round numbers around shares and stays inside nothing and all", () => {
		expect(shareExtent([0.632, 0.846])).toEqual([0.6, 0.9]);
		expect(shareExtent([0.001, 0.999])).toEqual([0, 1]);
		expect(shareFromZero([0.19, 0.37])).toEqual([0, 0.4]);
		expect(shareFromZero([1])).toEqual([0, 1]);
	});

	it("has a width even where all values are one", () => {
		const [low, high] = paddedExtent([0.5, 0.5], 0.1);
		expect(low).toBeLessThan(0.5);
		expect(high).toBeGreaterThan(0.5);
		const [from, to] = shareExtent([1, 1]);
		expect(from).toBeLessThan(to);
		expect(to).toBe(1);
	});

	it("writes as many digits as its ticks need to differ", () => {
		expect([0.1, 0.15, 0.2].map((share) => percentTick(share, 0.05))).toEqual(["10%", "15%", "20%"]);
		expect([0.001, 0.0015].map((share) => percentTick(share, 0.0005))).toEqual(["0.10%", "0.15%"]);
		expect(percentTick(-0.02, 0.02)).toBe("−2%");
		expect([usdTick(0, 0.1), usdTick(0.1, 0.1), usdTick(0.002, 0.002), usdTick(20, 10)]).toEqual([
			"$0",
			"$0.10",
			"$0.002",
			"$20",
		]);
	});

	it("draws a line across for each tick, and names of both axes", () => {
		const drawn = drawAxes(plane, {
			x: { label: "across", format: percentTick },
			y: { label: "up", format: percentTick },
		});
		expect(drawn.match(/class="grid"/gu)?.length).toBe(6);
		expect(drawn).toContain(">across</text>");
		expect(drawn).toContain(">up</text>");
		expect(drawn).toContain(">100%</text>");
	});
});

describe("a curve", () => {
	it("goes through its points, in pixels from the top", () => {
		expect(
			curve(plane, [
				[0, 0],
				[1, 1],
			]),
		).toBe("M46,350L742,30");
	});

	it("shows its points where they are few, and only there", () => {
		const points = (count: number) =>
			Array.from({ length: count }, (_, index): [number, number] => [index / count, 0.5]);
		expect(dots(plane, points(2)).match(/<circle/gu)?.length).toBe(2);
		expect(dots(plane, points(40))).toBe("");
	});
});

describe("labels", () => {
	const rectangles = (drawn: string): { left: number; right: number; top: number; bottom: number }[] =>
		[...drawn.matchAll(/<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)"[^>]*>([^<]+)</gu)].map((found) => {
			const [, x, y, anchor, content] = found;
			const width = 7 * (content?.length ?? 0);
			const left = Number(x) - (anchor === "end" ? width : anchor === "middle" ? width / 2 : 0);
			return { left, right: left + width, top: Number(y) - 11, bottom: Number(y) + 3 };
		});

	it("of points that lie together stand apart, inside the plane, and far ones have a line to their point", () => {
		const labels = Array.from({ length: 7 }, (_, index) => ({
			x: 730 - index,
			y: 120 + index,
			text: `label number ${index}`,
			className: "",
		}));
		const drawn = drawLabels(plane, labels);
		const placed = rectangles(drawn);
		expect(placed).toHaveLength(7);
		for (const [index, first] of placed.entries()) {
			expect(first.right).toBeLessThanOrEqual(WIDE.width);
			expect(first.top).toBeGreaterThanOrEqual(plane.top - 1);
			for (const second of placed.slice(index + 1))
				expect(
					first.left < second.right &&
						second.left < first.right &&
						first.top < second.bottom &&
						second.top < first.bottom,
				).toBe(false);
		}
		expect(drawn).toContain('class="leader"');
	});

	it("keep off a curve where there is room", () => {
		const points: [number, number][] = [
			[0, 0.5],
			[1, 0.5],
		];
		const [label] = rectangles(
			drawLabels(plane, [{ x: 394, y: 190, text: "a curve", className: "" }], inkOf(plane, points)),
		);
		expect(label === undefined || label.bottom < 190 || label.top > 190).toBe(true);
		expect(label).toBeDefined();
	});
});

describe("figures for people", () => {
	it("show money of a thousand requests to the cent, or to three digits", () => {
		expect([0, 0.000_000_123_4, 0.000_305_6, 0.012, null].map(usdPerThousand)).toEqual([
			"$0",
			"$0.000123",
			"$0.306",
			"$12.00",
			"–",
		]);
	});

	it("show tiny chances by their power of ten, and large counts short", () => {
		expect([0.0582, 0.000_12, 0, null].map(probability)).toEqual(["0.0582", "1.2e−4", "0", "–"]);
		expect([7, 12_345, 1_000_000].map(compactCount)).toEqual(["7", "12.3K", "1M"]);
	});
});
