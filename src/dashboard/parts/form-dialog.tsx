import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import type { Result } from "../../core/result.ts";
import type { AdminFailure } from "../api/admin-client.ts";
import { explainFailure } from "../api/explain-failure.ts";
import { Notice } from "./notice.tsx";

/**
 * A button that asks in a dialog before it acts. `children` says what will happen, and holds the fields of the form. It stays
 * open, with the failure, where the act fails, unless `onFailure` takes that over by returning true.
 */
export function FormDialog({
	button,
	buttonClass = "button small",
	title,
	children,
	isDangerous = false,
	isWide = false,
	isBlocked = false,
	isDisabled = false,
	act,
	onOpen,
	onDone,
	onFailure,
}: {
	/** What the button is called, there and in the dialog. */
	readonly button: string;
	readonly buttonClass?: string;
	readonly title: string;
	readonly children: ComponentChildren;
	readonly isDangerous?: boolean;
	readonly isWide?: boolean;
	/** There is nothing to act on at the moment, in the open dialog. */
	readonly isBlocked?: boolean;
	/** The dialog cannot be opened at the moment. */
	readonly isDisabled?: boolean;
	readonly act: () => Promise<Result<unknown, AdminFailure>>;
	readonly onOpen?: () => void;
	readonly onDone: () => void;
	readonly onFailure?: (failure: AdminFailure) => boolean;
}) {
	const titleId = useId();
	const dialog = useRef<HTMLDialogElement>(null);
	const [failure, setFailure] = useState<AdminFailure>();
	const [isBusy, setBusy] = useState(false);
	const close = () => dialog.current?.close();
	const submit = async () => {
		setBusy(true);
		setFailure(undefined);
		const done = await act();
		setBusy(false);
		if (done.ok) {
			close();
			onDone();
		} else if (onFailure?.(done.error) !== true) setFailure(done.error);
	};
	return (
		<>
			<button
				type="button"
				class={isDangerous ? `${buttonClass} danger` : buttonClass}
				disabled={isDisabled}
				onClick={() => {
					setFailure(undefined);
					onOpen?.();
					dialog.current?.showModal();
				}}
			>
				{button}
			</button>
			<dialog ref={dialog} aria-labelledby={titleId} class={isWide ? "wide" : undefined}>
				<form
					onSubmit={(event) => {
						event.preventDefault();
						if (!isBusy && !isBlocked) void submit();
					}}
				>
					<h2 id={titleId}>{title}</h2>
					{children}
					{failure !== undefined && (
						<Notice kind="bad">
							<p>{explainFailure(failure)}</p>
						</Notice>
					)}
					<div class="controls">
						<button type="submit" class={isDangerous ? "button danger" : "button main"} disabled={isBusy || isBlocked}>
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
