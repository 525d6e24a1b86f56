import { createKvRecordCache } from "../../../src/adapters/kv-record-cache.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";
import { exponentialMs, quantileOf } from "./distributions.ts";
import { EventQueue } from "./event-queue.ts";
import { SimulatedKv } from "./kv.ts";

/** A change of a policy, and isolates that are to see it. */
export interface PolicyPlan {
	readonly seed: number;
	readonly isolates: number;
	readonly locations: number;
	/** Requests a second to one isolate, at random. */
	readonly perSecond: number;
}

/** Seconds after KV has been written until an isolate's last request by the old record. */
export interface PolicyResult {
	readonly median: number;
	readonly p99: number;
	readonly last: number;
}

const KEY = "tenant/acme/policy";
const CHANGED_AT = 120_000;
const UNTIL = CHANGED_AT + 300_000;

/** Writes a new policy, and reads it in each isolate by the product's own cache, request by request. */
export async function simulatePolicy({ seed, isolates, locations, perSecond }: PolicyPlan): Promise<PolicyResult> {
	const random = seededRandom(seed);
	const events = new EventQueue();
	const kv = new SimulatedKv(events, { locations, random });
	kv.putLongAgo(KEY, JSON.stringify({ revision: 1 }));
	events.at(CHANGED_AT, () => kv.put(KEY, JSON.stringify({ revision: 2 })));
	const lastOld = new Float64Array(isolates);
	for (let isolate = 0; isolate < isolates; isolate++) {
		const cache = createKvRecordCache<{ readonly revision: number }>({
			kv: kv.at(isolate % locations),
			kind: "policy",
			parse: (document) => document as { readonly revision: number },
			isOlder: (read, known) => read.revision < known.revision,
			clock: events.clock(),
			logFault: () => {},
		});
		const request = async () => {
			const read = await cache.read(KEY);
			if (read.ok && read.value?.revision === 1 && events.now > CHANGED_AT) lastOld[isolate] = events.now - CHANGED_AT;
		};
		const next = () => {
			const ms = exponentialMs(random, perSecond);
			if (events.now + ms < UNTIL)
				events.after(ms, () => {
					void request();
					next();
				});
		};
		next();
	}
	await events.runAsync(UNTIL);
	const sorted = lastOld.map((ms) => ms / 1_000).sort();
	return { median: quantileOf(sorted, 0.5), p99: quantileOf(sorted, 0.99), last: quantileOf(sorted, 1) };
}
