import type { ComponentChildren } from "preact";

/** A table's columns: their headings, and whether they are words (to the left) or numbers (to the right). */
export interface Column {
	readonly heading: ComponentChildren;
	readonly isText?: boolean;
}

/** A table with a caption; the first cell of each row is the row's heading. It scrolls by itself where it is too wide. */
export function Table({
	caption,
	isCaptionHidden = false,
	columns,
	rows,
}: {
	readonly caption: string;
	readonly isCaptionHidden?: boolean;
	readonly columns: readonly Column[];
	readonly rows: readonly (readonly ComponentChildren[])[];
}) {
	return (
		// Focusable, so that it can be scrolled by keyboard.
		<div class="scroll" tabIndex={0} role="region" aria-label={`Table: ${caption}`}>
			<table>
				<caption class={isCaptionHidden ? "hidden" : undefined}>{caption}</caption>
				<thead>
					<tr>
						{columns.map(({ heading, isText }, index) => (
							<th key={index} scope="col" class={isText === true ? "text" : undefined}>
								{heading}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map((cells, row) => (
						<tr key={row}>
							{cells.map((cell, index) =>
								index === 0 ? (
									<th key={index} scope="row" class={columns[index]?.isText === true ? "text" : undefined}>
										{cell}
									</th>
								) : (
									<td key={index} class={columns[index]?.isText === true ? "text" : undefined}>
										{cell}
									</td>
								),
							)}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}
