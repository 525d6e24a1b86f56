import QuickLRU from "quick-lru";
import { createOccupancy, type Occupancy, type Place } from "../core/resilience/occupancy.ts";

/** Lets requests in, as many as an isolate can hold. */
export interface Admission {
	/** False: there are too many. */
	readonly enter: (request: Request, now: number) => boolean;
	/** An admitted request turns out to be this tenant's; false: there are too many of those. */
	readonly enterAs: (request: Request, tenant: string, now: number) => boolean;
	/** It has begun to be answered. */
	readonly leave: (request: Request) => void;
}

/**
 * Requests that may wait for their answers at once in one isolate, whose 128 MB hold their bodies and the answers that are
 * being judged. A stream that has begun is no more counted: it is relayed as its client reads.
 */
const MOST_WAITING = 200;

/** One tenant's share of them, so that nobody's slow origin takes an isolate from all the others. */
const MOST_OF_TENANT = 100;

/** One that waits for longer is not counted any more: most likely the runtime has ended it. */
const MOST_WAIT_MS = 60_000;

const MOST_TENANTS = 2_000;

/** Counts the requests that wait. What comes beyond is refused before anything of its body is read. */
export function createAdmission(mostWaiting = MOST_WAITING, mostOfTenant = MOST_OF_TENANT): Admission {
	const waiting = createOccupancy();
	const byTenant = new QuickLRU<string, Occupancy>({ maxSize: MOST_TENANTS });
	const leaving = new WeakMap<Request, () => void>();
	const take = (request: Request, occupancy: Occupancy, now: number, most: number): boolean => {
		const place: Place | null = occupancy.enter(now, MOST_WAIT_MS, most);
		if (place === null) return false;
		const before = leaving.get(request);
		leaving.set(request, () => {
			before?.();
			occupancy.leave(place);
		});
		return true;
	};
	return {
		enter: (request, now) => take(request, waiting, now, mostWaiting),
		enterAs(request, tenant, now) {
			const own = byTenant.get(tenant) ?? createOccupancy();
			byTenant.set(tenant, own);
			return take(request, own, now, mostOfTenant);
		},
		leave: (request) => leaving.get(request)?.(),
	};
}
