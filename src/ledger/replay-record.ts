import { DurableObject } from "cloudflare:workers";
import type { KeptAnswer, RecordedClaim, ReplayRecordPort } from "../core/ledger/replay-ports.ts";
import { ledgerRuntime, type LedgerBindings, type LedgerRuntime } from "./ledger-runtime.ts";
import { migrate, type Migration } from "./sql-migrations.ts";

/** The schema of a record. */
const REPLAY_MIGRATIONS: readonly Migration[] = [
	{
		version: 1,
		statements: [
			// A request that runs has not `ended`; one that has, has an answer, unless there was more of it than is kept.
			`CREATE TABLE claim (
				only INTEGER PRIMARY KEY CHECK (only = 1),
				fingerprint TEXT NOT NULL,
				request_id TEXT NOT NULL,
				ended INTEGER NOT NULL CHECK (ended IN (0, 1)),
				expires_at INTEGER NOT NULL,
				status INTEGER,
				headers TEXT,
				body BLOB
			) STRICT`,
		],
	},
];

/** The row of the table. */
type ClaimRow = {
	readonly fingerprint: string;
	readonly request_id: string;
	readonly ended: number;
	readonly expires_at: number;
	readonly status: number | null;
	readonly headers: string | null;
	readonly body: ArrayBuffer | null;
};

/**
 * What is known of one idempotency key of one API key: who has it, and the answer once there is one. It is one row with
 * an end, whether of a lease or of the time for which an answer is kept, and the alarm at that end deletes everything: a
 * key that nobody has leaves no storage behind, and a request whose isolate died loses it in the same way.
 */
export class ReplayRecord extends DurableObject<LedgerBindings> implements ReplayRecordPort {
	/** For tests to set before an instance is made. */
	static runtime: Pick<LedgerRuntime, "now"> = ledgerRuntime;

	readonly #now = ReplayRecord.runtime.now;

	async claim(input: {
		readonly fingerprint: string;
		readonly requestId: string;
		readonly leaseMs: number;
	}): Promise<RecordedClaim> {
		const known = this.#row();
		if (known !== undefined) {
			if (known.fingerprint !== input.fingerprint) return { kind: "reused" };
			if (known.ended === 0) return { kind: "in-progress" };
			const { request_id: requestId, status, headers, body } = known;
			if (status === null || headers === null || body === null) return { kind: "not-kept", requestId };
			const answer = { status, headers: JSON.parse(headers) as Record<string, string>, body };
			return { kind: "replay", requestId, answer };
		}
		const { storage } = this.ctx;
		const expiresAt = this.#now() + input.leaseMs;
		// Here and not in the constructor, so that an object that is only asked, or was emptied, stores nothing.
		migrate(storage, REPLAY_MIGRATIONS, { component: "replay", now: this.#now });
		storage.sql.exec(
			"INSERT OR REPLACE INTO claim (only, fingerprint, request_id, ended, expires_at) VALUES (1, ?, ?, 0, ?)",
			input.fingerprint,
			input.requestId,
			expiresAt,
		);
		await storage.setAlarm(expiresAt);
		return { kind: "granted" };
	}

	async renew(requestId: string, leaseMs: number): Promise<boolean> {
		if (!this.#isHeldBy(requestId)) return false;
		// The alarm stays where it is: it looks at the row, and sets itself anew.
		this.ctx.storage.sql.exec("UPDATE claim SET expires_at = max(expires_at, ?)", this.#now() + leaseMs);
		return true;
	}

	async finish(requestId: string, answer: KeptAnswer | null, keepMs: number): Promise<boolean> {
		if (!this.#isHeldBy(requestId)) return false;
		const { storage } = this.ctx;
		const expiresAt = this.#now() + keepMs;
		storage.sql.exec(
			"UPDATE claim SET ended = 1, expires_at = ?, status = ?, headers = ?, body = ?",
			expiresAt,
			answer?.status ?? null,
			answer === null ? null : JSON.stringify(answer.headers),
			answer?.body ?? null,
		);
		await storage.setAlarm(expiresAt);
		return true;
	}

	async release(requestId: string): Promise<void> {
		if (this.#isHeldBy(requestId)) await this.#forget();
	}

	override async alarm(): Promise<void> {
		const row = this.#row();
		if (row === undefined) await this.#forget();
		else await this.ctx.storage.setAlarm(row.expires_at);
	}

	/** The row that holds; an alarm may come late, so what has ended holds no more whether it is deleted or not. */
	#row(): ClaimRow | undefined {
		const { sql } = this.ctx.storage;
		if (sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'claim'").toArray().length === 0) return undefined;
		const [row] = sql.exec<ClaimRow>("SELECT * FROM claim").toArray();
		return row !== undefined && this.#now() < row.expires_at ? row : undefined;
	}

	#isHeldBy(requestId: string): boolean {
		const row = this.#row();
		return row?.ended === 0 && row.request_id === requestId;
	}

	/** The alarm goes too, by the compatibility date. */
	#forget(): Promise<void> {
		return this.ctx.storage.deleteAll();
	}
}
