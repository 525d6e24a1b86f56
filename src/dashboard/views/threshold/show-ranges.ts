import { showDollars, showShare } from "../../show/show-values.ts";
import type { Range } from "./preview.ts";

/** 62.4%, or "58.1% to 62.4%" where it is not known exactly. */
export function showShares({ low, high }: Range): string {
	return shown(low, high, showShare);
}

/** $0.0012, or "$0.0012 to $0.0014". */
export function showDollarRange({ low, high }: Range): string {
	return shown(low, high, showDollars);
}

function shown(low: number, high: number, show: (value: number) => string): string {
	return show(low) === show(high) ? show(low) : `${show(low)} to ${show(high)}`;
}
