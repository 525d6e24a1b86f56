import { describe, expect, it } from "vitest";
import type { Guarantee } from "../../../src/core/evidence/guarantee.ts";
import type { Labeller } from "../../../src/core/evidence/labeller.ts";
import { isInScope, scopeLabel } from "../../../src/core/evidence/scope.ts";
import type { Task } from "../../../src/core/task.ts";
import { exampleAnswer, exampleRequest } from "../examples.ts";

const ALL: Guarantee = { risk: "selective", targetRisk: 0.1, delta: 0.05, withoutCertificate: "escalate" };
const on = (onLabel: string): Guarantee => ({ ...ALL, onLabel });
const MODERATION: Task = { kind: "moderation", text: "some text" };
const CLASSIFICATION: Task = { kind: "classification", text: "some text", labels: ["Spam", "ham"] };
const LABELS: Labeller = { kind: "label", labels: ["spam", "ham"] };

const inScope = (guarantee: Guarantee, text: string, task?: Task, labeller: Labeller = { kind: "normalised" }) =>
	isInScope(guarantee, labeller, exampleRequest(task === undefined ? {} : { task }), exampleAnswer({ text }));

describe("a guarantee without a label", () => {
	it("is about every answer of a chat and a classification", () => {
		expect(inScope(ALL, "anything at all")).toBe(true);
		expect(inScope(ALL, "")).toBe(true);
		expect(inScope(ALL, "spam", CLASSIFICATION)).toBe(true);
		expect(inScope(ALL, "neither", CLASSIFICATION)).toBe(true);
	});

	it("is about the content that a moderation lets pass", () => {
		expect(inScope(ALL, "safe", MODERATION)).toBe(true);
		expect(inScope(ALL, "Safe.", MODERATION)).toBe(true);
		expect(inScope(ALL, "unsafe", MODERATION)).toBe(false);
		expect(inScope(ALL, "unsafe\nS1,S10", MODERATION)).toBe(false);
		expect(inScope(ALL, "no verdict", MODERATION)).toBe(false);
	});

	it("says so, for whoever writes the certificate", () => {
		expect(scopeLabel(ALL, exampleRequest())).toBeNull();
		expect(scopeLabel(ALL, exampleRequest({ task: CLASSIFICATION }))).toBeNull();
		expect(scopeLabel(ALL, exampleRequest({ task: MODERATION }))).toBe("safe");
		expect(scopeLabel(on("unsafe"), exampleRequest({ task: MODERATION }))).toBe("unsafe");
	});
});

describe("a guarantee on a label", () => {
	it("is about a moderation's verdict whatever its categories", () => {
		expect(inScope(on("unsafe"), "unsafe\nS1,S10", MODERATION)).toBe(true);
		expect(inScope(on("unsafe"), "unsafe: hate", MODERATION)).toBe(true);
		expect(inScope(on("unsafe"), "safe", MODERATION)).toBe(false);
		expect(inScope(on("Safe"), "safe", MODERATION)).toBe(true);
	});

	it("reads a verdict as one although the cascade declares the labels of its classifications", () => {
		expect(inScope(ALL, "safe", MODERATION, LABELS)).toBe(true);
		expect(inScope(ALL, "unsafe", MODERATION, LABELS)).toBe(false);
	});

	it("is about a classification's label in whatever spelling the client gave it", () => {
		expect(inScope(on("spam"), "Spam", CLASSIFICATION)).toBe(true);
		expect(inScope(on("spam"), '"spam".', CLASSIFICATION)).toBe(true);
		expect(inScope(on("spam"), "ham", CLASSIFICATION)).toBe(false);
		expect(inScope(on("spam"), "neither", CLASSIFICATION)).toBe(false);
	});

	it("is about nothing where the request's labels do not hold it", () => {
		expect(inScope(on("eggs"), "spam", CLASSIFICATION)).toBe(false);
		expect(inScope(on("eggs"), "eggs", CLASSIFICATION)).toBe(false);
		expect(inScope(on("eggs"), "neither", CLASSIFICATION)).toBe(false);
	});

	it("is about a chat's answers that are the label, by the labeller's labels where it has them", () => {
		expect(inScope(on("ham"), "Ham.", undefined, LABELS)).toBe(true);
		expect(inScope(on("ham"), "spam", undefined, LABELS)).toBe(false);
		expect(inScope(on("ham"), "ham")).toBe(true);
		expect(inScope(on("ham"), "it is ham")).toBe(false);
		expect(inScope(on("C"), "C++", undefined, { kind: "label", labels: ["C", "C++"] })).toBe(false);
	});
});
