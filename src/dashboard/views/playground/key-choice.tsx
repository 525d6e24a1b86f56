import { Field } from "../../parts/field.tsx";
import { FailureNotice } from "../../parts/notice.tsx";
import type { HourKey } from "./use-hour-key.ts";

/** The inference key that is asked with: one made for an hour, or one that is typed. */
export function KeyChoice({
	hourKey,
	typed,
	onTyped,
}: {
	readonly hourKey: HourKey;
	readonly typed: string;
	readonly onTyped: (key: string) => void;
}) {
	return (
		<div class="key-choice">
			{hourKey.key === null ? (
				<>
					<div class="controls">
						<button type="button" class="button" disabled={hourKey.isBusy} onClick={hourKey.make}>
							Make a key for an hour
						</button>
						<div class="key-choice-typed">
							<Field
								label="Or an inference key of yours"
								value={typed}
								onValue={onTyped}
								input={{ type: "password", autocomplete: "off", spellcheck: false }}
							/>
						</div>
					</div>
					<p class="hint">
						Requests are real ones: they cost what they cost, and are counted for this tenant. A key made here is
						revoked when you leave this view, and ends in an hour if you close the page.
					</p>
				</>
			) : (
				<>
					<p role="status">Asking with a key that was made for this view.</p>
					<p class="hint">It is revoked when you leave this view, and ends within an hour if you close the page.</p>
					<p>
						<button type="button" class="button small" disabled={hourKey.isBusy} onClick={hourKey.revoke}>
							Revoke it now
						</button>
					</p>
				</>
			)}
			{hourKey.failure !== undefined && <FailureNotice failure={hourKey.failure} />}
		</div>
	);
}
