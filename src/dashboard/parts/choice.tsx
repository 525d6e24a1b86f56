import { useId } from "preact/hooks";

/** A choice of a few, in a list that opens. */
export function Choice({
	label,
	value,
	options,
	onChoose,
}: {
	readonly label: string;
	readonly value: string;
	readonly options: readonly { readonly value: string; readonly name: string }[];
	readonly onChoose: (value: string) => void;
}) {
	const id = useId();
	return (
		<div class="field">
			<label for={id}>{label}</label>
			<select id={id} value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
				{options.map(({ value, name }) => (
					<option key={value} value={value}>
						{name}
					</option>
				))}
			</select>
		</div>
	);
}

/** A choice of two to five, all to be seen at once. */
export function Segments({
	label,
	value,
	options,
	onChoose,
}: {
	readonly label: string;
	readonly value: string;
	readonly options: readonly { readonly value: string; readonly name: string }[];
	readonly onChoose: (value: string) => void;
}) {
	const name = useId();
	return (
		<fieldset class="segments">
			<legend class="hidden">{label}</legend>
			{options.map((option) => (
				<label key={option.value} class={option.value === value ? "chosen" : undefined}>
					<input
						type="radio"
						name={name}
						value={option.value}
						checked={option.value === value}
						onChange={() => onChoose(option.value)}
					/>
					{option.name}
				</label>
			))}
		</fieldset>
	);
}
