import { describe, expect, it } from "vitest";
import { evidenceLedgerName, evidenceRecordName, readEvidenceRecordName } from "../../src/core/published-records.ts";

const ADDRESS = { tenant: "acme", cascade: "chat.v2", configHash: "a".repeat(64) };

describe("the record of a lease on a cascade", () => {
	it("is found by its address, and its address by its name", () => {
		expect(evidenceRecordName(ADDRESS)).toBe(`evidence/acme/chat.v2/${"a".repeat(64)}`);
		expect(readEvidenceRecordName(evidenceRecordName(ADDRESS))).toEqual(ADDRESS);
	});

	it("has its ledger's name in it", () => {
		expect(evidenceRecordName(ADDRESS)).toBe(`evidence/${evidenceLedgerName(ADDRESS)}`);
	});

	it.each(["key/abc", "tenant/acme/policy", "evidence/acme/chat", "evidence///", "xevidence/a/b/c"])(
		"is not %s",
		(name) => {
			expect(readEvidenceRecordName(name)).toBeNull();
		},
	);
});
