import { addCounts, type EvidenceCount } from "../tuning/evidence/evidence-table.ts";

/** What became of a drawn audit. */
interface DrawVerdict {
	readonly wrong: boolean;
	readonly failed: boolean;
}

/** A drawn audit whose bucket is open: its place in the table of counts, and its verdict once that is in. */
export interface StoredDraw extends Pick<EvidenceCount, "epoch" | "phase" | "revision" | "cell" | "propensity"> {
	readonly gated: boolean;
	readonly verdict: DrawVerdict | null;
}

/** What arrived in ten seconds. */
export interface OpenBucket {
	/** Rows whose label is certain or not to come. */
	readonly counts: readonly EvidenceCount[];
	/** Rows that count as wrong for want of a verdict in time; they are evidence, and nothing that could alarm. */
	readonly unsure: readonly EvidenceCount[];
	readonly unobserved: number;
	/** Of `unsure`, those with a label that came when their own bucket was closed; absent in what was stored before they were counted. */
	readonly late?: number;
}

/** A bucket in which nothing is. */
const EMPTY_BUCKET: OpenBucket = { counts: [], unsure: [], unobserved: 0, late: 0 };

type DrawRow = {
	readonly bucket: number;
	readonly epoch: number;
	readonly phase: number;
	readonly revision: number;
	readonly cell: number;
	readonly propensity: number;
	readonly gated: number;
	readonly wrong: number | null;
	readonly failed: number;
};

/** An identity as it is stored (`seenIdentity`). */
type Identity = ArrayBuffer | string;

/** What is not counted yet: one row a bucket, and one for each drawn audit in it. */
export interface EvidenceBucketStore {
	readonly add: (bucket: number, more: OpenBucket) => void;
	readonly addDraw: (bucket: number, id: Identity, draw: Omit<StoredDraw, "verdict">) => void;
	/** Puts a verdict to its draw. `absent`: there is no such draw; `known`: it has one, which stays. */
	readonly resolve: (bucket: number, id: Identity, verdict: DrawVerdict) => "resolved" | "known" | "absent";
	/** A person found a draw of an open bucket wrong, which stands whatever the labeller says; `absent`: there is no such draw. */
	readonly condemn: (id: Identity) => "changed" | "same" | "absent";
	readonly isDrawn: (id: Identity) => boolean;
	/** Keeps a verdict until its draw comes; the first one counts. */
	readonly keepVerdict: (bucket: number, id: Identity, verdict: DrawVerdict) => void;
	/** Takes a verdict that came before its draw. */
	readonly takeVerdict: (bucket: number, id: Identity) => DrawVerdict | null;
	/** Takes all buckets before this one, in their order; those in which nothing is are left out. */
	readonly takeBefore: (
		bucket: number,
	) => readonly { readonly bucket: number; readonly content: OpenBucket; readonly draws: readonly StoredDraw[] }[];
}

/** Open buckets in SQL. */
export function createEvidenceBuckets(sql: SqlStorage): EvidenceBucketStore {
	const readAll = (where: string, bucket: number) =>
		sql
			.exec<{ bucket: number; document: string }>(`SELECT bucket, document FROM buckets WHERE ${where}`, bucket)
			.toArray()
			.map((row) => ({ bucket: row.bucket, content: JSON.parse(row.document) as OpenBucket }));
	return {
		add(bucket, more) {
			const known = readAll("bucket = ?", bucket)[0]?.content ?? EMPTY_BUCKET;
			const sum: OpenBucket = {
				counts: addCounts(known.counts, more.counts),
				unsure: addCounts(known.unsure, more.unsure),
				unobserved: known.unobserved + more.unobserved,
				late: (known.late ?? 0) + (more.late ?? 0),
			};
			sql.exec("INSERT OR REPLACE INTO buckets (bucket, document) VALUES (?, ?)", bucket, JSON.stringify(sum));
		},
		addDraw(bucket, id, { epoch, phase, revision, cell, propensity, gated }) {
			sql.exec(
				"INSERT INTO draws (bucket, id, epoch, phase, revision, cell, propensity, gated, wrong, failed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, 0)",
				bucket,
				id,
				epoch,
				phase,
				revision,
				cell,
				propensity,
				gated ? 1 : 0,
			);
		},
		resolve(bucket, id, { wrong, failed }) {
			const [draw] = sql
				.exec<{ wrong: number | null }>("SELECT wrong FROM draws WHERE bucket = ? AND id = ?", bucket, id)
				.toArray();
			if (draw === undefined) return "absent";
			if (draw.wrong !== null) return "known";
			sql.exec(
				"UPDATE draws SET wrong = ?, failed = ? WHERE bucket = ? AND id = ?",
				wrong ? 1 : 0,
				failed ? 1 : 0,
				bucket,
				id,
			);
			return "resolved";
		},
		condemn(id) {
			const [draw] = sql
				.exec<{ wrong: number | null; failed: number }>("SELECT wrong, failed FROM draws WHERE id = ?", id)
				.toArray();
			if (draw === undefined) return "absent";
			if (draw.wrong === 1 && draw.failed === 0) return "same";
			sql.exec("UPDATE draws SET wrong = 1, failed = 0 WHERE id = ?", id);
			return "changed";
		},
		isDrawn: (id) => sql.exec("SELECT 1 FROM draws WHERE id = ?", id).toArray().length > 0,
		keepVerdict(bucket, id, { wrong, failed }) {
			sql.exec(
				"INSERT INTO early_verdicts (bucket, id, wrong, failed) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
				bucket,
				id,
				wrong ? 1 : 0,
				failed ? 1 : 0,
			);
		},
		takeVerdict(bucket, id) {
			const [taken] = sql
				.exec<{ wrong: number; failed: number }>(
					"DELETE FROM early_verdicts WHERE bucket = ? AND id = ? RETURNING wrong, failed",
					bucket,
					id,
				)
				.toArray();
			return taken === undefined ? null : { wrong: taken.wrong === 1, failed: taken.failed === 1 };
		},
		takeBefore(bucket) {
			const contents = readAll("bucket < ?", bucket);
			const draws = sql.exec<DrawRow>("SELECT * FROM draws WHERE bucket < ?", bucket).toArray();
			for (const table of ["buckets", "draws", "early_verdicts"])
				sql.exec(`DELETE FROM ${table} WHERE bucket < ?`, bucket);
			const drawsOf = Map.groupBy(draws, (draw) => draw.bucket);
			const contentOf = new Map(contents.map((each) => [each.bucket, each.content]));
			return [...new Set([...contentOf.keys(), ...drawsOf.keys()])]
				.sort((left, right) => left - right)
				.map((number) => ({
					bucket: number,
					content: contentOf.get(number) ?? EMPTY_BUCKET,
					draws: (drawsOf.get(number) ?? []).map(drawOf),
				}));
		},
	};
}

function drawOf({ gated, wrong, failed, ...row }: DrawRow): StoredDraw {
	return {
		epoch: row.epoch,
		phase: row.phase,
		revision: row.revision,
		cell: row.cell,
		propensity: row.propensity,
		gated: gated === 1,
		verdict: wrong === null ? null : { wrong: wrong === 1, failed: failed === 1 },
	};
}
