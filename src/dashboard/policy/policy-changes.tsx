import type { PolicyChange } from "../../core/ledger/policy-diff.ts";

/** More than these nobody reads one by one. */
const MOST_SHOWN = 100;

/** What a change of the policy changes, a path at a time. */
export function PolicyChanges({
	label,
	changes,
}: {
	readonly label: string;
	readonly changes: readonly PolicyChange[];
}) {
	if (changes.length === 0) return <p class="about">Nothing differs.</p>;
	return (
		<>
			<ul class="changes" aria-label={label}>
				{changes.slice(0, MOST_SHOWN).map((change) => (
					<li key={`${change.kind} ${change.path}`}>
						<span class="changes-path">
							<code>{change.path}</code> <span class="about">{change.kind}</span>
						</span>
						<span class="changes-values">
							{"from" in change && (
								<>
									<span class="hidden">from </span>
									<del>{written(change.from)}</del>
								</>
							)}
							{"to" in change && (
								<>
									<span class="hidden"> to </span>
									<ins>{written(change.to)}</ins>
								</>
							)}
						</span>
					</li>
				))}
			</ul>
			{changes.length > MOST_SHOWN && <p class="hint">{`And ${changes.length - MOST_SHOWN} more.`}</p>}
		</>
	);
}

function written(value: unknown): string {
	const short = JSON.stringify(value);
	return short.length <= 60 ? short : JSON.stringify(value, null, 2);
}
