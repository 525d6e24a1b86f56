import { describe, expect, it } from "vitest";
import { readQueueMessage } from "../../../src/core/ledger/observation-message.ts";
import { exampleCall, exampleObservation } from "./observations.ts";

const good = exampleObservation();
const message = (...observations: readonly unknown[]) => ({ version: 1, observations });

describe("a message of observations", () => {
	it("is read as it was written, of which tenant it is included", () => {
		const second = exampleObservation({ requestId: "req_2", item: 4 });
		expect(readQueueMessage(JSON.parse(JSON.stringify(message(good, second))))).toEqual({
			ok: true,
			value: { kind: "observations", tenant: "acme", observations: [good, second], malformed: 0 },
		});
	});

	it("may come from a later program, with more fields and names than this one knows", () => {
		const later = { ...good, audit: 0.05, reason: "drift-alarm", calls: [{ ...exampleCall(), region: "weur" }] };
		expect(readQueueMessage({ ...message(later), sentAt: 1 })).toEqual({
			ok: true,
			value: { kind: "observations", tenant: "acme", observations: [later], malformed: 0 },
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
		expect(readQueueMessage(body).ok).toBe(false);
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
		["with no trail", { trail: undefined }],
		["with a reading of no number", { trail: [{ stage: "edge", outcome: "accepted", confidence: "0.9" }] }],
		["with a stage of no name", { trail: [{ stage: "", outcome: "accepted", confidence: null }] }],
		["with a call of no stage", { calls: [{ ...exampleCall(), stage: undefined }] }],
		["with a call of no time", { calls: [{ ...exampleCall(), ms: null }] }],
		["with a first token of no time", { firstTokenMs: "1" }],
		["with no calls", { calls: undefined }],
		["with tokens of a fraction", { calls: [exampleCall({ usage: { inputTokens: 0.5, outputTokens: 1 } })] }],
		["with fewer tokens than none", { calls: [exampleCall({ usage: { inputTokens: 1, outputTokens: -1 } })] }],
		["with no word about its cost", { costUsd: undefined }],
		["with a cost in text", { costUsd: "0.1" }],
		["with a saving of no number", { savedUsd: Number.NaN }],
		["with an endless duration", { durationMs: Number.POSITIVE_INFINITY }],
	])("leaves out and counts an entry %s", (_what, differences) => {
		expect(readQueueMessage(message(good, { ...good, ...differences }))).toEqual({
			ok: true,
			value: { kind: "observations", tenant: "acme", observations: [good], malformed: 1 },
		});
	});

	it("says what is wrong without quoting anything", () => {
		const read = readQueueMessage(message({ secret: "4711" }));
		expect(read.ok ? "" : read.error).toMatch(/observation/u);
		expect(JSON.stringify(read)).not.toContain("4711");
	});
});

describe("a message of evidence", () => {
	const address = { tenant: "acme", cascade: "chat", configHash: "a".repeat(64) };
	const entry = {
		requestId: "req_1",
		at: 1_000,
		policyRevision: 3,
		epoch: 1,
		phase: 2,
		confidence: 0.9,
		served: "accepted",
		inScope: true,
		propensity: 50_000,
		draw: "drawn",
		wrong: null,
	};
	const verdict = { requestId: "req_1", at: 1_000, wrong: true, failed: false, costUsd: 0.25, ms: 900 };
	const evidence = (fields: object = {}) => ({
		version: 1,
		evidence: { address, entries: [entry], verdicts: [verdict], ...fields },
	});
	const value = { kind: "evidence", tenant: "acme", address, entries: [entry], verdicts: [verdict], malformed: 0 };

	it("is read as it was written", () => {
		expect(readQueueMessage(JSON.parse(JSON.stringify(evidence())))).toEqual({ ok: true, value });
	});

	it("may come from a later program, with more fields than this one knows", () => {
		const later = { ...entry, region: "weur" };
		expect(readQueueMessage(evidence({ entries: [later], address: { ...address, shard: 3 }, sentAt: 1 }))).toEqual({
			ok: true,
			value: { ...value, entries: [later] },
		});
	});

	it.each([
		["of no address", { address: undefined }],
		["of no tenant", { address: { ...address, tenant: "" } }],
		["of a hash that is none", { address: { ...address, configHash: "a/../b" } }],
		["without a list", { entries: null }],
		["of nothing that is evidence", { entries: [{}], verdicts: [null] }],
		["empty", { entries: [], verdicts: [] }],
	])("is refused as a whole where it is %s", (_what, fields) => {
		expect(readQueueMessage(evidence(fields)).ok).toBe(false);
	});

	it.each([
		["of a chance of nothing", { propensity: 0 }],
		["of more than certainty", { propensity: 1_000_001 }],
		["of half a chance in a million", { propensity: 0.5 }],
		["served in a way that is not known", { served: "hedged" }],
		["drawn in a way that is not known", { draw: "maybe" }],
		["labelled without a label", { draw: "labelled" }],
		["with a label and not labelled", { wrong: false }],
		["of a confidence that is no number", { confidence: Number.NaN }],
		["of no scope", { inScope: undefined }],
		["of no epoch", { epoch: -1 }],
	])("leaves out and counts an entry %s", (_what, differences) => {
		expect(readQueueMessage(evidence({ entries: [entry, { ...entry, ...differences }] }))).toEqual({
			ok: true,
			value: { ...value, malformed: 1 },
		});
	});

	it.each([
		["without a verdict", { wrong: null }],
		["that cost less than nothing", { costUsd: -1 }],
		["of no request", { requestId: "" }],
	])("leaves out and counts a verdict %s", (_what, differences) => {
		expect(readQueueMessage(evidence({ verdicts: [verdict, { ...verdict, ...differences }] }))).toEqual({
			ok: true,
			value: { ...value, malformed: 1 },
		});
	});
});
