import { useId, useLayoutEffect, useRef } from "preact/hooks";
import type { DraftProblem } from "./check-draft.ts";

/** A policy's text with its lines numbered; lines with problems are marked. Tab leaves the field, as everywhere. */
export function PolicyText({
	text,
	onText,
	problems,
	goTo,
	describedBy,
}: {
	readonly text: string;
	readonly onText: (text: string) => void;
	readonly problems: readonly DraftProblem[];
	/** A line to put the cursor on; another object puts it there again. */
	readonly goTo: { readonly line: number } | null;
	readonly describedBy: string;
}) {
	const id = useId();
	const field = useRef<HTMLTextAreaElement>(null);
	const lines = text.split("\n");
	const marked = new Set(problems.map(({ line }) => line));
	useLayoutEffect(() => {
		if (goTo === null || field.current === null) return;
		const before = field.current.value.split("\n").slice(0, goTo.line - 1);
		const start = before.reduce((sum, line) => sum + line.length + 1, 0);
		const end = field.current.value.indexOf("\n", start);
		field.current.focus({ preventScroll: true });
		field.current.setSelectionRange(start, end === -1 ? field.current.value.length : end);
		const mark = field.current.parentElement?.querySelector(`ol > :nth-child(${goTo.line})`);
		mark?.scrollIntoView({ block: "center" });
	}, [goTo]);
	return (
		<div class="policy-field">
			<label for={id}>Policy</label>
			<div class="policy-text">
				<ol aria-hidden="true">
					{lines.map((_, index) => (
						<li key={index} class={marked.has(index + 1) ? "marked" : undefined} />
					))}
				</ol>
				<textarea
					id={id}
					ref={field}
					rows={lines.length}
					wrap="off"
					spellcheck={false}
					autocapitalize="none"
					autocomplete="off"
					aria-invalid={problems.length > 0}
					aria-describedby={describedBy}
					value={text}
					onInput={({ currentTarget }) => onText(currentTarget.value)}
				/>
			</div>
		</div>
	);
}
