import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import type { QueueSettings } from "../queue-settings.ts";
import { drawByWeight, exponentialMs, quantileOf, zipfShares } from "./distributions.ts";
import { EventQueue } from "./event-queue.ts";
import { createGathering } from "./gathering.ts";
import { LedgerCalls, type CallTimes, type Item, type Part } from "./ledger-calls.ts";
import { SimulatedQueue } from "./queue.ts";

/** One run of tenants, isolates, queue and ledgers. */
export interface LoadPlan {
	readonly seed: number;
	/** Of traffic; what is on its way then arrives. */
	readonly seconds: number;
	/** Requests a second of one tenant, beside the others. */
	readonly hotPerSecond: number;
	/** The others, whose load is Zipf's. */
	readonly others: { readonly count: number; readonly exponent: number; readonly perSecond: number };
	/** A tenant's requests are spread over isolates until each sees so many a second, and over so many at most. */
	readonly isolates: { readonly most: number; readonly perSecond: number };
	/** Every tenant's cascade is guaranteed: so many answers are accepted, and so many of those audited. */
	readonly accepted: number;
	readonly audited: number;
	/** Ledgers of each kind that the hot tenant's requests are divided over. */
	readonly shards: number;
	readonly times: CallTimes;
	readonly queue: QueueSettings;
	/** The longest that the queue takes to have a message; evenly from nothing. */
	readonly transitMs: number;
	/** The hot tenant's ledgers answer nobody, in seconds from the beginning. */
	readonly silence?: { readonly from: number; readonly to: number };
}

/** What became of it. Times in seconds; a delay is from a request's answer until it was counted. */
export interface LoadResult {
	readonly requests: number;
	/** Things to be counted once, and what of them was; `lost` and `dead` are of messages that never came. */
	readonly items: { readonly made: number; readonly counted: number; readonly duplicates: number };
	readonly messages: {
		readonly perSecond: number;
		readonly refused: number;
		readonly lost: number;
		readonly dead: number;
	};
	readonly again: number;
	readonly batchesPerSecond: number;
	readonly mostConsumers: number;
	readonly mostBatchesWaiting: number;
	/** Of the hot tenant's objects, the busiest one. */
	readonly hot: ObjectLoad;
	readonly hotDelay: Delay;
	readonly otherDelay: Delay;
}

/** One object's share of a run. */
interface ObjectLoad {
	readonly utilisation: number;
	readonly callsPerSecond: number;
	readonly meanWaitMs: number;
	readonly longestWaitMs: number;
}

interface Delay {
	readonly median: number;
	readonly p99: number;
	readonly longest: number;
}

/** As the product sends: attempts, and the pause before each but the first. */
const SEND_PAUSES_MS = [0, 250, 500];
/** An audit's verdict, after its request. */
const VERDICT_MS = { least: 500, most: 5_000 };
const KINDS = { usage: 0, evidence: 1 } as const;

/** Runs a plan to its end: until all that was sent is counted, or past its last attempt. */
export function simulateLoad(plan: LoadPlan): LoadResult {
	const { hotPerSecond, others, isolates, shards, seconds, silence } = plan;
	const random = seededRandom(plan.seed);
	const events = new EventQueue();
	const ledgerOf = (tenant: number, kind: number, shard: number) => (tenant * 2 + kind) * shards + shard;
	const isHot = (ledger: number) => Math.floor(ledger / (2 * shards)) === 0;
	const calls = new LedgerCalls(events, plan.times, {
		isSilent: (ledger, at) =>
			silence !== undefined && isHot(ledger) && at >= silence.from * 1_000 && at < silence.to * 1_000,
	});
	const queue = new SimulatedQueue<readonly Part[]>(events, plan.queue, (batch, done) => calls.consume(batch, done));
	let made = 0;
	let lost = 0;
	const itemAt = (at: number): Item => ({ id: made++, at });

	const send = (parts: readonly Part[], attempt = 0): void => {
		if (queue.send(parts, random() * plan.transitMs)) return;
		const pause = SEND_PAUSES_MS[attempt + 1];
		if (pause === undefined) lost += parts.reduce((sum, { items }) => sum + items.length, 0);
		else events.after(pause, () => send(parts, attempt + 1));
	};
	/** An item for a ledger, and with a verdict the audit's cost for the tenant's. */
	interface Gathered {
		readonly item: Item;
		readonly cost?: { readonly ledger: number; readonly item: Item };
	}
	const partsOf = (ledger: number, gathered: readonly Gathered[]): Part[] => {
		const costs = gathered.flatMap(({ cost = [] }) => cost);
		const parts = [{ ledger, items: gathered.map(({ item }) => item) }];
		const first = costs[0];
		return first === undefined ? parts : [...parts, { ledger: first.ledger, items: costs.map(({ item }) => item) }];
	};
	const ledgers = (others.count + 1) * 2 * shards;
	const gathering = createGathering<Gathered>(events, (group, items) => send(partsOf(group % ledgers, items)));

	let requests = 0;
	const weights = [hotPerSecond, ...zipfShares(others.count, others.exponent).map((share) => share * others.perSecond)];
	const drawTenant = drawByWeight(weights);
	const isolatesOf = weights.map((perSecond) =>
		Math.max(1, Math.min(isolates.most, Math.ceil(perSecond / isolates.perSecond))),
	);
	const answer = (): void => {
		const tenant = drawTenant(random);
		const isolate = Math.floor(random() * (isolatesOf[tenant] as number));
		const shard = tenant === 0 ? requests % shards : 0;
		const at = events.now;
		requests += 1;
		const usage = ledgerOf(tenant, KINDS.usage, shard);
		const evidence = ledgerOf(tenant, KINDS.evidence, shard);
		const add = (ledger: number, gathered: Gathered) => gathering.add(isolate * ledgers + ledger, gathered);
		add(usage, { item: itemAt(at) });
		const isDrawn = random() < plan.accepted && random() < plan.audited;
		if (!isDrawn) return add(evidence, { item: itemAt(at) });
		send(partsOf(evidence, [{ item: itemAt(at) }]));
		events.after(VERDICT_MS.least + random() * (VERDICT_MS.most - VERDICT_MS.least), () =>
			add(evidence, { item: itemAt(events.now), cost: { ledger: usage, item: itemAt(events.now) } }),
		);
	};
	const perSecond = hotPerSecond + others.perSecond;
	const next = () => {
		const ms = exponentialMs(random, perSecond);
		if (events.now + ms >= seconds * 1_000) return;
		events.after(ms, () => {
			answer();
			next();
		});
	};
	next();
	events.run();

	const delaysOf = (wanted: boolean) =>
		Float64Array.from(
			[...calls.delaysMs].flatMap(([ledger, delays]) => (isHot(ledger) === wanted ? delays : [])),
		).sort();
	const { accepted, refused, batches, again, mostConsumers, mostWaiting } = queue.counted;
	return {
		requests,
		items: { made, counted: calls.counted, duplicates: calls.duplicates },
		messages: {
			perSecond: accepted / seconds,
			refused,
			lost,
			dead: queue.dead.reduce((sum, parts) => sum + parts.reduce((all, { items }) => all + items.length, 0), 0),
		},
		again,
		batchesPerSecond: batches / seconds,
		mostConsumers,
		mostBatchesWaiting: mostWaiting,
		hot: busiest(calls, isHot, seconds),
		hotDelay: delayOf(delaysOf(true)),
		otherDelay: delayOf(delaysOf(false)),
	};
}

function busiest(calls: LedgerCalls, isHot: (ledger: number) => boolean, seconds: number): ObjectLoad {
	const servers = [...calls.servers].flatMap(([ledger, server]) => (isHot(ledger) ? [server] : []));
	const [most] = servers.toSorted((left, right) => right.busyMs - left.busyMs);
	return {
		utilisation: (most?.busyMs ?? 0) / (seconds * 1_000),
		callsPerSecond: (most?.calls ?? 0) / seconds,
		meanWaitMs: most?.meanWaitMs ?? 0,
		longestWaitMs: most?.longestWaitMs ?? 0,
	};
}

function delayOf(sortedMs: Float64Array): Delay {
	const secondsAt = (share: number) => quantileOf(sortedMs, share) / 1_000;
	return { median: secondsAt(0.5), p99: secondsAt(0.99), longest: secondsAt(1) };
}
