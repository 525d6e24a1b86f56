import type { EvidenceReport } from "../core/evidence/evidence-ports.ts";
import type { PhaseRecord } from "../tuning/evidence/evidence-table.ts";

/** Why an epoch was opened. */
export type EpochCause = EvidenceReport["epochs"][number]["cause"];

/** An epoch as it is stored; what it shares with the others of its ledger is in the terms. */
export interface StoredEpoch {
	/** From 1. */
	readonly epoch: number;
	/** Of the epoch. */
	readonly delta: number;
	readonly cause: EpochCause;
	readonly openedAt: number;
	/** Empty until it is laid. */
	readonly path: readonly number[];
	readonly start: number;
	readonly closedAt: number | null;
}

type EpochRow = {
	readonly epoch: number;
	readonly delta: number;
	readonly cause: string;
	readonly opened_at: number;
	readonly path: string;
	readonly start: number;
	readonly closed_at: number | null;
};

type PhaseRow = {
	readonly epoch: number;
	readonly phase: number;
	readonly deployed: number | null;
	readonly audit_propensity: number;
	readonly opened_at: number;
};

/** Epochs and their phases. They are only ever added; of an epoch its path is set once, and its end. */
export interface EvidenceEpochStore {
	readonly epochs: () => readonly StoredEpoch[];
	readonly epoch: (epoch: number) => StoredEpoch;
	readonly open: (epoch: Omit<StoredEpoch, "path" | "start" | "closedAt">) => void;
	readonly close: (epoch: number, at: number) => void;
	readonly layPath: (epoch: number, path: readonly number[], start: number) => void;
	/** Of one epoch, or of all. */
	readonly phases: (epoch?: number) => readonly PhaseRecord[];
	readonly openPhase: (phase: PhaseRecord) => void;
}

/** Epochs in SQL. */
export function createEvidenceEpochs(sql: SqlStorage): EvidenceEpochStore {
	return {
		epochs: () => sql.exec<EpochRow>("SELECT * FROM epochs ORDER BY epoch").toArray().map(epochOfRow),
		epoch: (epoch) => epochOfRow(sql.exec<EpochRow>("SELECT * FROM epochs WHERE epoch = ?", epoch).one()),
		open({ epoch, delta, cause, openedAt }) {
			sql.exec(
				"INSERT INTO epochs (epoch, delta, cause, opened_at, path, start, closed_at) VALUES (?, ?, ?, ?, '[]', 0, NULL)",
				epoch,
				delta,
				cause,
				openedAt,
			);
		},
		close(epoch, at) {
			sql.exec("UPDATE epochs SET closed_at = ? WHERE epoch = ?", at, epoch);
		},
		layPath(epoch, path, start) {
			sql.exec("UPDATE epochs SET path = ?, start = ? WHERE epoch = ?", JSON.stringify(path), start, epoch);
		},
		phases: (epoch) =>
			sql
				.exec<PhaseRow>("SELECT * FROM phases WHERE ?1 IS NULL OR epoch = ?1 ORDER BY epoch, phase", epoch ?? null)
				.toArray()
				.map((row) => ({
					epoch: row.epoch,
					phase: row.phase,
					deployed: row.deployed,
					auditPropensity: row.audit_propensity,
					openedAt: row.opened_at,
				})),
		openPhase({ epoch, phase, deployed, auditPropensity, openedAt }) {
			sql.exec(
				"INSERT INTO phases (epoch, phase, deployed, audit_propensity, opened_at) VALUES (?, ?, ?, ?, ?)",
				epoch,
				phase,
				deployed,
				auditPropensity,
				openedAt,
			);
		},
	};
}

function epochOfRow(row: EpochRow): StoredEpoch {
	return {
		epoch: row.epoch,
		delta: row.delta,
		cause: row.cause as EpochCause,
		openedAt: row.opened_at,
		path: JSON.parse(row.path) as number[],
		start: row.start,
		closedAt: row.closed_at,
	};
}
