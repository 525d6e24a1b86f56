import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { issueEvidenceCertificate } from "../../../src/cli/evidence/issue-evidence-certificate.ts";
import { deltaOfEpoch } from "../../../src/tuning/evidence/epoch-delta.ts";
import { exampleLedger } from "./example-ledger.ts";

const dates = { issuedAt: new Date(0), expiresAt: new Date(1_000) };

describe("the certificate of an exported ledger", () => {
	it("finds the delta that was asked for from the epoch's share of it", () => {
		fc.assert(
			fc.property(fc.integer({ min: 20, max: 999 }), fc.integer({ min: 1, max: 6 }), (thousandths, epoch) => {
				const delta = thousandths / 1_000;
				const { epochs, phases, counts, snapshots, ...rest } = exampleLedger();
				const inEpoch = <Record extends { readonly epoch: number }>(records: readonly Record[]) =>
					records.filter((record) => record.epoch === 2).map((record) => ({ ...record, epoch }));
				const ledger = {
					...rest,
					epochs: inEpoch(epochs).map((record) => ({ ...record, delta: deltaOfEpoch(delta, epoch) })),
					phases: inEpoch(phases),
					counts: inEpoch(counts),
					snapshots: inEpoch(snapshots).map((snapshot) => ({ ...snapshot, counts: inEpoch(snapshot.counts) })),
				};
				const issued = issueEvidenceCertificate(ledger, { onLabel: null, ...dates });
				// A small share may certify nothing; then that is what is said.
				if (issued.ok) expect(issued.value).toMatchObject({ delta, epoch, deltaSpent: deltaOfEpoch(delta, epoch) });
				else expect(issued.error).toContain(`epoch ${epoch} has certified nothing`);
			}),
		);
	});

	it("is of the last epoch, unless another is named", () => {
		expect(issueEvidenceCertificate(exampleLedger(), { onLabel: null, ...dates })).toMatchObject({
			ok: true,
			value: { epoch: 2, deployed: 1, onLabel: null, expiresAt: "1970-01-01T00:00:01.000Z" },
		});
		expect(issueEvidenceCertificate(exampleLedger(), { epoch: 1, onLabel: null, ...dates })).toEqual({
			ok: false,
			error: "epoch 1 has certified nothing",
		});
	});

	it("names the label that the promise is on", () => {
		const issued = issueEvidenceCertificate(exampleLedger(), { onLabel: "ham", ...dates });
		expect(issued).toMatchObject({ ok: true, value: { onLabel: "ham" } });
	});
});
