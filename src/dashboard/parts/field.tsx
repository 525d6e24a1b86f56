import type { ComponentChildren, InputHTMLAttributes } from "preact";
import { useId } from "preact/hooks";

/** A line to be filled in, with its label and, where it needs one, a hint. */
export function Field({
	label,
	hint,
	value,
	onValue,
	input = {},
}: {
	readonly label: string;
	readonly hint?: ComponentChildren;
	readonly value: string;
	readonly onValue: (value: string) => void;
	/** What else the input is to have. */
	readonly input?: InputHTMLAttributes<HTMLInputElement>;
}) {
	const id = useId();
	return (
		<div class="field">
			<label for={id}>{label}</label>
			<input
				{...input}
				id={id}
				aria-describedby={hint === undefined ? undefined : `${id}-hint`}
				value={value}
				onInput={({ currentTarget }) => onValue(currentTarget.value)}
			/>
			{hint !== undefined && (
				<p class="hint" id={`${id}-hint`}>
					{hint}
				</p>
			)}
		</div>
	);
}
