import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";

/**
 * A word that has an explanation: shown on hover and on focus, put away with Escape. `children` is the word as it stands
 * in the text.
 */
export function Term({ means, children }: { readonly means: string; readonly children: ComponentChildren }) {
	const id = useId();
	const word = useRef<HTMLButtonElement>(null);
	const [place, setPlace] = useState<{ readonly left: number; readonly top: number } | null>(null);
	const show = () => {
		if (word.current === null) return;
		const { left, bottom } = word.current.getBoundingClientRect();
		// Wholly in the window, also where the word is at its right edge.
		const widest = Math.min(304, innerWidth - 32);
		setPlace({ left: Math.max(16, Math.min(left, innerWidth - widest - 16)), top: bottom + 6 });
	};
	const hide = () => setPlace(null);
	return (
		<span class="term" onMouseEnter={show} onMouseLeave={hide}>
			<button
				type="button"
				class="term-word"
				ref={word}
				aria-describedby={id}
				onFocus={show}
				onBlur={hide}
				onClick={show}
				onKeyDown={({ key }) => key === "Escape" && hide()}
			>
				{children}
			</button>
			<span
				id={id}
				role="tooltip"
				class={place === null ? "term-text" : "term-text shown"}
				style={place === null ? {} : { left: `${place.left}px`, top: `${place.top}px` }}
			>
				{means}
			</span>
		</span>
	);
}
