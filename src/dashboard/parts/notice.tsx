import type { ComponentChildren } from "preact";
import type { AdminFailure } from "../api/admin-client.ts";
import { explainFailure } from "../api/explain-failure.ts";

/** Something to be known before the rest is read; `bad` is spoken at once. */
export function Notice({
	kind = "plain",
	title,
	children,
}: {
	readonly kind?: "plain" | "good" | "careful" | "bad";
	readonly title?: string;
	readonly children?: ComponentChildren;
}) {
	return (
		<div class={`notice ${kind}`} role={kind === "bad" ? "alert" : undefined}>
			{title !== undefined && <p class="notice-title">{title}</p>}
			{children}
		</div>
	);
}

/** Why something is not shown, with a button that tries again. */
export function FailureNotice({ failure, retry }: { readonly failure: AdminFailure; readonly retry?: () => void }) {
	return (
		<Notice kind="bad">
			<p>{explainFailure(failure)}</p>
			{retry !== undefined && (
				<button type="button" class="button small" onClick={retry}>
					Try again
				</button>
			)}
		</Notice>
	);
}

/** That something is on its way. */
export function Loading({ what }: { readonly what: string }) {
	return (
		<p class="loading" role="status">
			Loading {what} …
		</p>
	);
}
