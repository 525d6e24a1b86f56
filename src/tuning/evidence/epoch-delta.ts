/**
 * What the e-th epoch may spend of `delta`: 6 δ/(π² e²), from e = 1. Over all epochs, however many and for whatever reason
 * they are opened, it sums to δ (Σ 1/e² = π²/6), so with chance at least 1 − δ no epoch ever certifies falsely.
 *
 * Throws a RangeError where `epoch` is no whole number from 1 or `delta` is not in (0, 1).
 */
export function deltaOfEpoch(delta: number, epoch: number): number {
	if (!(delta > 0 && delta < 1)) throw new RangeError("delta must lie between 0 and 1");
	if (!(Number.isSafeInteger(epoch) && epoch >= 1)) throw new RangeError("epochs are counted from 1");
	return (6 * delta) / (Math.PI * epoch) ** 2;
}
