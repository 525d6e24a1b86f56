import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** A part of a view, with its own heading, which names it to a screen reader. */
export function Card({
	title,
	about,
	actions,
	children,
}: {
	readonly title: string;
	/** What is to be seen in it, in a sentence. */
	readonly about?: ComponentChildren;
	readonly actions?: ComponentChildren;
	readonly children: ComponentChildren;
}) {
	const id = useId();
	return (
		<section class="card" aria-labelledby={id}>
			<header class="card-head">
				<div>
					<h2 id={id}>{title}</h2>
					{about !== undefined && <p class="about">{about}</p>}
				</div>
				{actions !== undefined && <div class="card-actions">{actions}</div>}
			</header>
			{children}
		</section>
	);
}
