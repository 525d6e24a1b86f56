import { describe, expect, it } from "vitest";
import type { CascadeFacts } from "../../src/core/cascade-facts.ts";
import { batchTotals } from "../../src/openai/batch-totals.ts";
import { exampleAnswer } from "../core/examples.ts";

const answered = (inputTokens: number | null, costUsd: number | null, savedUsd: number | null) => ({
	answer: exampleAnswer({ usage: inputTokens === null ? null : { inputTokens, outputTokens: 2 } }),
	facts: { costUsd, savedUsd } as CascadeFacts,
});

describe("the totals of a batch", () => {
	it("are sums", () => {
		expect(batchTotals([answered(10, 1, 4), answered(5, 2, -1)])).toEqual({
			usage: { inputTokens: 15, outputTokens: 4 },
			costUsd: 3,
			savedUsd: 3,
		});
	});

	it("are unknown as soon as one is, each by itself", () => {
		expect(batchTotals([answered(10, 1, 4), answered(null, 2, 1)])).toMatchObject({ usage: null, costUsd: 3 });
		expect(batchTotals([answered(10, null, 4), answered(5, 2, 1)])).toMatchObject({ costUsd: null, savedUsd: 5 });
		expect(batchTotals([answered(10, 1, null), answered(5, 2, 1)])).toMatchObject({ costUsd: 3, savedUsd: null });
	});
});
