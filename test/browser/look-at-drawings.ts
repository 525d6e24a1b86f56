import type { Locator } from "playwright-core";

/** A text of a drawing as it stands on the screen, in pixels of the page. */
export interface ShownText {
	readonly text: string;
	readonly left: number;
	readonly right: number;
	readonly top: number;
	readonly bottom: number;
}

/** Letters do not fill their lines: boxes may touch by as much. */
const SLACK = 2;

/** The texts of a drawing. */
export function shownTexts(drawing: Locator): Promise<ShownText[]> {
	return drawing.locator("text").evaluateAll((texts) =>
		texts.map((text) => {
			const { left, right, top, bottom } = text.getBoundingClientRect();
			return { text: text.textContent ?? "", left, right, top, bottom };
		}),
	);
}

/** Pairs of texts that cover each other. */
export function overlaps(texts: readonly ShownText[]): string[] {
	return texts.flatMap((first, index) =>
		texts
			.slice(index + 1)
			.filter(
				(second) =>
					Math.min(first.right, second.right) - Math.max(first.left, second.left) > SLACK &&
					Math.min(first.bottom, second.bottom) - Math.max(first.top, second.top) > SLACK,
			)
			.map((second) => `'${first.text}' covers '${second.text}'`),
	);
}

/** Texts that leave the window to the left or right. */
export function cutOff(texts: readonly ShownText[], width: number): string[] {
	return texts.filter(({ left, right }) => left < 0 || right > width).map(({ text }) => text);
}

/** Of text, and of lines and marks that mean something (WCAG 2.2, 1.4.3 and 1.4.11). */
const LEAST_CONTRAST = { text: 4.5, line: 3 } as const;

/** Texts and curves of a drawing that do not stand out enough from the page; axe does not look into drawings. */
export async function faintParts(drawing: Locator): Promise<string[]> {
	const { paper, parts } = await drawing.evaluate((svg) => {
		const view = svg.ownerDocument.defaultView;
		const styleOf = (element: unknown): Record<string, string> => view.getComputedStyle(element);
		const read = (selector: string, kind: string, property: string) =>
			Array.from(
				svg.querySelectorAll(selector),
				(element: { textContent: string; className: { baseVal: string } }) => ({
					kind,
					name: element.textContent === "" ? element.className.baseVal : element.textContent,
					colour: styleOf(element)[property] ?? "",
				}),
			);
		return {
			paper: styleOf(svg.ownerDocument.body)["backgroundColor"] ?? "",
			parts: [
				...read("text", "text", "fill"),
				...read(".curve, .whisker", "line", "stroke"),
				...read(".chosen", "line", "fill"),
			],
		};
	});
	return parts
		.filter(({ kind, colour }) => contrast(colour, paper) < LEAST_CONTRAST[kind as keyof typeof LEAST_CONTRAST])
		.map(({ name, colour }) => `'${name}': ${colour} on ${paper}`);
}

/** WCAG's contrast ratio of two opaque colours, written as `rgb(1, 2, 3)`. */
function contrast(first: string, second: string): number {
	const [lighter = 0, darker = 0] = [luminance(first), luminance(second)].sort((left, right) => right - left);
	return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
	const channels = /^rgb\((\d+), (\d+), (\d+)\)$/u.exec(colour)?.slice(1).map(Number);
	if (channels === undefined) throw new Error(`no opaque colour: ${colour}`);
	const [red = 0, green = 0, blue = 0] = channels.map((channel) => {
		const share = channel / 255;
		return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
