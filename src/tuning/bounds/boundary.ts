/**
 * Where an increasing function crosses `level` in (lower, upper), by halving until two neighbouring doubles remain. The
 * one at which the function has reached `level` is returned, so that a bound found so is never too low; `upper` where it
 * reaches it nowhere.
 */
export function boundaryOf(increasing: (x: number) => number, level: number, lower: number, upper: number): number {
	let below = lower;
	let above = upper;
	for (;;) {
		const middle = below + (above - below) / 2;
		if (middle <= below || middle >= above) return above;
		if (increasing(middle) >= level) above = middle;
		else below = middle;
	}
}
