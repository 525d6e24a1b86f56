/** A share as a percentage with one decimal, two below 1%; a dash for none. */
export function percent(share: number | null): string {
	if (share === null || Number.isNaN(share)) return "–";
	const digits = share !== 0 && Math.abs(share) < 0.01 ? 2 : 1;
	return `${(100 * share).toFixed(digits).replace("-", "−")}%`;
}

/** A threshold with every digit that it has: it is compared to the last one. */
export function exact(threshold: number): string {
	return String(threshold);
}
