import { escapeMarkup } from "../escape-markup.ts";

/** A column of a table; figures stand to the right. */
export interface Column {
	readonly heading: string;
	readonly isText?: boolean | undefined;
}

/** A table whose first cell names its row. Every text is escaped. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly string[])[]): string {
	const classOf = (index: number): string => (columns[index]?.isText === true ? ' class="text"' : "");
	const head = columns.map(({ heading }, index) => `<th scope="col"${classOf(index)}>${escapeMarkup(heading)}</th>`);
	const body = rows.map((row) => {
		const cells = row.map((cell, index) =>
			index === 0
				? `<th scope="row"${classOf(index)}>${escapeMarkup(cell)}</th>`
				: `<td${classOf(index)}>${escapeMarkup(cell)}</td>`,
		);
		return `<tr>${cells.join("")}</tr>`;
	});
	return (
		`<div class="scroll" tabindex="0" role="region" aria-label="${escapeMarkup(caption)}"><table><caption>${escapeMarkup(caption)}</caption>` +
		`<thead><tr>${head.join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`
	);
}

/** A list of names and what they are. Every text is escaped. */
export function definitions(entries: readonly (readonly [name: string, value: string])[]): string {
	return `<dl>${entries.map(([name, value]) => `<div><dt>${escapeMarkup(name)}</dt><dd>${escapeMarkup(value)}</dd></div>`).join("")}</dl>`;
}

/** Closed on a screen, open on paper. `content` is markup. */
export function folded(summary: string, content: string): string {
	return `<details><summary>${escapeMarkup(summary)}</summary>${content}</details>`;
}

/** At most `most` of a curve's points, evenly by position, both ends among them: as many as a table is read for. */
export function evenly<Item>(items: readonly Item[], most: number): readonly Item[] {
	if (items.length <= most) return items;
	const last = items.length - 1;
	return Array.from({ length: most }, (_, index) => items[Math.round((index * last) / (most - 1))] as Item);
}
