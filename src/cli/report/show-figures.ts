export { showCount } from "../admin/show-values.ts";
import { percent } from "../tune/show-numbers.ts";

/** A share beside a tick of an axis, with as many digits as the ticks need to differ. */
export function percentTick(share: number, step: number): string {
	return `${minus((100 * share).toFixed(digitsOf(100 * step)))}%`;
}

/** Money beside a tick. */
export function usdTick(usd: number, step: number): string {
	return usd === 0 ? "$0" : `$${minus(usd.toFixed(Math.max(step < 1 ? 2 : 0, digitsOf(step))))}`;
}

/** A threshold beside a tick. */
export function numberTick(value: number, step: number): string {
	return minus(value.toFixed(digitsOf(step)));
}

/** A threshold for reading; the certificate has every digit. */
export function shortThreshold(threshold: number): string {
	return threshold > 1 ? "none" : minus(threshold.toPrecision(4));
}

/** All of a cascade's thresholds. */
export function shortThresholds(thresholds: readonly number[]): string {
	return thresholds.map(shortThreshold).join(", ");
}

/** A probability that may be tiny. */
export function probability(value: number | null): string {
	if (value === null) return "–";
	if (value === 0) return "0";
	return value < 1e-3 ? minus(value.toExponential(1)) : value.toFixed(4);
}

/** Money of a thousand requests, which is easier to read than that of one; three digits where that is more than cents. */
export function usdPerThousand(usd: number | null): string {
	if (usd === null) return "–";
	const sum = usd * 1_000;
	if (sum === 0) return "$0";
	const digits = Math.min(12, Math.max(2, 2 - Math.floor(Math.log10(Math.abs(sum)))));
	return `$${minus(sum.toFixed(digits))}`;
}

/** A bound as a percentage with two decimals, since it often lies close below its target. */
export function bound(share: number | null): string {
	return share === null ? "–" : `${minus((100 * share).toFixed(2))}%`;
}

/** `saves 41.2%` or `3.0% dearer`. */
export function savingText(saving: number | null): string {
	if (saving === null) return "saving unknown";
	return saving < 0 ? `${percent(-saving)} dearer` : `saves ${percent(saving)}`;
}

/** 12,345 as 12k, to stand on a bar. */
export function compactCount(count: number): string {
	return new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 }).format(count);
}

/** Without the zeros that say nothing. */
export function plainNumber(value: number): string {
	return minus(String(Number(value.toPrecision(3))));
}

function digitsOf(step: number): number {
	return step > 0 ? Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9))) : 0;
}

function minus(text: string): string {
	return text.replaceAll("-", "−");
}
