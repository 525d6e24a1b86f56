/** Bins of equal width over [0, 1], in which confidence readings are counted. */
export const CONFIDENCE_BINS = 20;

/**
 * The number of a reading's bin, from 0: bin k holds [k/20, (k + 1)/20), the last one 1 too. What is outside [0, 1], which no
 * method gives, counts as the nearer end. A threshold at a bin's lower end divides readings as the bins do.
 */
export function binOf(confidence: number): number {
	// The product is exact at every k/20: no reading at a bin's lower end falls below it.
	return Math.min(CONFIDENCE_BINS - 1, Math.max(0, Math.floor(confidence * CONFIDENCE_BINS)));
}
