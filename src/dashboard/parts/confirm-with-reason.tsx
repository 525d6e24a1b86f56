import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import type { Result } from "../../core/result.ts";
import type { AdminFailure } from "../api/admin-client.ts";
import { explainFailure } from "../api/explain-failure.ts";
import { Notice } from "./notice.tsx";

/** A button that asks what for in a dialog before it acts; the reason goes into the audit trail. */
export function ConfirmWithReason({
	button,
	title,
	children,
	isDangerous = false,
	act,
	onDone,
}: {
	/** What the button is called, there and in the dialog. */
	readonly button: string;
	readonly title: string;
	/** What will happen. */
	readonly children: ComponentChildren;
	readonly isDangerous?: boolean;
	readonly act: (reason: string) => Promise<Result<unknown, AdminFailure>>;
	readonly onDone: () => void;
}) {
	const ids = { title: useId(), reason: useId() };
	const dialog = useRef<HTMLDialogElement>(null);
	const [reason, setReason] = useState("");
	const [failure, setFailure] = useState<AdminFailure>();
	const [isBusy, setBusy] = useState(false);
	const close = () => dialog.current?.close();
	const submit = async () => {
		setBusy(true);
		const done = await act(reason.trim());
		setBusy(false);
		setFailure(done.ok ? undefined : done.error);
		if (!done.ok) return;
		setReason("");
		close();
		onDone();
	};
	return (
		<>
			<button
				type="button"
				class={isDangerous ? "button small danger" : "button small"}
				onClick={() => dialog.current?.showModal()}
			>
				{button}
			</button>
			<dialog ref={dialog} aria-labelledby={ids.title}>
				<form
					onSubmit={(event) => {
						event.preventDefault();
						void submit();
					}}
				>
					<h2 id={ids.title}>{title}</h2>
					{children}
					{failure !== undefined && (
						<Notice kind="bad">
							<p>{explainFailure(failure)}</p>
						</Notice>
					)}
					<div class="field">
						<label for={ids.reason}>Reason, for the audit trail</label>
						<input
							id={ids.reason}
							required
							maxLength={500}
							value={reason}
							onInput={({ currentTarget }) => setReason(currentTarget.value)}
						/>
					</div>
					<div class="controls">
						<button type="submit" class={isDangerous ? "button danger" : "button main"} disabled={isBusy}>
							{button}
						</button>
						<button type="button" class="button" onClick={close}>
							Cancel
						</button>
					</div>
				</form>
			</dialog>
		</>
	);
}
