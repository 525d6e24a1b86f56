import { Choice } from "../../parts/choice.tsx";
import { Field } from "../../parts/field.tsx";
import { EXPIRIES, type Expiry } from "./expiry.ts";

/** When a key is to end. */
export function ExpiryChoice({
	value,
	onChange,
}: {
	readonly value: Expiry;
	readonly onChange: (value: Expiry) => void;
}) {
	return (
		<>
			<Choice
				label="Expires"
				value={value.choice}
				options={EXPIRIES}
				onChoose={(choice) => onChange({ ...value, choice })}
			/>
			{value.choice === "date" && (
				<Field
					label="Date and time"
					value={value.date}
					onValue={(date) => onChange({ ...value, date })}
					input={{ type: "datetime-local", required: true }}
				/>
			)}
		</>
	);
}
