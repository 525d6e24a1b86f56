import { describe, expect, it } from "vitest";
import { readObservationMessage } from "../../../src/core/ledger/observation-message.ts";
import { exampleCall, exampleObservation } from "./observations.ts";

const good = exampleObservation();
const message = (...observations: readonly unknown[]) => ({ version: 1, observations });

describe("a message of observations", () => {
	it("is read as it was written, of which tenant it is included", () => {
		const second = exampleObservation({ requestId: "req_2", item: 4 });
		expect(readObservationMessage(JSON.parse(JSON.stringify(message(good, second))))).toEqual({
			ok: true,
			value: { tenant: "acme", observations: [good, second], malformed: 0 },
		});
	});

	it("may come from a later program, with more fields and names than this one knows", () => {
		const later = { ...good, audit: 0.05, reason: "drift-alarm", calls: [{ ...exampleCall(), region: "weur" }] };
		expect(readObservationMessage({ ...message(later), sentAt: 1 })).toEqual({
			ok: true,
			value: { tenant: "acme", observations: [later], malformed: 0 },
		});
	});

	it.each([
		["nothing", undefined],
		["null", null],
		["text", "hello"],
		["a list", [good]],
		["an observation by itself", good],
		["of another version", { ...message(good), version: 2 }],
		["empty", message()],
		["without a list", { version: 1, observations: good }],
		["a list of nothing that is an observation", message(null, 7, {}, [])],
	])("is refused as a whole where it is %s", (_what, body) => {
		expect(readObservationMessage(body).ok).toBe(false);
	});

	it.each([
		["of another version", { version: 2 }],
		["without an id", { requestId: undefined }],
		["with an empty id", { requestId: "" }],
		["with an endless id", { requestId: "x".repeat(257) }],
		["with a text of no number", { item: "1" }],
		["with a text before the first", { item: -1 }],
		["of no tenant", { tenant: "" }],
		["of another tenant", { tenant: "other" }],
		["of no cascade", { cascade: null }],
		["of half a revision", { policyRevision: 1.5 }],
		["of no time", { at: null }],
		["of a time between milliseconds", { at: 1.5 }],
		["with no outcome", { outcome: null }],
		["with a number for a stage", { stage: 1 }],
		["with no calls", { calls: undefined }],
		["with tokens of a fraction", { calls: [exampleCall({ usage: { inputTokens: 0.5, outputTokens: 1 } })] }],
		["with fewer tokens than none", { calls: [exampleCall({ usage: { inputTokens: 1, outputTokens: -1 } })] }],
		["with no word about its cost", { costUsd: undefined }],
		["with a cost in text", { costUsd: "0.1" }],
		["with a saving of no number", { savedUsd: Number.NaN }],
		["with an endless duration", { durationMs: Number.POSITIVE_INFINITY }],
	])("leaves out and counts an entry %s", (_what, differences) => {
		expect(readObservationMessage(message(good, { ...good, ...differences }))).toEqual({
			ok: true,
			value: { tenant: "acme", observations: [good], malformed: 1 },
		});
	});

	it("says what is wrong without quoting anything", () => {
		const read = readObservationMessage(message({ secret: "4711" }));
		expect(read.ok ? "" : read.error).toMatch(/observation/u);
		expect(JSON.stringify(read)).not.toContain("4711");
	});
});
