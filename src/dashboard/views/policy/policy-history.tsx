import { useState } from "preact/hooks";
import type { AdminReply } from "../../../admin/client-types.ts";
import { ok } from "../../../core/result.ts";
import { useResource } from "../../api/use-resource.ts";
import { Card } from "../../parts/card.tsx";
import { FailureNotice, Loading } from "../../parts/notice.tsx";
import { SavedNotice } from "../../policy/saved-notice.tsx";
import { showActor } from "../../policy/show-actor.ts";
import { showMoment } from "../../show/show-values.ts";
import type { ViewProps } from "../view.ts";
import { CompareRevisions } from "./compare-revisions.tsx";

type Page = AdminReply<"revisions.list">;

const CAUSES: Readonly<Record<Page["items"][number]["cause"], string>> = {
	put: "saved",
	patch: "patched",
	rollback: "rolled back",
	promote: "promoted canary",
	import: "imported",
	canary: "canary, never current",
};

/** Who changed the policy, when and why; any two revisions compared; back to any of them. */
export function PolicyHistory({ admin, tenant, revision, reloadPolicy }: ViewProps) {
	const [pages, setPages] = useState(1);
	const [saved, setSaved] = useState<string | null>(null);
	const [chosen, setChosen] = useState<{ readonly from: number; readonly to: number } | null>(null);
	const { value, failure, reload } = useResource<Page>(`${tenant} ${revision} ${pages}`, async () => {
		const items: Page["items"] = [];
		let next: number | null = null;
		for (let page = 0; page < pages; page++) {
			const query: { before?: string } = next === null ? {} : { before: String(next) };
			const answer: Awaited<ReturnType<typeof admin.call<"revisions.list">>> = await admin.call("revisions.list", {
				parameters: { tenant },
				query,
			});
			if (!answer.ok) return answer;
			items.push(...answer.value.body.items);
			next = answer.value.body.next;
			if (next === null) break;
		}
		return ok({ items, next });
	});
	const newest = value?.items[0]?.revision;
	const current = revision ?? newest;
	const before = value?.items.find((item) => item.revision < (current ?? 0))?.revision;
	const compared = chosen ?? (before === undefined || current === undefined ? null : { from: before, to: current });
	return (
		<>
			<SavedNotice what={saved} />
			{failure !== undefined && <FailureNotice failure={failure} retry={reload} />}
			{value === undefined && failure === undefined && <Loading what="the history" />}
			{value !== undefined && (
				<>
					{compared !== null && current !== undefined && (
						<CompareRevisions
							admin={admin}
							tenant={tenant}
							revisions={value.items.map((item) => item.revision)}
							from={compared.from}
							to={compared.to}
							current={current}
							onChoose={setChosen}
							onRolledBack={(written) => {
								setSaved(`Rolled back to revision ${compared.from}, as revision ${written}.`);
								setChosen(null);
								reloadPolicy();
							}}
							reloadPolicy={reloadPolicy}
						/>
					)}
					<Card title="Revisions" about="Newest first. Each is kept for as long as the tenant is there.">
						<ul class="entries" aria-label="Revisions">
							{value.items.map((item) => (
								<li key={item.revision}>
									<div class="entry-about">
										<p>
											<b>{`Revision ${item.revision}`}</b>
											{item.revision === current && <span class="badge good">current</span>}
											{item.reason === "" ? "" : ` ${item.reason}`}
										</p>
										<p class="hint">{`${showMoment(item.at)}, by ${showActor(item.author)}: ${CAUSES[item.cause]}`}</p>
									</div>
									{item.revision !== current && (
										<div class="entry-actions">
											<button
												type="button"
												class="button small"
												aria-label={`Compare revision ${item.revision} with the current one`}
												onClick={() => {
													setChosen({ from: item.revision, to: current ?? item.revision });
													setSaved(null);
													scrollTo({ top: 0 });
												}}
											>
												Compare
											</button>
										</div>
									)}
								</li>
							))}
						</ul>
						{value.next !== null && (
							<p>
								<button type="button" class="button small" onClick={() => setPages(pages + 1)}>
									Older ones
								</button>
							</p>
						)}
					</Card>
				</>
			)}
		</>
	);
}
