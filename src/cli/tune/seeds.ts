/** Draws that must not follow each other: with one stream, the rows of one fold would stand beside those of another. */
const OFFSETS = { "held-out": 0x9e3779b9, fitting: 0x3c6ef372 } as const;

/** The seed of one of a run's draws; the path's draw has the run's own. In [0, 2^32). */
export function seedOf(draw: keyof typeof OFFSETS, seed: number): number {
	return (seed ^ OFFSETS[draw]) >>> 0;
}
