import { NARROW, WIDE, type ChartSize } from "../svg/chart-size.ts";
import { escapeMarkup } from "../escape-markup.ts";
import { folded } from "./table.ts";

/** A plot with what there is to say about it. */
export interface Figure {
	readonly id: string;
	readonly heading: string;
	/** What the plot answers, for those who read nothing else. */
	readonly lead: string;
	/** Draws the plot; empty where it cannot be drawn. */
	readonly draw: (size: ChartSize) => string;
	/** How to read it. */
	readonly caption: string;
	/** Markup of the table under it. */
	readonly table: string;
	readonly tableSummary: string;
	/** Said instead of the plot where it cannot be drawn. */
	readonly otherwise?: string | undefined;
}

/** The figure as markup: one drawing for wide screens and paper, one for telephones, of which one is shown. */
export function figure(content: Figure): string {
	const wide = content.draw(WIDE);
	const heading = `<h3 id="${content.id}-heading">${escapeMarkup(content.heading)}</h3>`;
	if (wide === "")
		return `<section class="figure">${heading}<p>${escapeMarkup(content.otherwise ?? "There is nothing to draw.")}</p></section>`;
	return (
		`<section class="figure">${heading}<p class="lead">${escapeMarkup(content.lead)}</p>` +
		`<figure aria-labelledby="${content.id}-heading">${wide}${content.draw(NARROW)}` +
		`<figcaption>${escapeMarkup(content.caption)}</figcaption></figure>` +
		`${folded(content.tableSummary, content.table)}</section>`
	);
}
