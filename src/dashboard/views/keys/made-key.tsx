import { useEffect, useRef, useState } from "preact/hooks";
import { Notice } from "../../parts/notice.tsx";
import type { MadeKey } from "./key-state.ts";

/** A key that was made just now: to be copied, since it is never shown again. */
export function ShownOnce({ made, onPutAway }: { readonly made: MadeKey; readonly onPutAway: () => void }) {
	const box = useRef<HTMLDivElement>(null);
	const field = useRef<HTMLInputElement>(null);
	const [copied, setCopied] = useState<string | null>(null);
	useEffect(() => {
		setCopied(null);
		box.current?.focus();
	}, [made.key]);
	const copy = async () => {
		try {
			await navigator.clipboard.writeText(made.key);
			setCopied("Copied.");
		} catch {
			field.current?.select();
			setCopied("It is selected: copy it with your keyboard.");
		}
	};
	return (
		<div ref={box} tabIndex={-1} class="shown-once">
			<Notice kind="good" title={`Key “${made.name}” is made. Copy it now: it is not stored, and never shown again.`}>
				<div class="controls shown-once-key">
					<div class="field">
						<input
							ref={field}
							class="code"
							readOnly
							aria-label={`The key ${made.name}`}
							value={made.key}
							onFocus={({ currentTarget }) => currentTarget.select()}
						/>
					</div>
					<button type="button" class="button" onClick={() => void copy()}>
						Copy
					</button>
					<button type="button" class="button" onClick={onPutAway}>
						I have it
					</button>
				</div>
				<p role="status" class="hint">
					{copied}
				</p>
			</Notice>
		</div>
	);
}
