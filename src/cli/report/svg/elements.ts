import type { ChartSize } from "./chart-size.ts";
import { escapeMarkup } from "../escape-markup.ts";

/** A coordinate to a tenth of a pixel. */
export function pixels(value: number): string {
	return String(Math.round(value * 10) / 10);
}

/** Text at a point; `content` is escaped. */
export function text(
	x: number,
	y: number,
	content: string,
	{ className = "", anchor = "start" }: { className?: string; anchor?: "start" | "middle" | "end" } = {},
): string {
	return `<text x="${pixels(x)}" y="${pixels(y)}" text-anchor="${anchor}" class="${className}">${escapeMarkup(content)}</text>`;
}

/** A straight line. */
export function segment(from: readonly [number, number], to: readonly [number, number], className: string): string {
	return `<line x1="${pixels(from[0])}" y1="${pixels(from[1])}" x2="${pixels(to[0])}" y2="${pixels(to[1])}" class="${className}"/>`;
}

/** A path whose `d` was computed. */
export function path(d: string | null, className: string): string {
	return d === null || d === "" ? "" : `<path d="${d}" class="${className}"/>`;
}

/** A rectangle between two corners, in whichever order. */
export function box(from: readonly [number, number], to: readonly [number, number], className: string): string {
	const [x, y] = [Math.min(from[0], to[0]), Math.min(from[1], to[1])];
	const [width, height] = [Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])];
	return `<rect x="${pixels(x)}" y="${pixels(y)}" width="${pixels(width)}" height="${pixels(height)}" class="${className}"/>`;
}

/** Marks tell points apart by shape, since colour alone does not. */
export type Mark = "disc" | "ring" | "square" | "cross";

/** A point's mark. */
export function mark(kind: Mark, x: number, y: number, className: string): string {
	switch (kind) {
		case "disc":
			return `<circle cx="${pixels(x)}" cy="${pixels(y)}" r="6" class="${className}"/>`;
		case "ring":
			return `<circle cx="${pixels(x)}" cy="${pixels(y)}" r="4" class="${className}"/>`;
		case "square":
			return box([x - 4.5, y - 4.5], [x + 4.5, y + 4.5], className);
		case "cross":
			return path(`M${pixels(x - 4)},${pixels(y - 4)}l8,8m0,-8l-8,8`, className);
	}
}

/** What a chart says to who cannot see it. */
export interface ChartText {
	/** Of the page, unique. */
	readonly id: string;
	readonly title: string;
	/** What there is to see, in sentences. */
	readonly description: string;
}

/** A whole drawing, with its name and description for screen readers. */
export function drawing({ name, width, height }: ChartSize, said: ChartText, content: string): string {
	const id = `${said.id}-${name}`;
	return (
		`<svg class="${name}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-description">` +
		`<title id="${id}-title">${escapeMarkup(said.title)}</title>` +
		`<desc id="${id}-description">${escapeMarkup(said.description)}</desc>${content}</svg>`
	);
}
