import { createOccupancy, type Place } from "../core/resilience/occupancy.ts";

/** Lets requests in, as many as an isolate can hold. */
export interface Admission {
	/** Null: there are too many. */
	readonly enter: (now: number) => Place | null;
	/** An admitted request has begun to be answered. */
	readonly leave: (place: Place) => void;
}

/**
 * Requests that may wait for their answers at once in one isolate, whose 128 MB hold their bodies and the answers that are
 * being judged. A stream that has begun is no more counted: it is relayed as its client reads.
 */
const MOST_WAITING_REQUESTS = 200;

/** One that waits for longer has most likely been ended by the runtime. */
const MOST_WAIT_MS = 60_000;

/** Counts the requests that wait. What comes beyond is refused before anything of it is read. */
export function createAdmission(most = MOST_WAITING_REQUESTS): Admission {
	const waiting = createOccupancy();
	return { enter: (now) => waiting.enter(now, MOST_WAIT_MS, most), leave: waiting.leave };
}
