import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { AdminReply, PolicyDocument } from "../../admin/client-types.ts";
import { diffPolicies, type PolicyChange } from "../../core/ledger/policy-diff.ts";
import type { AdminClient, AdminFailure } from "../api/admin-client.ts";
import { ReasonField } from "../parts/confirm-with-reason.tsx";
import { FormDialog } from "../parts/form-dialog.tsx";
import { Notice } from "../parts/notice.tsx";
import { showMoment } from "../show/show-values.ts";
import { PolicyChanges } from "./policy-changes.tsx";
import { showActor } from "./show-actor.ts";

/** A revision that somebody else saved meanwhile, and what they changed. */
interface Overtaken {
	readonly by: AdminReply<"revisions.get">;
	readonly changes: readonly PolicyChange[];
}

/**
 * A button that shows what a policy changes, asks for a reason and saves it over the revision that was seen. Where somebody
 * else was faster, nothing is saved: what they changed is shown, and `reloadPolicy` gives the dialog their policy to
 * compare with.
 */
export function SavePolicy({
	admin,
	tenant,
	policy,
	revision,
	candidate,
	reloadPolicy,
	isDisabled,
	onSaved,
	children,
}: {
	readonly admin: AdminClient;
	readonly tenant: string;
	/** The current policy and its revision, as they were seen; null where there is none. */
	readonly policy: PolicyDocument | null;
	readonly revision: number | null;
	/** What is to be saved. */
	readonly candidate: PolicyDocument;
	readonly reloadPolicy: () => void;
	readonly isDisabled: boolean;
	readonly onSaved: (revision: number) => void;
	/** What the change means, beyond what the differences say. */
	readonly children?: ComponentChildren;
}) {
	const [reason, setReason] = useState("");
	const [overtaken, setOvertaken] = useState<Overtaken | null>(null);
	const changes = diffPolicies(policy ?? {}, candidate);
	const lookWho = async (current: number) => {
		const found = await admin.call("revisions.get", { parameters: { tenant, revision: current } });
		if (found.ok)
			setOvertaken({ by: found.value.body, changes: diffPolicies(policy ?? {}, found.value.body.document) });
		reloadPolicy();
	};
	const onFailure = (failure: AdminFailure) => {
		if (failure.kind !== "refused" || failure.status !== 412 || failure.body.current === undefined) return false;
		void lookWho(failure.body.current);
		return true;
	};
	return (
		<FormDialog
			button="Save"
			buttonClass="button main"
			title="Save as a new revision"
			isWide
			isDisabled={isDisabled}
			isBlocked={changes.length === 0}
			onOpen={() => setOvertaken(null)}
			act={async () => {
				const saved = await admin.call("policy.put", {
					parameters: { tenant },
					query: { reason: reason.trim() },
					body: candidate,
					seen: revision,
				});
				if (saved.ok) onSaved(saved.value.body.revision);
				return saved;
			}}
			onDone={() => {
				setReason("");
				reloadPolicy();
			}}
			onFailure={onFailure}
		>
			{children}
			{overtaken !== null && (
				<Notice kind="careful" title="Somebody else has saved meanwhile. Nothing of yours is saved yet.">
					<div role="alert">
						<p>
							{`Revision ${overtaken.by.revision} by ${showActor(overtaken.by.author)}, ${showMoment(overtaken.by.at)}`}
							{overtaken.by.reason === "" ? "." : `: ${overtaken.by.reason}`}
						</p>
					</div>
					<PolicyChanges label="What they changed" changes={overtaken.changes} />
					<p>
						The list below compares with their policy now. What it takes back of theirs, saving would take back; cancel
						to look at it first.
					</p>
				</Notice>
			)}
			<h3>{revision === null ? "The first policy" : `What changes against revision ${revision}`}</h3>
			<PolicyChanges label="What changes" changes={changes} />
			<ReasonField reason={reason} onReason={setReason} />
		</FormDialog>
	);
}
