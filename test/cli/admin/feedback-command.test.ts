import { describe, expect, it } from "vitest";
import { describeFeedback } from "../../../src/cli/admin/feedback-command.ts";

const row = { cascade: "chat", policyRevision: 2, stage: "edge", correct: 3, wrong: 1, ratings: [0, 0, 0, 1, 3] };

describe("what clients said", () => {
	it("is a row a cascade, revision and stage, with the share that was wrong and the mean rating", () => {
		const text = describeFeedback({ rows: [row], unjoined: 0 });
		expect(text.split("\n")[1]?.split(/ {2,}/u)).toEqual([
			"chat",
			"2",
			"edge",
			"3",
			"1",
			expect.stringMatching(/^25(?:\.0)?%$/u),
			"4",
			"4.8 of 5",
		]);
		expect(text).toContain("no evidence");
		expect(text).not.toContain("no record");
	});

	it("names what is about no request that is known", () => {
		expect(describeFeedback({ rows: [], unjoined: 7 })).toMatch(/^7 more about requests of which no record/u);
	});

	it("may be nothing at all", () => {
		expect(describeFeedback({ rows: [], unjoined: 0 })).toBe("Nobody has said anything of an answer.\n");
	});
});
