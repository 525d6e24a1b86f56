import { ok } from "../../../core/result.ts";
import type { AdminReply } from "../../../admin/client-types.ts";
import type { AdminClient } from "../../api/admin-client.ts";
import { useResource } from "../../api/use-resource.ts";
import { Card } from "../../parts/card.tsx";
import { Choice } from "../../parts/choice.tsx";
import { ConfirmWithReason } from "../../parts/confirm-with-reason.tsx";
import { FailureNotice, Loading } from "../../parts/notice.tsx";
import { PolicyChanges } from "../../policy/policy-changes.tsx";
import { StartCanary } from "./start-canary.tsx";

/** What differs between two revisions, and the way back to the first of them. */
export function CompareRevisions({
	admin,
	tenant,
	revisions,
	from,
	to,
	current,
	onChoose,
	onRolledBack,
	reloadPolicy,
}: {
	readonly admin: AdminClient;
	readonly tenant: string;
	/** Newest first. */
	readonly revisions: readonly number[];
	readonly from: number;
	readonly to: number;
	readonly current: number;
	readonly onChoose: (pair: { readonly from: number; readonly to: number }) => void;
	readonly onRolledBack: (revision: number) => void;
	readonly reloadPolicy: () => void;
}) {
	const { value, failure, reload } = useResource<AdminReply<"revisions.diff">>(`${tenant} ${from} ${to}`, async () => {
		const answer = await admin.call("revisions.diff", {
			parameters: { tenant },
			query: { from: String(from), to: String(to) },
		});
		return answer.ok ? ok(answer.value.body) : answer;
	});
	const options = revisions.map((revision) => ({
		value: String(revision),
		name: revision === current ? `${revision}, current` : String(revision),
	}));
	return (
		<Card title="Compare" about="What must change for the first to become the second.">
			<div class="controls">
				<Choice
					label="From revision"
					value={String(from)}
					options={options}
					onChoose={(chosen) => onChoose({ from: Number(chosen), to })}
				/>
				<Choice
					label="To revision"
					value={String(to)}
					options={options}
					onChoose={(chosen) => onChoose({ from, to: Number(chosen) })}
				/>
			</div>
			{failure !== undefined && <FailureNotice failure={failure} retry={reload} />}
			{value === undefined && failure === undefined && <Loading what="the differences" />}
			{value !== undefined && <PolicyChanges label={`From revision ${from} to ${to}`} changes={value.changes} />}
			{from !== current && to === current && (
				<div class="controls">
					<ConfirmWithReason
						button={`Roll back to revision ${from}`}
						buttonClass="button"
						title={`Roll back to revision ${from}`}
						isDangerous
						act={async (reason) => {
							const done = await admin.call("policy.rollback", {
								parameters: { tenant },
								body: { revision: from, reason },
								seen: current,
							});
							if (done.ok) onRolledBack(done.value.body.revision);
							else reloadPolicy();
							return done;
						}}
						onDone={() => {}}
					>
						<p>
							{`The policy of revision ${from} becomes the current one again, as a new revision, for every request. What differs is taken back.`}
						</p>
					</ConfirmWithReason>
					<StartCanary admin={admin} tenant={tenant} candidate={{ revision: from }} onStarted={reloadPolicy} />
				</div>
			)}
		</Card>
	);
}
