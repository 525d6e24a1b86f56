import { styleText } from "node:util";

/**
 * Text from elsewhere as it may be shown in a terminal: control characters, which could move the cursor or repaint
 * what stands above, and characters that turn the direction of writing are written as escapes.
 */
export function printable(text: string): string {
	return text.replaceAll(
		/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
		(character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
	);
}

/** `2026-11-25 14:19:40Z`; a dash for none. `at` is in milliseconds since the Unix epoch. */
export function showMoment(at: number | null): string {
	return at === null ? "–" : `${new Date(at).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** US dollars, with as many digits as small sums need: four significant ones, and never fewer than cents. */
export function showUsd(usd: number): string {
	if (usd === 0) return "$0";
	const size = Math.abs(usd);
	const digits = size >= 100 ? 2 : Math.min(12, Math.max(2, 3 - Math.floor(Math.log10(size))));
	return `${usd < 0 ? "−" : ""}$${size.toFixed(digits)}`;
}

/** `34.5%` of a share in [0, 1]; a dash where there is nothing to have a share of. */
export function showShare(part: number, whole: number): string {
	return whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)}%`;
}

/** `7%` of a share in [0, 1], with all the digits that somebody has set, and none that only the machine's numbers have. */
export function showSetShare(share: number): string {
	return `${Number((100 * share).toPrecision(12))}%`;
}

/** A whole number with its thousands apart. */
export function showCount(count: number): string {
	return count.toLocaleString("en-US");
}

/** `750 ms`, `12.3 s`. */
export function showDuration(ms: number): string {
	return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** For standard output: in colour where it is a terminal and NO_COLOR is not set, as it is otherwise. */
export function coloured(colour: "green" | "red" | "yellow", text: string): string {
	return styleText(colour, text, { stream: process.stdout });
}
