import { setTimeout as pause } from "node:timers/promises";
import type { createClient, Received } from "./client.ts";
import type { SoakRequest, createRequests } from "./requests.ts";
import type { Tally } from "./tally.ts";
import type { TenantName } from "./tenants.ts";

/** Share of answered requests with an idempotency key that are sent once more. */
const REPEATED = 0.4;
const CLEAN_ROUNDS = 2;
const ROUND = 120;

/** Clients in a closed loop: each sends its next request when it has the answer to its last. */
export function createTraffic(input: {
	readonly client: ReturnType<typeof createClient>;
	readonly requests: ReturnType<typeof createRequests>;
	readonly keys: Readonly<Record<TenantName, string>>;
	readonly tally: Tally;
	readonly random: () => number;
	readonly connections: number;
}) {
	const { client, requests, keys, tally, random, connections } = input;

	const exchange = async (sent: SoakRequest) => {
		tally.sent();
		const received = await client.send(sent, keys[sent.tenant]);
		return { sent, received, ...tally.received(sent, received) };
	};

	const once = async () => {
		const first = await exchange(requests.next(tally.answered(random)));
		if (first.outcome !== "answered" || !("idempotency-key" in first.sent.headers) || random() >= REPEATED)
			return first;
		const again = await exchange({ ...first.sent, behaviour: "reads" });
		if (again.outcome === "answered") checkRepeat(first.sent, first.received, again.received);
		return first;
	};

	function checkRepeat(sent: SoakRequest, first: Received, again: Received): void {
		if (again.headers["x-cascade-replayed"] !== "true") tally.note("repeat: it ran again", sent, again);
		else if (again.body !== first.body) tally.note("repeat: another answer", sent, again);
	}

	return {
		/** Until the moment, by `performance.now()`. */
		async run(until: number): Promise<void> {
			const loop = async () => {
				while (performance.now() < until) await once();
			};
			await Promise.all(Array.from({ length: connections }, loop));
		},
		/**
		 * Sends rounds of requests until two in a row meet no stage that fails; a far side that is well is taken for granted. Returns
		 * the seconds that took, null where it was not so by the limit.
		 */
		async untilClean(limitSeconds: number): Promise<number | null> {
			const startedAt = performance.now();
			const seconds = () => (performance.now() - startedAt) / 1_000;
			for (let clean = 0; seconds() < limitSeconds;) {
				const round: Awaited<ReturnType<typeof once>>[] = [];
				while (round.length < ROUND) round.push(...(await Promise.all(Array.from({ length: 8 }, once))));
				const isWell = round.every(
					({ sent, outcome, received }) =>
						sent.tenant === "thrifty" ||
						outcome === "left" ||
						(outcome === "answered" && !received.body.includes('"outcome":"failed"')),
				);
				clean = isWell ? clean + 1 : 0;
				if (clean === CLEAN_ROUNDS) return seconds();
				if (!isWell) await pause(1_000);
			}
			return null;
		},
	};
}
