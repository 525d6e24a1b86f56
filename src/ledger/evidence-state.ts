import type { AlarmState } from "../tuning/evidence/alarm.ts";
import { createAlarm } from "../tuning/evidence/alarm.ts";
import type { CostWindow } from "../core/evidence/cost-window.ts";
import type { Actor } from "../core/ledger/ledger-ports.ts";
import type { SparseBins } from "./evidence-times.ts";

/** What a ledger has counted since it was made; the names are the report's. */
interface EvidenceTallies {
	requests: number;
	accepted: number;
	escalated: number;
	gated: number;
	drawn: number;
	labelled: number;
	wrong: number;
	unobserved: number;
	late: number;
	unresolved: number;
	failed: number;
	underPropensity: number;
	beforePath: number;
	otherEpoch: number;
	gatedLabelled: number;
	gatedWrong: number;
}

/** Where a ledger stands: all that is not a table. One JSON value, written once a transaction. */
export interface EvidenceState {
	/** The first bucket that is not closed. */
	watermark: number;
	epoch: number;
	/** 0 until the epoch's path is laid. */
	phase: number;
	/** Somebody's wish; nothing is accepted until it is taken back. */
	isClosed: boolean;
	/** Whose; of the strongest who closed it. Absent while open, and of a closure of before this was noted. */
	closedBy?: Actor["kind"];
	/** By candidate of the epoch's path. */
	certified: boolean[];
	/** Position in the path; null: nothing is accepted. */
	deployed: number | null;
	/** Scores of the epoch so far; null once they have laid its path. */
	laying: { bins: SparseBins; unreadable: number; readings: number } | null;
	alarm: AlarmState;
	/** The detector of audits without a verdict; absent before its first step in an epoch. */
	doubt?: AlarmState;
	/** At which the alarm goes off; rises only, within an epoch. */
	alarmLevel: number;
	alarmedAt: number | null;
	/** End of the newest bucket with a label of what is accepted. */
	newestLabelAt: number;
	/** End of the newest bucket with too many unobserved answers. */
	unobservedAt: number | null;
	/** And with too many labels that came late; absent before the first. */
	lateAt?: number;
	trafficAt: number;
	/** When the ledger looks after itself next; null: idle. */
	tickAt: number | null;
	/** When the tenant was last known to be there. */
	tenantSeenAt: number;
	tallies: EvidenceTallies;
	/** When the labeller was found to have drifted from its anchors: nothing is certified since. Absent: it was not. */
	judgeDriftAt?: number | null;
	/** What the last day's requests cost; absent before anything was told of it. */
	costs?: CostWindow;
	/** The policy revision that the ledger's terms are of; absent, which is 0: a canary's, or of before this was noted. */
	termsRevision?: number;
}

/** Of a ledger that is made now. */
export function newEvidenceState(now: number, watermark: number): EvidenceState {
	return {
		watermark,
		epoch: 0,
		phase: 0,
		isClosed: false,
		certified: [],
		deployed: null,
		laying: null,
		alarm: createAlarm(),
		alarmLevel: 0,
		alarmedAt: null,
		newestLabelAt: now,
		unobservedAt: null,
		trafficAt: now,
		tickAt: null,
		tenantSeenAt: now,
		tallies: {
			requests: 0,
			accepted: 0,
			escalated: 0,
			gated: 0,
			drawn: 0,
			labelled: 0,
			wrong: 0,
			unobserved: 0,
			late: 0,
			unresolved: 0,
			failed: 0,
			underPropensity: 0,
			beforePath: 0,
			otherEpoch: 0,
			gatedLabelled: 0,
			gatedWrong: 0,
		},
	};
}

/** The one row of state. */
export interface EvidenceStateStore {
	/** A copy to work on; throws where there is none. */
	readonly read: () => EvidenceState;
	/** Writes it, if it is another. */
	readonly write: (state: EvidenceState) => void;
}

/** The state in SQL. */
export function createEvidenceState(sql: SqlStorage): EvidenceStateStore {
	const text = () => sql.exec<{ document: string }>("SELECT document FROM state").toArray()[0]?.document;
	return {
		read() {
			const document = text();
			if (document === undefined) throw new Error("a ledger of evidence without state");
			return JSON.parse(document) as EvidenceState;
		},
		write(state) {
			const document = JSON.stringify(state);
			if (document !== text()) sql.exec("INSERT OR REPLACE INTO state (only, document) VALUES (1, ?)", document);
		},
	};
}
