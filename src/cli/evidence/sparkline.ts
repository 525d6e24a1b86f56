const STEPS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** Values as a row of blocks between 0 and `top`, the last `width` of them; what is not above 0 is the lowest block. */
export function sparkline(values: readonly number[], top: number, width: number): string {
	return values
		.slice(-width)
		.map(
			(value) => STEPS[Math.max(0, Math.min(STEPS.length - 1, Math.floor((value / top) * STEPS.length)))] ?? STEPS[0],
		)
		.join("");
}

/**
 * A bar from 0 to `value`, `width` characters being `top`, to an eighth of a character; with a line at `mark` where the bar does not
 * reach it. What is not above 0 has no bar.
 */
export function markedBar(value: number, mark: number, top: number, width: number): string {
	const length = Math.max(0, Math.min(width, (value / top) * width));
	const whole = Math.floor(length);
	const bar = "█".repeat(whole) + (EIGHTHS[Math.floor((length - whole) * EIGHTHS.length)] ?? "");
	const at = Math.min(width - 1, Math.max(0, Math.round((mark / top) * width)));
	const cells = [...bar.padEnd(width)];
	if (value < mark) cells[at] = "│";
	return cells.join("").trimEnd();
}
