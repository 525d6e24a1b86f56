/** How many, by name. */
export type Counts = Readonly<Record<string, number>>;

/** A sum of counts in the making. */
export function countsByName() {
	// A map, since a name may be that of a property that every object has.
	const byName = new Map<string, number>();
	return {
		add(counts: Counts) {
			for (const [name, count] of Object.entries(counts)) byName.set(name, (byName.get(name) ?? 0) + count);
		},
		read: (): Counts => Object.fromEntries(byName),
	};
}
