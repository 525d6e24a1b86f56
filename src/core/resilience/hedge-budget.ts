/** A call in twenty, which is about those beyond the 95th percentile ("The tail at scale", CACM 56, 2013). */
const PER_CALL = 0.05;
/** What may be saved up: when everything is slow, asking everything twice makes it slower. */
const MOST = 5;

/** Bounds how many calls are asked at a second origin for being slow. */
export interface HedgeBudget {
	/** A call has begun that has a second origin. */
	readonly called: () => void;
	/** Takes one hedge; false where none is left. */
	readonly take: () => boolean;
}

/** A token bucket over the calls of an isolate, with one hedge to begin with. */
export function createHedgeBudget(): HedgeBudget {
	let saved = 1;
	return {
		called() {
			saved = Math.min(MOST, saved + PER_CALL);
		},
		take() {
			if (saved < 1) return false;
			saved -= 1;
			return true;
		},
	};
}
