import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Completion } from "../../../src/core/completion.ts";
import { compareAnswers } from "../../../src/core/evidence/compare-answers.ts";
import type { ComparingLabeller } from "../../../src/core/evidence/labeller.ts";
import type { Task } from "../../../src/core/task.ts";
import { exampleAnswer, exampleRequest } from "../examples.ts";

const compared = (labeller: ComparingLabeller, edge: Completion, reference: Completion, task?: Task) =>
	compareAnswers(labeller, exampleRequest(task === undefined ? {} : { task }), edge, reference);
const texts = (labeller: ComparingLabeller, edge: string, reference: string, task?: Task) =>
	compared(labeller, exampleAnswer({ text: edge }), exampleAnswer({ text: reference }), task);
const calling = (...calls: readonly (readonly [string, string])[]) =>
	exampleAnswer({ text: "", toolCalls: calls.map(([name, given]) => ({ name, arguments: given })) });

const CLASSIFICATION: Task = { kind: "classification", text: "a text", labels: ["spam", "ham"] };
const MODERATION: Task = { kind: "moderation", text: "a text" };

describe("exact", () => {
	it("finds the same text right and any other wrong", () => {
		expect(texts({ kind: "exact" }, "four", "four")).toBe("right");
		expect(texts({ kind: "exact" }, "Four", "four")).toBe("wrong");
		expect(texts({ kind: "exact" }, "four ", "four")).toBe("wrong");
	});

	it("fails where the last stage says nothing, and finds an edge that says nothing wrong", () => {
		expect(texts({ kind: "exact" }, "", "")).toBe("failed");
		expect(texts({ kind: "exact" }, "four", "")).toBe("failed");
		expect(texts({ kind: "exact" }, "", "four")).toBe("wrong");
	});
});

describe("normalised", () => {
	it("sets case, punctuation and space aside, and keeps what changes a number", () => {
		expect(texts({ kind: "normalised" }, "The  answer is: Four!", "the answer is four")).toBe("right");
		expect(texts({ kind: "normalised" }, "ﬁne", "fine")).toBe("right");
		expect(texts({ kind: "normalised" }, "1.5", "15")).toBe("wrong");
		expect(texts({ kind: "normalised" }, "-4", "4")).toBe("wrong");
		expect(texts({ kind: "normalised" }, "five", "four")).toBe("wrong");
	});
});

describe("the same text twice", () => {
	it.each<[ComparingLabeller["kind"], Task | undefined]>([
		["exact", undefined],
		["normalised", undefined],
		["json", undefined],
		["tool-call", undefined],
		["label", CLASSIFICATION],
	])("is right by %s where it can be compared at all, and has failed otherwise", (kind, task) => {
		fc.assert(
			fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json(), fc.constantFrom("ham", "", "?!", "{")), (text) => {
				const verdict = texts({ kind }, text, text, task);
				// One that says nothing else is wrong by the same reference, unless that cannot be compared either.
				const isComparable = texts({ kind }, "no such answer \u{1f9ff}9", text, task) !== "failed";
				expect(verdict).toBe(isComparable ? "right" : "failed");
			}),
		);
	});

	it("is wrong beside a tool call that only one of them makes", () => {
		const call = [{ name: "look", arguments: "{}" }];
		const [plain, calls] = [exampleAnswer({ text: "four" }), exampleAnswer({ text: "four", toolCalls: call })];
		for (const kind of ["exact", "normalised", "tool-call"] as const) {
			expect(compared({ kind }, plain, calls)).toBe("wrong");
			expect(compared({ kind }, calls, plain)).toBe("wrong");
		}
	});
});

describe("json", () => {
	it("compares values whatever the order and the spacing of their fields", () => {
		expect(texts({ kind: "json" }, '{"a":1,"b":[2]}', '{ "b": [2], "a": 1.0 }')).toBe("right");
		expect(texts({ kind: "json" }, '{"a":[1,2]}', '{"a":[2,1]}')).toBe("wrong");
		expect(texts({ kind: "json" }, '{"a":"1"}', '{"a":1}')).toBe("wrong");
	});

	it("finds broken JSON of the edge wrong, and fails where the last stage's is", () => {
		expect(texts({ kind: "json" }, '{"a":', '{"a":1}')).toBe("wrong");
		expect(texts({ kind: "json" }, '{"a":1}', '{"a":')).toBe("failed");
	});
});

describe("label", () => {
	it("compares the labels of the request's task", () => {
		expect(texts({ kind: "label" }, '"Spam".', "spam", CLASSIFICATION)).toBe("right");
		expect(texts({ kind: "label" }, "ham", "spam", CLASSIFICATION)).toBe("wrong");
		expect(texts({ kind: "label" }, "eggs", "spam", CLASSIFICATION)).toBe("wrong");
		expect(texts({ kind: "label" }, "spam", "eggs", CLASSIFICATION)).toBe("failed");
	});

	it("compares verdicts without their categories", () => {
		expect(texts({ kind: "label" }, "unsafe\nS1", "unsafe\nviolence, hate", MODERATION)).toBe("right");
		expect(texts({ kind: "label" }, "safe", "unsafe\nS1", MODERATION)).toBe("wrong");
	});

	it("compares its own labels where it has them, and fails where nobody has any", () => {
		const labels = ["yes", "no"];
		expect(texts({ kind: "label", labels }, "Yes.", "yes")).toBe("right");
		expect(texts({ kind: "label", labels }, "no", "yes")).toBe("wrong");
		expect(texts({ kind: "label" }, "yes", "yes")).toBe("failed");
	});
});

describe("tool-call", () => {
	const toolCall = { kind: "tool-call" } as const;

	it("compares calls whatever their order and that of their arguments", () => {
		const edge = calling(["pay", '{"to":"ann","sum":5}'], ["log", "{}"]);
		expect(compared(toolCall, edge, calling(["log", "{ }"], ["pay", '{"sum":5,"to":"ann"}']))).toBe("right");
	});

	it.each([
		["another function", calling(["pays", '{"sum":5}'])],
		["another argument", calling(["pay", '{"sum":50}'])],
		["a call too many", calling(["pay", '{"sum":5}'], ["pay", '{"sum":5}'])],
		["broken arguments", calling(["pay", '{"sum":5'])],
		["words in place of a call", exampleAnswer({ text: "I have paid 5." })],
	])("finds %s wrong", (_, edge) => {
		expect(compared(toolCall, edge, calling(["pay", '{"sum":5}']))).toBe("wrong");
	});

	it("sets the remark beside a call aside", () => {
		const remark = { ...calling(["pay", '{"sum":5}']), text: "One moment." };
		expect(compared(toolCall, remark, calling(["pay", '{"sum":5}']))).toBe("right");
	});

	it("fails where the last stage's arguments are broken", () => {
		expect(compared(toolCall, calling(["pay", "{"]), calling(["pay", "{"]))).toBe("failed");
	});

	it("compares texts where neither calls anything: no answer is right without being compared", () => {
		expect(texts(toolCall, "Four.", "four")).toBe("right");
		expect(texts(toolCall, "five", "four")).toBe("wrong");
		expect(compared(toolCall, calling(["pay", "{}"]), exampleAnswer({ text: "four" }))).toBe("wrong");
		expect(texts(toolCall, "", "")).toBe("failed");
	});
});

describe("every labeller", () => {
	const labellers: readonly ComparingLabeller[] = [
		{ kind: "exact" },
		{ kind: "normalised" },
		{ kind: "json" },
		{ kind: "label", labels: ["a", "b"] },
		{ kind: "tool-call" },
	];
	const answer = fc
		.record({
			text: fc.constantFrom("", "a", "A.", "b", "{}", '{"x":1}', "..."),
			toolCalls: fc.array(
				fc.record({ name: fc.constantFrom("f", "g"), arguments: fc.constantFrom("{}", '{"x":1}', "{") }),
				{ maxLength: 2 },
			),
		})
		.map((parts) => exampleAnswer(parts));

	it("never finds an answer wrong that is the reference itself, and is of one mind both ways", () => {
		fc.assert(
			fc.property(fc.constantFrom(...labellers), answer, answer, (labeller, edge, reference) => {
				expect(compared(labeller, edge, edge)).not.toBe("wrong");
				const isRight = compared(labeller, edge, reference) === "right";
				expect(compared(labeller, reference, edge) === "right").toBe(isRight);
			}),
		);
	});

	it("never finds right what calls other functions than the reference", () => {
		fc.assert(
			fc.property(fc.constantFrom(...labellers), answer, answer, (labeller, edge, reference) => {
				const names = ({ toolCalls }: Completion) => JSON.stringify(toolCalls.map(({ name }) => name).toSorted());
				fc.pre(names(edge) !== names(reference));
				expect(compared(labeller, edge, reference)).not.toBe("right");
			}),
		);
	});
});
