import type { ExportedEvidence } from "../../../src/tuning/evidence/exported-evidence.ts";
import { epochRecord, evidenceCount, phaseRecord } from "../../tuning/evidence/examples.ts";

/** An exported ledger whose second epoch has certified its first threshold, and later the second one too. */
export function exampleLedger(): ExportedEvidence {
	const audited = [
		evidenceCount({ epoch: 2, n: 90, wrong: 1 }),
		evidenceCount({ epoch: 2, cell: 1, n: 100, wrong: 15 }),
		evidenceCount({ epoch: 2, cell: 2, n: 50, wrong: 45 }),
	];
	const loosened = [
		...audited,
		evidenceCount({ epoch: 2, phase: 2, propensity: 100_000, n: 10 }),
		evidenceCount({ epoch: 2, phase: 2, cell: 1, n: 6_000, wrong: 40 }),
	];
	return {
		version: 1,
		tenant: "acme",
		cascade: "mail",
		stage: "small",
		epochs: [epochRecord(), epochRecord({ epoch: 2, path: [0.9, 0.7, 0.5], cause: "alarm" })],
		phases: [
			phaseRecord(),
			phaseRecord({ epoch: 2 }),
			phaseRecord({ epoch: 2, phase: 2, deployed: 0, auditPropensity: 100_000 }),
		],
		counts: [evidenceCount({ n: 5 }), ...loosened],
		snapshots: [
			{ epoch: 2, watermark: 500, counts: audited },
			{ epoch: 2, watermark: 900, counts: loosened },
		],
	};
}
