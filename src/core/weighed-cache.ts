/** Remembers values by name, within a bound on how many there are and on what they weigh together. */
export interface WeighedCache<Value> {
	readonly get: (name: string) => Value | undefined;
	/** `weight`: of this value, in the unit of the bound. One that is heavier than the bound is not kept, nor what it would replace. */
	readonly set: (name: string, value: Value, weight: number) => void;
}

/** What is kept at most. */
export interface CacheBounds {
	readonly values: number;
	readonly weight: number;
}

/**
 * Forgets what was not used for longest, as soon as either bound is passed. A map keeps the order in which its entries were set; one
 * that is used is set anew only where half of all have been since, so that what is used all the time is looked up and nothing more.
 */
export function createWeighedCache<Value>(most: CacheBounds): WeighedCache<Value> {
	const kept = new Map<string, { readonly value: Value; readonly weight: number; setAt: number }>();
	let weightKept = 0;
	/** How often an entry was set. */
	let sets = 0;

	const forget = (name: string) => {
		weightKept -= kept.get(name)?.weight ?? 0;
		kept.delete(name);
	};

	return {
		get(name) {
			const known = kept.get(name);
			if (known === undefined) return undefined;
			if ((sets - known.setAt) * 2 >= kept.size) {
				kept.delete(name);
				known.setAt = ++sets;
				kept.set(name, known);
			}
			return known.value;
		},
		set(name, value, weight) {
			forget(name);
			if (weight > most.weight) return;
			kept.set(name, { value, weight, setAt: ++sets });
			weightKept += weight;
			for (const oldest of kept.keys()) {
				if (kept.size <= most.values && weightKept <= most.weight) return;
				forget(oldest);
			}
		},
	};
}
