import { useState } from "preact/hooks";
import type { AdminClient } from "../../api/admin-client.ts";
import { Choice } from "../../parts/choice.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { ExpiryChoice } from "./expiry-choice.tsx";
import { expiryMoment, NEVER, type Expiry } from "./expiry.ts";
import type { KeySummary, MadeKey } from "./key-state.ts";

const OVERLAPS = [
	{ value: "0", name: "Ends now (after a leak)" },
	{ value: "3600", name: "Works for another hour" },
	{ value: "86400", name: "Works for another day" },
	{ value: "604800", name: "Works for another week" },
	{ value: "2592000", name: "Works for another 30 days" },
];

/** A button that makes a key in another one's place. */
export function RotateKey({
	admin,
	tenant,
	old,
	onMade,
}: {
	readonly admin: AdminClient;
	readonly tenant: string;
	readonly old: KeySummary;
	readonly onMade: (key: MadeKey) => void;
}) {
	const [overlap, setOverlap] = useState("86400");
	const [expiry, setExpiry] = useState<Expiry>(NEVER);
	return (
		<FormDialog
			button="Rotate"
			title={`Rotate “${old.name}”`}
			act={async () => {
				const made = await admin.call("keys.rotate", {
					parameters: { tenant, id: old.id },
					body: { overlapSeconds: Number(overlap), expiresAt: expiryMoment(expiry, Date.now()) },
				});
				if (made.ok) onMade(made.value.body);
				return made;
			}}
			onDone={() => setExpiry(NEVER)}
		>
			<p>A new key with the same name and scopes is made and shown once. Put it where the old one is used.</p>
			<Choice label="The old key" value={overlap} options={OVERLAPS} onChoose={setOverlap} />
			<p class="hint">The new key:</p>
			<ExpiryChoice value={expiry} onChange={setExpiry} />
		</FormDialog>
	);
}
