import { useState } from "preact/hooks";
import type { PolicyDocument } from "../../../admin/client-types.ts";
import type { AdminClient } from "../../api/admin-client.ts";
import { ReasonField } from "../../parts/confirm-with-reason.tsx";
import { Field } from "../../parts/field.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";

/** A policy that was never current, over the revision that was seen; or a revision that there is. */
type Candidate = { readonly policy: PolicyDocument; readonly seen: number } | { readonly revision: number };

/** A button that puts a share of requests on another policy. */
export function StartCanary({
	admin,
	tenant,
	candidate,
	isDisabled = false,
	onStarted,
}: {
	readonly admin: AdminClient;
	readonly tenant: string;
	readonly candidate: Candidate;
	readonly isDisabled?: boolean;
	readonly onStarted: () => void;
}) {
	const [percent, setPercent] = useState("5");
	const [reason, setReason] = useState("");
	return (
		<FormDialog
			button="Start a canary"
			buttonClass="button"
			title={
				"revision" in candidate
					? `Try revision ${candidate.revision} on a share of requests`
					: "Try on a share of requests"
			}
			isDisabled={isDisabled}
			act={() => {
				const terms = { share: Number(percent) / 100, reason: reason.trim() };
				return "revision" in candidate
					? admin.call("canary.put", { parameters: { tenant }, body: { revision: candidate.revision, ...terms } })
					: admin.call("canary.put", {
							parameters: { tenant },
							body: { policy: candidate.policy, ...terms },
							seen: candidate.seen,
						});
			}}
			onDone={() => {
				setReason("");
				onStarted();
			}}
		>
			<p>
				Requests of the same user, or of the same conversation, are always on the same side. A canary that runs already
				is replaced, and its figures end.
			</p>
			<Field
				label="Share of requests, in percent"
				value={percent}
				onValue={setPercent}
				input={{ type: "number", required: true, min: 0.1, max: 99.9, step: 0.1, inputMode: "decimal" }}
			/>
			<ReasonField reason={reason} onReason={setReason} />
		</FormDialog>
	);
}
