import type { ComponentChildren } from "preact";

/** One bar of a list. */
export interface Bar {
	readonly name: ComponentChildren;
	readonly value: number;
	/** The value as it is written beside the bar. */
	readonly shown: string;
	readonly tone?: string;
}

/** Values side by side, each as a bar with its number: the list is its own table. `most`: what fills the width. */
export function BarList({
	name,
	bars,
	most,
}: {
	readonly name: string;
	readonly bars: readonly Bar[];
	readonly most?: number;
}) {
	const greatest = most ?? Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
	return (
		<ul class="bars" aria-label={name}>
			{bars.map(({ name, value, shown, tone = "plain" }, index) => (
				<li key={index}>
					<span class="bar-name">{name}</span>
					<span class="bar-value">{shown}</span>
					<span class="bar-track">
						<i class={tone} style={{ width: `${Math.max(0, Math.min(1, value / greatest)) * 100}%` }} />
					</span>
				</li>
			))}
		</ul>
	);
}
