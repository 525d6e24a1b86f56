import { describe, expect, it } from "vitest";
import { markedBar, sparkline } from "../../../src/cli/evidence/sparkline.ts";

describe("a sparkline", () => {
	it("has a block a value, from the lowest at 0 to the full one at the top", () => {
		expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8], 8, 20)).toBe("▁▂▃▄▅▆▇██");
	});

	it("stays within its blocks whatever the value, and shows the last that fit", () => {
		expect(sparkline([-3, 100], 8, 20)).toBe("▁█");
		expect(sparkline([8, 8, 0, 4], 8, 2)).toBe("▁▅");
	});
});

describe("a bar with a mark", () => {
	it("is as long as its value, to an eighth of a character", () => {
		expect(markedBar(5, 0, 10, 10)).toBe("█████");
		expect(markedBar(5.25, 0, 10, 10)).toBe("█████▎");
		expect(markedBar(20, 0, 10, 10)).toBe("██████████");
	});

	it("shows the mark where it falls short of it, and not where it reaches it", () => {
		expect(markedBar(2, 5, 10, 10)).toBe("██   │");
		expect(markedBar(5, 5, 10, 10)).toBe("█████");
		expect(markedBar(-4, 5, 10, 10)).toBe("     │");
		expect(markedBar(1, 10, 10, 10)).toBe("█        │");
	});
});
