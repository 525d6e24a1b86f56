/** A place that is taken; given back once, or forgotten at its end. */
export interface Place {
	/** Milliseconds since the Unix epoch. */
	readonly until: number;
}

/**
 * Counts what is under way. A place has an end, since the runtime may stop an invocation whose client has left without a word:
 * a count that is only ever taken back by whoever added to it would then never fall again.
 */
export interface Occupancy {
	/** Takes a place for at most `mostMs`; null where `most` are taken. */
	readonly enter: (now: number, mostMs: number, most: number) => Place | null;
	readonly leave: (place: Place) => void;
	/** Places taken, as far as is known without looking for those that have ended. */
	readonly size: () => number;
}

/** From so many on, places that have ended are looked for. */
const SWEEP_FROM = 256;

/** Nothing is under way. */
export function createOccupancy(): Occupancy {
	const places = new Set<Place>();
	return {
		enter(now, mostMs, most) {
			if (places.size >= Math.min(most, SWEEP_FROM))
				for (const place of places) if (place.until <= now) places.delete(place);
			if (places.size >= most) return null;
			const place = { until: now + mostMs };
			places.add(place);
			return place;
		},
		leave(place) {
			places.delete(place);
		},
		size: () => places.size,
	};
}
