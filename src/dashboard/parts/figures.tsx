import type { ComponentChildren } from "preact";
import { Term } from "./term.tsx";

/** One figure that is to be read at a glance. */
export interface Figure {
	readonly name: string;
	/** What the name means, for who does not know. */
	readonly means: string;
	readonly value: ComponentChildren;
	/** What the figure is to be compared with, or made of. */
	readonly note?: ComponentChildren;
	readonly tone?: "good" | "bad" | "edge" | "origin";
}

/** The figures of a view, in a row that breaks as it must. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
	return (
		<dl class="figures">
			{figures.map(({ name, means, value, note, tone }) => (
				<div key={name} class="figure-tile">
					<dt>
						<Term means={means}>{name}</Term>
					</dt>
					<dd>
						<strong class={tone}>{value}</strong>
						{note !== undefined && <span>{note}</span>}
					</dd>
				</div>
			))}
		</dl>
	);
}
