import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { Result } from "../../core/result.ts";
import type { AdminFailure } from "../api/admin-client.ts";
import { Field } from "./field.tsx";
import { FormDialog } from "./form-dialog.tsx";

/** A button that asks what for in a dialog before it acts; the reason goes into the audit trail. */
export function ConfirmWithReason({
	act,
	onDone,
	children,
	...dialog
}: {
	/** What the button is called, there and in the dialog. */
	readonly button: string;
	readonly buttonClass?: string;
	readonly title: string;
	/** What will happen. */
	readonly children: ComponentChildren;
	readonly isDangerous?: boolean;
	readonly act: (reason: string) => Promise<Result<unknown, AdminFailure>>;
	readonly onDone: () => void;
}) {
	const [reason, setReason] = useState("");
	return (
		<FormDialog
			{...dialog}
			act={() => act(reason.trim())}
			onDone={() => {
				setReason("");
				onDone();
			}}
		>
			{children}
			<ReasonField reason={reason} onReason={setReason} />
		</FormDialog>
	);
}

/** Why something is done, which whoever looks later will want to know. */
export function ReasonField({
	reason,
	onReason,
}: {
	readonly reason: string;
	readonly onReason: (reason: string) => void;
}) {
	return (
		<Field
			label="Reason, for the audit trail"
			input={{ required: true, maxLength: 500, autocomplete: "off" }}
			value={reason}
			onValue={onReason}
		/>
	);
}
