import { Notice } from "../parts/notice.tsx";

/** That a policy was saved, and when it is in force everywhere; spoken. */
export function SavedNotice({ what }: { readonly what: string | null }) {
	return (
		<div role="status" class="live">
			{what !== null && (
				<Notice kind="good" title={what}>
					<p>It is published now. Every isolate goes by it within a minute and a half.</p>
				</Notice>
			)}
		</div>
	);
}
