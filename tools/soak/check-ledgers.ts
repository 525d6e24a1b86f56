import { setTimeout as pause } from "node:timers/promises";
import type { EvidenceReport } from "../../src/core/evidence/evidence-ports.ts";
import type { Operator } from "./operator.ts";
import type { Tally } from "./tally.ts";
import { BUDGET_USD, GUARANTEED, TENANTS, type TenantName } from "./tenants.ts";
import type { WorkerLog } from "./worker-log.ts";

/** One tenant's requests, as its clients, the log and its ledger have them. */
interface LedgerRow {
	readonly tenant: TenantName;
	/** Texts that were answered or failed, as clients know; between these, since a batch that fails may have begun few. */
	readonly least: number;
	readonly most: number;
	/** Texts of clients that left before they knew their request's id: each may be on record, or not. */
	readonly left: number;
	readonly logged: number;
	readonly counted: number;
	readonly usd: number;
}

/** What the ledgers said in the end. */
export interface LedgerFigures {
	readonly rows: readonly LedgerRow[];
	/** From the last answer until every ledger had counted what the log has; null where that was not so by the limit. */
	readonly drainSeconds: number | null;
	readonly evidence: EvidenceReport["counts"];
	/** In force in the end; null where nothing is certified. */
	readonly threshold: number | null;
	/** Requests whose evidence the log lets one expect. */
	readonly judged: number;
}

const LOOK_EVERY_MS = 500;
/** A queue that is behind by a minute at its end is not bounded by what it takes in. */
const MOST_DRAIN_SECONDS = 60;

/** Waits for the queue to be empty and compares; what differs is noted. */
export async function checkLedgers(operator: Operator, log: WorkerLog, tally: Tally): Promise<LedgerFigures> {
	const startedAt = performance.now();
	const seconds = () => (performance.now() - startedAt) / 1_000;
	const expected = expectedByTenant(tally);
	const judged = () => log.judged.get(`${GUARANTEED.tenant}/${GUARANTEED.cascade}`) ?? 0;
	const look = async () => {
		const rows = await Promise.all(
			TENANTS.map(async (tenant): Promise<LedgerRow> => {
				const { requests: counted, usd } = await operator.usage(tenant);
				const { least = 0, most = 0 } = expected.get(tenant) ?? {};
				const left = tally.leftUnknown.get(tenant) ?? 0;
				return { tenant, least, most, left, logged: log.records.get(tenant) ?? 0, counted, usd };
			}),
		);
		const { counts: evidence, lease } = await operator.evidence();
		const isDrained = rows.every(({ logged, counted }) => logged === counted) && evidence.requests === judged();
		return { rows, evidence, threshold: lease.threshold, isDrained };
	};
	let seen = await look();
	while (!seen.isDrained && seconds() < MOST_DRAIN_SECONDS) {
		await pause(LOOK_EVERY_MS);
		seen = await look();
	}
	const { rows, evidence, threshold, isDrained } = seen;
	const drainSeconds = isDrained ? seconds() : null;
	for (const row of rows) for (const what of differences(row)) tally.note(`ledger: ${row.tenant} ${what}`, null, null);
	if (evidence.requests !== judged())
		tally.note(`evidence: ${evidence.requests} entries for ${judged()} judged requests`, null, null);
	if (evidence.requests !== evidence.accepted + evidence.escalated + evidence.gated)
		tally.note(`evidence: its counts do not add up: ${JSON.stringify(evidence)}`, null, null);
	checkRecords(log, tally);
	return { rows, drainSeconds, evidence, threshold, judged: judged() };
}

function expectedByTenant({ expected }: Tally): Map<TenantName, { least: number; most: number }> {
	const sums = new Map<TenantName, { least: number; most: number }>();
	for (const { tenant, least, most } of expected.values()) {
		const sum = sums.get(tenant) ?? { least: 0, most: 0 };
		sums.set(tenant, { least: sum.least + least, most: sum.most + most });
	}
	return sums;
}

function differences({ tenant, least, most, left, logged, counted, usd }: LedgerRow): string[] {
	const found: string[] = [];
	if (counted !== logged) found.push(`has counted ${counted} of ${logged} records`);
	if (counted < least || counted > most + left) found.push(`has counted ${counted}, not ${least} to ${most + left}`);
	if (tenant === "thrifty" && usd > BUDGET_USD) found.push(`has spent $${usd} of $${BUDGET_USD}`);
	return found;
}

/** Each request that a client knows of has its records, once; and no other has any, but of those that left. */
function checkRecords(log: WorkerLog, tally: Tally): void {
	for (const again of log.repeated) tally.note(`record: ${again} was written twice`, null, null);
	for (const [id, { least, most }] of tally.expected) {
		const items = log.requests.get(id)?.items.size ?? 0;
		if (items < least || items > most) tally.note(`record: ${id} has ${items}, not ${least} to ${most}`, null, null);
	}
	const strangers = new Map<string, number>();
	for (const [id, { tenant, items }] of log.requests)
		if (!tally.expected.has(id)) strangers.set(tenant, (strangers.get(tenant) ?? 0) + items.size);
	for (const [tenant, count] of strangers)
		if (count > (tally.leftUnknown.get(tenant as TenantName) ?? 0))
			tally.note(`record: ${count} of ${tenant} are of requests that no client has sent`, null, null);
}
