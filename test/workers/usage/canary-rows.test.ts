import { describe, expect, it } from "vitest";
import { createCanaryUsageStore } from "../../../src/ledger/canary-usage-store.ts";
import { countingRows, observationsOf, usageLedger } from "./usage-ledger.ts";

describe("rows", () => {
	it.each([
		["of one cascade at the two revisions", 1, 2, 2],
		["of three cascades at the two revisions", 3, 2, 6],
		["of one cascade at one revision", 1, 1, 1],
	])(
		"written beside them while a canary runs, for 90 observations %s: one each",
		async (_what, cascades, revisions, written) => {
			const ledger = usageLedger();
			const observations = observationsOf(ledger.tenant, 90).map((one, index) => ({
				...one,
				cascade: `cascade-${index % cascades}`,
				policyRevision: 1 + (index % revisions),
			}));
			await ledger.within((storage) => {
				createCanaryUsageStore(storage.sql).add(observations, { since: 0, revision: 0 });
				const sum = { written: 0, read: 0 };
				const sql = countingRows(storage.sql, (rows) => {
					sum.written += rows.written;
					sum.read += rows.read;
				});
				createCanaryUsageStore(sql).add(observations, { since: 0, revision: 0 });
				console.log(JSON.stringify({ cascades, revisions, besideThem: sum }));
				expect(sum.written).toBe(written);
			});
		},
	);
});
