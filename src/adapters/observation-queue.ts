import type { Clock, ObservationSink } from "../cascade/ports.ts";
import type { ObservationMessage } from "../core/ledger/observation-message.ts";
import type { Observation } from "../core/observation.ts";

/** How long an observation may wait for others of its tenant, and so how much an isolate that is killed can lose. */
export const LINGER_MS = 1_000;

/** Observations that are sent at once, without waiting longer. */
export const MOST_WAITING = 50;

/** A queue charges for each 64 KB begun, at 1,000 bytes a KB, and adds about 100 of its own. */
const MOST_MESSAGE_BYTES = 63_000;

/** How often a message is sent at most, with a pause after each failure that doubles. */
const MOST_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 250;

/** What the sink needs of its surroundings. */
interface ObservationQueuePorts {
	readonly queue: Pick<Queue<ObservationMessage>, "send">;
	readonly clock: Clock;
	/** Keeps the running request's invocation alive until the promise settles; the runtime's own. */
	readonly waitUntil: (promise: Promise<unknown>) => void;
	readonly logFault: (fault: string, facts: Readonly<Record<string, string | number>>) => void;
}

/** The observations of one tenant that wait to be sent. */
interface Waiting {
	readonly observations: Observation[];
	readonly since: number;
}

/**
 * Sends observations to the queue, gathered by tenant over a second, since a queue charges for each message and takes
 * 5,000 a second. The first that finds nobody waiting keeps its request's invocation alive for that second, after its
 * answer has gone; those that come after join it. A message is one tenant's alone, so that a ledger in trouble delays
 * nobody else's.
 *
 * Records never throw and never wait. What cannot be sent is logged as a fault, by tenant and count; the line in the
 * log that each request leaves is not touched by that.
 */
export function createObservationQueue(ports: ObservationQueuePorts): ObservationSink {
	const { queue, clock, waitUntil, logFault } = ports;
	const waitingByTenant = new Map<string, Waiting>();

	const sendOne = async (tenant: string, message: ObservationMessage): Promise<void> => {
		let failure: unknown;
		for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
			try {
				// A message that arrived although its sending failed is harmless: the ledger counts each observation once.
				await queue.send(message, { contentType: "json" });
				return;
			} catch (error) {
				failure = error;
				if (attempt < MOST_ATTEMPTS) await pause(clock, FIRST_PAUSE_MS * 2 ** (attempt - 1));
			}
		}
		logFault("observations-not-sent", { tenant, count: message.observations.length, reason: String(failure) });
	};

	const send = async (tenant: string, { observations }: Waiting): Promise<void> => {
		await Promise.all(packed(observations).map((message) => sendOne(tenant, message)));
	};

	const sendAfterLinger = async (tenant: string, waiting: Waiting): Promise<void> => {
		await pause(clock, LINGER_MS);
		if (waitingByTenant.get(tenant) !== waiting) return;
		waitingByTenant.delete(tenant);
		await send(tenant, waiting);
	};

	return {
		record(observation) {
			try {
				const { tenant } = observation;
				const now = clock.now();
				const known = waitingByTenant.get(tenant);
				// An invocation that was ended before its second was over has left its observations to the next.
				if (known !== undefined && now - known.since <= 2 * LINGER_MS) {
					known.observations.push(observation);
					if (known.observations.length < MOST_WAITING) return;
					waitingByTenant.delete(tenant);
					waitUntil(send(tenant, known));
					return;
				}
				const waiting = { observations: [...(known?.observations ?? []), observation], since: now };
				waitingByTenant.set(tenant, waiting);
				waitUntil(sendAfterLinger(tenant, waiting));
			} catch (error) {
				logFault("observations-not-sent", { tenant: observation.tenant, count: 1, reason: String(error) });
			}
		},
	};
}

/** As few messages as hold the observations, in their order. */
function packed(observations: readonly Observation[]): ObservationMessage[] {
	const encoder = new TextEncoder();
	const messages: Observation[][] = [];
	let room = 0;
	for (const observation of observations) {
		const bytes = encoder.encode(JSON.stringify(observation)).length + 1;
		if (bytes > room) {
			messages.push([]);
			room = MOST_MESSAGE_BYTES;
		}
		messages.at(-1)?.push(observation);
		room -= bytes;
	}
	return messages.map((group) => ({ version: 1, observations: group }));
}

function pause(clock: Clock, ms: number): Promise<void> {
	return new Promise((resolve) => {
		clock.setTimer(ms, resolve);
	});
}
