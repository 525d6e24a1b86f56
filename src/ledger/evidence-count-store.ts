import { mergeTables, type EvidenceCount } from "../tuning/evidence/evidence-table.ts";
import type { EvidenceSnapshot } from "../tuning/evidence/exported-evidence.ts";

/** `[cell, propensity, n, wrong, unlabelled]`. */
type Packed = readonly [number, number, number, number, number];

type Row = { readonly epoch: number; readonly phase: number; readonly revision: number; readonly counts: string };

/** The table of counts, of closed buckets alone, and what it was whenever a candidate was newly certified. */
export interface EvidenceCountStore {
	/** Of one epoch, or of all; sorted. */
	readonly read: (epoch?: number) => EvidenceCount[];
	/** Adds to what is there: a row written for each epoch, phase and revision among them. */
	readonly add: (counts: readonly EvidenceCount[]) => void;
	readonly snapshots: () => EvidenceSnapshot[];
	readonly addSnapshot: (snapshot: EvidenceSnapshot) => void;
}

/** Counts in SQL. */
export function createEvidenceCounts(sql: SqlStorage): EvidenceCountStore {
	return {
		read: (epoch) =>
			sql
				.exec<Row>("SELECT * FROM counts WHERE ?1 IS NULL OR epoch = ?1 ORDER BY epoch, phase, revision", epoch ?? null)
				.toArray()
				.flatMap(unpacked),
		add(counts) {
			for (const [, own] of byRegime(counts)) {
				const [{ epoch, phase, revision }] = own as [EvidenceCount];
				const stored = sql
					.exec<Row>("SELECT * FROM counts WHERE epoch = ? AND phase = ? AND revision = ?", epoch, phase, revision)
					.toArray()
					.flatMap(unpacked);
				const sum = mergeTables([stored, own]);
				sql.exec(
					"INSERT OR REPLACE INTO counts (epoch, phase, revision, counts) VALUES (?, ?, ?, ?)",
					epoch,
					phase,
					revision,
					JSON.stringify(sum.map(packed)),
				);
			}
		},
		snapshots() {
			const rows = sql
				.exec<Row & { readonly watermark: number }>(
					"SELECT * FROM snapshots ORDER BY epoch, watermark, phase, revision",
				)
				.toArray();
			return [...Map.groupBy(rows, ({ epoch, watermark }) => `${epoch} ${watermark}`).values()].map((own) => {
				const [{ epoch, watermark }] = own as [(typeof own)[number]];
				return { epoch, watermark, counts: own.flatMap(unpacked) };
			});
		},
		addSnapshot({ epoch, watermark, counts }) {
			for (const [, own] of byRegime(counts)) {
				const [{ phase, revision }] = own as [EvidenceCount];
				sql.exec(
					"INSERT INTO snapshots (epoch, watermark, phase, revision, counts) VALUES (?, ?, ?, ?, ?)",
					epoch,
					watermark,
					phase,
					revision,
					JSON.stringify(own.map(packed)),
				);
			}
		},
	};
}

function byRegime(counts: readonly EvidenceCount[]): Map<string, EvidenceCount[]> {
	return Map.groupBy(counts, ({ epoch, phase, revision }) => `${epoch} ${phase} ${revision}`);
}

function packed({ cell, propensity, n, wrong, unlabelled }: EvidenceCount): Packed {
	return [cell, propensity, n, wrong, unlabelled];
}

function unpacked({ epoch, phase, revision, counts }: Row): EvidenceCount[] {
	return (JSON.parse(counts) as Packed[]).map(([cell, propensity, n, wrong, unlabelled]) => ({
		epoch,
		phase,
		revision,
		cell,
		propensity,
		n,
		wrong,
		unlabelled,
	}));
}
