/** Maps values of a domain to places of a range, in proportion. */
export interface LinearScale {
	(value: number): number;
	readonly invert: (place: number) => number;
	/** Round values of the domain, about `count` of them, which is 3 or more. */
	readonly ticks: (count: number) => number[];
}

/** A scale from a domain, whose ends differ, to a range, whose ends may lie the other way round. */
export function linearScale(domain: readonly [number, number], [from, to]: readonly [number, number]): LinearScale {
	const [least, greatest] = domain;
	const scale = (value: number) => from + ((value - least) / (greatest - least)) * (to - from);
	return Object.assign(scale, {
		invert: (place: number) => least + ((place - from) / (to - from)) * (greatest - least),
		ticks: (count: number) => ticksOf(domain, count),
	});
}

/**
 * Multiples of 1, 2 or 5 times a power of ten within an interval, ascending, as many as come nearest to `count`: the
 * choice of d3-array's `ticks`. Powers below one divide, since their multiples would not be exact.
 */
export function ticksOf([least, greatest]: readonly [number, number], count: number): number[] {
	const { step, divisor } = stepOf(greatest - least, count);
	const unit = (index: number) => (index * step) / divisor;
	let [first, last] = [Math.round((least / step) * divisor), Math.round((greatest / step) * divisor)];
	if (unit(first) < least) first += 1;
	if (unit(last) > greatest) last -= 1;
	return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => unit(first + index));
}

/** An interval widened to the ticks around it. */
export function niceDomain([least, greatest]: readonly [number, number], count: number): readonly [number, number] {
	let domain: readonly [number, number] = [least, greatest];
	let before = 0;
	// A wider interval may have wider steps; it settles soon.
	for (let round = 0; round < 10; round++) {
		const { step, divisor } = stepOf(domain[1] - domain[0], count);
		if (step / divisor === before) return domain;
		before = step / divisor;
		domain = [
			(Math.floor((domain[0] / step) * divisor) * step) / divisor,
			(Math.ceil((domain[1] / step) * divisor) * step) / divisor,
		];
	}
	return [least, greatest];
}

/** The step between ticks: `step` where it is one or more, else 1 ÷ `divisor`. */
function stepOf(length: number, count: number): { readonly step: number; readonly divisor: number } {
	const rough = length / Math.max(1, count);
	const power = Math.floor(Math.log10(rough));
	const rest = rough / 10 ** power;
	// The borders are geometric means of neighbouring factors.
	const factor = rest >= Math.sqrt(50) ? 10 : rest >= Math.sqrt(10) ? 5 : rest >= Math.SQRT2 ? 2 : 1;
	return power < 0 ? { step: 1, divisor: 10 ** -power / factor } : { step: factor * 10 ** power, divisor: 1 };
}
