import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { readKeys } from "../../../src/cli/evidence/read-keys.ts";
import {
	describeText,
	reviewTexts,
	type ReviewPorts,
	type TextToReview,
} from "../../../src/cli/evidence/review-texts.ts";

const textOf = (sequence: number, fields: Partial<TextToReview> = {}): TextToReview => ({
	sequence,
	requestId: `req_${sequence}`,
	at: 0,
	policyRevision: 1,
	epoch: 1,
	phase: 2,
	confidence: 0.912_345,
	served: "accepted",
	verdict: "failed",
	expiresAt: 1,
	text: {
		messages: [{ role: "user", content: `question ${sequence}` }],
		edge: `edge ${sequence}`,
		reference: `reference ${sequence}`,
	},
	wrong: null,
	...fields,
});

/** A review of these pages with these keys pressed, one after the other. */
async function review(pages: readonly (readonly TextToReview[])[], keys: string, changes: Partial<ReviewPorts> = {}) {
	const input = new PassThrough();
	input.end(keys);
	let output = "";
	const given: Parameters<ReviewPorts["give"]>[0][] = [];
	const asked: number[] = [];
	const isDone = await reviewTexts({
		keys: readKeys(input).keys,
		write: (text) => void (output += text),
		async page(after) {
			asked.push(after);
			const at = pages.findIndex(([first]) => (first?.sequence ?? 0) > after);
			const items = [...(pages[at] ?? [])];
			return { items, next: at === -1 || at === pages.length - 1 ? null : (items.at(-1)?.sequence ?? null) };
		},
		async give(labels) {
			given.push(labels);
			return { taken: labels.length, refused: [] };
		},
		...changes,
	});
	return { isDone, output, given, asked };
}

describe("a review in the terminal", () => {
	it("shows one text after the other and gives what was said of each", async () => {
		const { isDone, output, given } = await review([[textOf(1), textOf(2, { item: 3 }), textOf(3)]], "wsR");
		expect(isDone).toBe(true);
		expect(given).toEqual([
			[
				{ requestId: "req_1", wrong: true },
				{ requestId: "req_3", wrong: false },
			],
		]);
		expect(output).toContain("question 1");
		expect(output.indexOf("edge 2")).toBeLessThan(output.indexOf("reference 2"));
		expect(output).toMatch(/2 verdicts given; 1 skipped, which count as missed where the labeller said right\.\n$/u);
	});

	it("says nothing of what the labeller said, nor how sure the stage was", async () => {
		const { output } = await review([[textOf(1)]], "q");
		expect(output).not.toMatch(/failed|0\.91/u);
	});

	it("ends with q, the end of the input, or Ctrl-C, and gives what was said until then", async () => {
		for (const keys of ["rq", "r", "r\u0003", "r\u0004"]) {
			const { given, isDone } = await review([[textOf(1), textOf(2)]], keys);
			expect([isDone, given]).toEqual([true, [[{ requestId: "req_1", wrong: false }]]]);
		}
	});

	it("says at q how many texts it was given and leaves without a verdict", async () => {
		const { output } = await review([[textOf(1), textOf(2, { wrong: true }), textOf(3), textOf(4)]], "rq");
		expect(output).toMatch(/1 verdict given; 2 left, which count as missed [^;]+ until they have a verdict\.\n$/u);
	});

	it("waits for a key that says something", async () => {
		const { given } = await review([[textOf(1)]], "x\n?w");
		expect(given).toEqual([[{ requestId: "req_1", wrong: true }]]);
	});

	it("goes from page to page, past what has a verdict or no words", async () => {
		const pages = [
			[textOf(1), textOf(2, { wrong: true })],
			[textOf(3, { text: null }), textOf(4)],
		];
		const { given, asked, output } = await review(pages, "ww");
		expect(asked).toEqual([0, 2]);
		expect(given.flat().map(({ requestId }) => requestId)).toEqual(["req_1", "req_4"]);
		expect(output).toContain("1 skipped");
	});

	it("does not read a page that nobody comes to", async () => {
		expect((await review([[textOf(1)], [textOf(2)]], "q")).asked).toEqual([0]);
	});

	it("gives verdicts ten at a time, so that few are lost", async () => {
		const texts = Array.from({ length: 25 }, (_, index) => textOf(index + 1));
		const { given } = await review([texts], "w".repeat(25));
		expect(given.map((labels) => labels.length)).toEqual([10, 10, 5]);
	});

	it("fails where texts cannot be had or verdicts not given, and says how many are lost", async () => {
		expect(await review([], "", { page: async () => null })).toMatchObject({ isDone: false });
		const lost = await review([[textOf(1)]], "w", { give: async () => null });
		expect([lost.isDone, lost.output]).toEqual([false, expect.stringContaining("1 LOST")]);
	});

	it("says that there is nothing to review", async () => {
		expect((await review([[]], "")).output).toContain("There is nothing to review");
	});

	it("lets no text move the cursor", () => {
		const content = "a\u001b[2Jb\nsecond line\r\n\u202eevil";
		const shown = describeText(
			textOf(1, { text: { messages: [{ role: "user", content }], edge: content, reference: null } }),
		);
		for (const character of ["\u001b", "\u202e", "\r"]) expect(shown).not.toContain(character);
		expect(shown).toContain("b\nsecond line\n");
		expect(shown).toContain("the last stage gave no answer");
	});
});

describe("keys of a terminal", () => {
	it("come without a line's end, and the terminal is given back as it was", async () => {
		const modes: boolean[] = [];
		const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (isRaw: boolean) => modes.push(isRaw) });
		const { keys, close } = readKeys(input);
		input.write("wr");
		expect([await keys.next(), await keys.next()].map(({ value }) => String(value))).toEqual(["w", "r"]);
		close();
		expect(modes).toEqual([true, false]);
		expect(input.destroyed).toBe(true);
	});
});
