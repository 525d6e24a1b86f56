import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { seededRandom } from "../../src/tuning/seeded-random.ts";
import { checkLedgers, type LedgerFigures } from "./check-ledgers.ts";
import { explainFailure } from "./check-failures.ts";
import { createClient } from "./client.ts";
import type { FarSideReport } from "./far-side/report.ts";
import { memoryTrend, MOST_GROWTH, type MemorySample, type MemoryTrend } from "./memory.ts";
import { createOperator, type Operator } from "./operator.ts";
import { createRequests } from "./requests.ts";
import { startFarSide, type FarSide } from "./start-far-side.ts";
import { startWorker, type SoakedWorker } from "./start-worker.ts";
import { TENANTS } from "./tenants.ts";
import { createTally, type Tally, type Violation } from "./tally.ts";
import { createTraffic } from "./traffic.ts";
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
	/** Of the runtime's process, and of the Worker's own heap; null where there were too few samples. */
	readonly memory: { readonly heap: MemoryTrend | null; readonly resident: MemoryTrend | null };
	/** What each process took while there was traffic, in cores. */
	readonly cores: { readonly worker: number; readonly clients: number; readonly farSide: number };
}

const SAMPLE_EVERY_MS = 5_000;
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
		return [await worker.cpuSeconds(), (user + system) / 1e6, (await farSide.report()).cpuSeconds] as const;
	};
	const cpuBefore = await cpuSeconds();
	const elapsed = () => (performance.now() - startedAt) / 1_000;
	const ended = new AbortController();
	const beside = Promise.all([
		watchMemory(worker, elapsed, ended.signal, (mb) => options.onProgress?.(progress(elapsed(), tally, mb))),
		watchQueue(operator, log, ended.signal),
		haveOutages(farSide, seconds, ended.signal),
	]);
	await traffic.run(startedAt + 1_000 * seconds);
	ended.abort();
	const [samples, mostQueued] = await beside;
	const ran = elapsed();
	const perSecond = tally.totals.sent / ran;
	const [ofWorker = 0, clients = 0, ofFarSide = 0] = (await cpuSeconds()).map(
		(after, index) => (after - (cpuBefore[index] as number)) / ran,
	);

	await farSide.set({ faultShare: 0, down: null });
	const closedSeconds = await traffic.untilClean(MOST_OPEN_SECONDS);
	if (closedSeconds === null)
		tally.note("breaker: a stage is still passed over, or fails, at a far side that is well", null, null);
	const ledgers = await checkLedgers(operator, log, tally);
	client.close();
	const report = await farSide.report();
	const memory = judgeMemory(samples, seconds, tally);
	const queuedSeconds = mostQueued / ([...log.records.values()].reduce((sum, each) => sum + each, 0) / ran);
	if (queuedSeconds > MOST_QUEUED_SECONDS) tally.note(`queue: was behind by ${queuedSeconds.toFixed(1)} s`, null, null);
	checkSum(tally);
	return {
		seconds: ran,
		perSecond,
		tally,
		violations: tally.violations,
		farSide: report,
		explained: explainFailures(tally, report),
		ledgers,
		closedSeconds,
		queue: { mostQueued, seconds: queuedSeconds },
		faults: log.faults,
		memory,
		cores: { worker: ofWorker, clients, farSide: ofFarSide },
	};
}

function explainFailures(tally: Tally, report: FarSideReport): Map<string, number> {
	const explained = new Map<string, number>();
	for (const failure of tally.failures) {
		const reason = explainFailure(failure, report);
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

/**
 * Samples the heap first, since that collects garbage: the runtime, which has no limit here, would let garbage lie for as long as
 * there is memory, and what is resident would say little of what is alive.
 */
async function watchMemory(
	worker: SoakedWorker,
	elapsed: () => number,
	signal: AbortSignal,
	onSample: (residentMb: number) => void,
): Promise<MemorySamples> {
	const samples = { heap: [] as MemorySample[], resident: [] as MemorySample[] };
	while (!signal.aborted) {
		samples.heap.push({ minute: elapsed() / 60, mb: await worker.liveHeapMb() });
		const mb = await worker.residentMb();
		samples.resident.push({ minute: elapsed() / 60, mb });
		onSample(mb);
		await pause(SAMPLE_EVERY_MS, undefined, { signal }).catch(() => {});
	}
	return samples;
}

interface MemorySamples {
	readonly heap: readonly MemorySample[];
	readonly resident: readonly MemorySample[];
}

/** Memory that grows is noted, where the run was long enough to say so. */
function judgeMemory({ heap, resident }: MemorySamples, seconds: number, tally: Tally): SoakResult["memory"] {
	const trends = { heap: memoryTrend(heap), resident: memoryTrend(resident) };
	if (seconds < LEAST_SECONDS_FOR_MEMORY) return trends;
	for (const [name, trend] of Object.entries(trends)) {
		const growth = trend?.growth ?? Number.NaN;
		if (!(growth <= MOST_GROWTH)) tally.note(`memory: the ${name} grew by ${(growth * 100).toFixed(1)}%`, null, null);
	}
	return trends;
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

function progress(seconds: number, { totals, violations }: Tally, mb: number): string {
	return `${seconds.toFixed(0).padStart(5)} s  ${String(totals.sent).padStart(8)} requests  ${mb.toFixed(0).padStart(5)} MB  ${violations.length} violations`;
}
