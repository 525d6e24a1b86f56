import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { seededRandom } from "../../src/tuning/seeded-random.ts";
import { checkLedgers, type LedgerFigures } from "./check-ledgers.ts";
import { explainFailure } from "./check-failures.ts";
import { createClient } from "./client.ts";
import type { FarSideReport } from "./far-side/report.ts";
import { createOperator, type Operator } from "./operator.ts";
import { createRequests } from "./requests.ts";
import { startFarSide, type FarSide } from "./start-far-side.ts";
import type { Stored } from "./stored.ts";
import { startWorker, type SoakedWorker } from "./start-worker.ts";
import { TENANTS } from "./tenants.ts";
import { createTally, type Tally, type Violation } from "./tally.ts";
import { createTraffic } from "./traffic.ts";
import { grown, memoryTrends, watchMemory, type MemoryTrends } from "./watch-memory.ts";
import { createWorkerLog } from "./worker-log.ts";

export interface SoakOptions {
	readonly seconds: number;
	readonly seed: number;
	readonly connections: number;
	/** Share of calls that fail on purpose. */
	readonly faultShare: number;
	/** The far side gives some requests another one's answer. */
	readonly mixesAnswers?: boolean;
	/** Puts something between the clients and the Worker's address; the address of that. */
	readonly through?: (url: string) => Promise<string>;
	readonly onProgress?: (line: string) => void;
}

/** What a soak has shown. */
export interface SoakResult {
	/** Of traffic; what follows until all is well again is not among them, nor in the rate. */
	readonly seconds: number;
	readonly perSecond: number;
	readonly tally: Tally;
	readonly violations: readonly Violation[];
	readonly farSide: FarSideReport;
	/** Failures by what explains them. */
	readonly explained: ReadonlyMap<string, number>;
	readonly ledgers: LedgerFigures;
	/** Until no stage was passed over any more; null where some still was. */
	readonly closedSeconds: number | null;
	/** The most records that were written and not yet counted, and how much traffic that is. */
	readonly queue: { readonly mostQueued: number; readonly seconds: number };
	/** Of the Worker's own stores, by name. */
	readonly faults: ReadonlyMap<string, number>;
	/** Null where there were too few samples. */
	readonly memory: MemoryTrends;
	/** What the Durable Objects, KV and queue had on disk when the traffic ended. */
	readonly stored: Stored;
	/** What each process took while there was traffic, in cores. */
	readonly cores: {
		readonly answering: number;
		readonly storing: number;
		readonly clients: number;
		readonly farSide: number;
	};
}

const QUEUE_EVERY_MS = 10_000;
/** Records are gathered for a second, and delivered within another. */
const MOST_QUEUED_SECONDS = 30;
const MOST_OPEN_SECONDS = 90;
/** Growth of a process that is still warming up says nothing. */
const LEAST_SECONDS_FOR_MEMORY = 240;

/** Builds and starts everything, sends traffic for so long, waits for the queue, and compares. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
	const directory = await mkdtemp(join(tmpdir(), "edge-cascade-soak-"));
	const { seed, faultShare, mixesAnswers = false } = options;
	try {
		const farSide = await startFarSide({ seed, faultShare: 0, mixesAnswers });
		try {
			const log = createWorkerLog();
			const worker = await startWorker({ directory, farSideUrl: farSide.url, onLog: log.onLog });
			try {
				return await soak({ ...options, faultShare }, worker, farSide, log);
			} finally {
				await worker.stop();
			}
		} finally {
			await farSide.stop();
		}
	} finally {
		await rm(directory, { recursive: true });
	}
}

async function soak(
	options: SoakOptions,
	worker: SoakedWorker,
	farSide: FarSide,
	log: ReturnType<typeof createWorkerLog>,
): Promise<SoakResult> {
	const { seconds, seed, connections, faultShare, through } = options;
	const operator = createOperator(worker.url, worker.operatorKey);
	const keys = await operator.makeTenants(farSide.url);
	const tally = createTally();
	const client = createClient((await through?.(worker.url)) ?? worker.url, connections);
	const [drawn, chosen] = [seededRandom(seed), seededRandom(seed + 1)];
	const traffic = createTraffic({ client, requests: createRequests(drawn), keys, tally, random: chosen, connections });

	await farSide.set({ faultShare });
	const startedAt = performance.now();
	const cpuSeconds = async () => {
		const { user, system } = process.cpuUsage();
		const ofRuntimes = [await worker.answering.cpuSeconds(), await worker.storing.cpuSeconds()] as const;
		return [...ofRuntimes, (user + system) / 1e6, (await farSide.report()).cpuSeconds] as const;
	};
	const cpuBefore = await cpuSeconds();
	const elapsed = () => (performance.now() - startedAt) / 1_000;
	const ended = new AbortController();
	const beside = Promise.all([
		watchMemory(worker, elapsed, ended.signal, (...mb) => options.onProgress?.(progress(elapsed(), tally, mb))),
		watchQueue(operator, log, ended.signal),
		haveOutages(farSide, seconds, ended.signal),
	]);
	await traffic.run(startedAt + 1_000 * seconds);
	ended.abort();
	const [samples, mostQueued] = await beside;
	const ran = elapsed();
	const perSecond = tally.totals.sent / ran;
	const [answering = 0, storing = 0, clients = 0, ofFarSide = 0] = (await cpuSeconds()).map(
		(after, index) => (after - (cpuBefore[index] as number)) / ran,
	);

	const stored = await worker.stored();

	await farSide.set({ faultShare: 0, down: null });
	const closedSeconds = await traffic.untilClean(MOST_OPEN_SECONDS);
	if (closedSeconds === null)
		tally.note("breaker: a stage is still passed over, or fails, at a far side that is well", null, null);
	const ledgers = await checkLedgers(operator, log, tally);
	client.close();
	const report = await farSide.report();
	const memory = memoryTrends(samples);
	if (seconds >= LEAST_SECONDS_FOR_MEMORY) for (const what of grown(memory)) tally.note(`memory: ${what}`, null, null);
	const queuedSeconds = mostQueued / ([...log.records.values()].reduce((sum, each) => sum + each, 0) / ran);
	if (queuedSeconds > MOST_QUEUED_SECONDS) tally.note(`queue: was behind by ${queuedSeconds.toFixed(1)} s`, null, null);
	checkSum(tally);
	return {
		seconds: ran,
		perSecond,
		tally,
		violations: tally.violations,
		farSide: report,
		explained: explainFailures(tally, report, log.faultOf),
		ledgers,
		closedSeconds,
		queue: { mostQueued, seconds: queuedSeconds },
		faults: log.faults,
		memory,
		stored,
		cores: { answering, storing, clients, farSide: ofFarSide },
	};
}

function explainFailures(
	tally: Tally,
	report: FarSideReport,
	ownFaultOf: ReadonlyMap<string, string>,
): Map<string, number> {
	const explained = new Map<string, number>();
	for (const failure of tally.failures) {
		const reason = explainFailure(failure, report, ownFaultOf);
		if (reason !== null) explained.set(reason, (explained.get(reason) ?? 0) + 1);
		else {
			const { sent, received, code } = failure;
			const befell = sent.markers.flatMap((marker) => report.faultsOf[marker] ?? []);
			tally.note(`failure: ${code}, and what befell it was: ${befell.join(", ") || "nothing"}`, sent, received);
		}
	}
	return explained;
}

function checkSum({ kinds, totals, note }: Tally): void {
	const ended = [...kinds.values()].reduce(
		(sum, { outcomes }) => sum + outcomes.answered + outcomes.failed + outcomes.left + outcomes.lost,
		0,
	);
	if (ended !== totals.sent) note(`lost: ${totals.sent} requests were sent, and ${ended} have ended`, null, null);
}

async function watchQueue(
	operator: Operator,
	log: ReturnType<typeof createWorkerLog>,
	signal: AbortSignal,
): Promise<number> {
	let most = 0;
	while (!signal.aborted) {
		await pause(QUEUE_EVERY_MS, undefined, { signal }).catch(() => {});
		// What was written before the ledgers are asked, so that a record on its way between the two is not missed.
		const logged = TENANTS.map((tenant) => log.records.get(tenant) ?? 0);
		const counted = await Promise.all(TENANTS.map(async (tenant) => (await operator.usage(tenant)).requests));
		most = Math.max(
			most,
			logged.reduce((sum, each, index) => sum + Math.max(0, each - (counted[index] as number)), 0),
		);
	}
	return most;
}

/** One origin is down for three seconds of each minute, so that its breaker opens and closes; of a short run, for an eighth. */
async function haveOutages(farSide: FarSide, seconds: number, signal: AbortSignal): Promise<void> {
	const every = 1_000 * Math.min(60, seconds);
	const down = Math.min(3_000, every / 8);
	while (!signal.aborted) {
		await pause(every / 2, undefined, { signal }).catch(() => {});
		if (signal.aborted) return;
		await farSide.set({ down: "origin-b" });
		await pause(down, undefined, { signal }).catch(() => {});
		await farSide.set({ down: null });
		await pause(every / 2 - down, undefined, { signal }).catch(() => {});
	}
}

function progress(seconds: number, { totals, violations }: Tally, mb: readonly number[]): string {
	return `${seconds.toFixed(0).padStart(5)} s  ${String(totals.sent).padStart(8)} requests  ${mb.map((each) => each.toFixed(0).padStart(5)).join(" and")} MB  ${violations.length} violations`;
}
