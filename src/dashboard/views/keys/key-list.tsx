import type { ComponentChildren } from "preact";
import { showMoment } from "../../show/show-values.ts";
import { keyState, type KeySummary } from "./key-state.ts";

/** Keys, each with what is known of it and what can be done about it. */
export function KeyList({
	label,
	keys,
	now,
	actions,
}: {
	readonly label: string;
	readonly keys: readonly KeySummary[];
	readonly now: number;
	readonly actions?: (key: KeySummary) => ComponentChildren;
}) {
	return (
		<ul class="entries" aria-label={label}>
			{keys.map((key) => (
				<li key={key.id}>
					<div class="entry-about">
						<p>
							<b>{key.name}</b> <code>{`${key.prefix}…${key.lastFour}`}</code>
						</p>
						<p class="hint">{`May: ${key.scopes.join(", ")}. Made ${showMoment(key.createdAt)}. ${showEnd(key, now)}.`}</p>
					</div>
					{actions !== undefined && <div class="entry-actions">{actions(key)}</div>}
				</li>
			))}
		</ul>
	);
}

function showEnd(key: KeySummary, now: number): string {
	switch (keyState(key, now)) {
		case "works":
			return "Never ends";
		case "revoked":
			return `Revoked ${showMoment(key.revokedAt ?? 0)}`;
		case "expired":
			return `Expired ${showMoment(key.expiresAt ?? 0)}`;
		case "expires":
			return `Ends ${showMoment(key.expiresAt ?? 0)}`;
	}
}
