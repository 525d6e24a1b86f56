import { useEffect, useId, useMemo, useState } from "preact/hooks";
import { diffPolicies } from "../../../core/ledger/policy-diff.ts";
import { Card } from "../../parts/card.tsx";
import { FailureNotice, Notice } from "../../parts/notice.tsx";
import { PolicyChanges } from "../../policy/policy-changes.tsx";
import { SavedNotice } from "../../policy/saved-notice.tsx";
import { SavePolicy } from "../../policy/save-policy.tsx";
import { showCountOf } from "../../show/show-values.ts";
import type { ViewProps } from "../view.ts";
import { checkDraft, placed } from "./check-draft.ts";
import { draftOf, keepDraft } from "./drafts.ts";
import { PolicyText } from "./policy-text.tsx";
import { ProblemList } from "./problem-list.tsx";
import { StartCanary } from "./start-canary.tsx";
import { useValidation } from "./use-validation.ts";

/** The shortest policy, to begin with where there is none. */
const EMPTY = { version: 1, cascades: {} };

/** The policy as text, checked while it is typed. */
export function PolicyEditor({ admin, tenant, policy, revision, reloadPolicy }: ViewProps) {
	const standingId = useId();
	const original = useMemo(() => JSON.stringify(policy ?? EMPTY, null, 2), [policy]);
	const [draft, setDraft] = useState<string | undefined>(() => draftOf(tenant));
	const [goTo, setGoTo] = useState<{ readonly line: number } | null>(null);
	const [saved, setSaved] = useState<string | null>(null);
	const text = draft ?? original;
	const checked = useMemo(() => checkDraft(text), [text]);
	const document = checked.kind === "policy" ? checked.document : null;
	const changes = useMemo(() => (document === null ? [] : diffPolicies(policy ?? {}, document)), [document, policy]);
	const word = useValidation(admin, tenant, changes.length === 0 ? null : document);
	const problems = document === null ? checked.problems : placed(text, word.validation?.problems ?? []);
	const warnings = placed(text, word.validation?.warnings ?? []);
	const isReady = document !== null && changes.length > 0 && word.validation?.valid === true;

	const write = (written: string | undefined) => {
		setDraft(written);
		keepDraft(tenant, written === undefined || written === original ? null : written);
		setSaved(null);
	};
	const isChanged = draft !== undefined && draft !== original;
	useEffect(() => {
		if (!isChanged) return undefined;
		const ask = (event: BeforeUnloadEvent) => event.preventDefault();
		addEventListener("beforeunload", ask);
		return () => removeEventListener("beforeunload", ask);
	}, [isChanged]);
	const onSaved = (what: string) => {
		write(undefined);
		setSaved(what);
	};

	return (
		<>
			<SavedNotice what={saved} />
			<Card
				title={revision === null ? "New policy" : `Policy, revision ${revision}`}
				about="What clients may ask for, which models answer, how sure they must be and what they cost. It is checked while you type; nothing is saved before you say so."
			>
				<PolicyText text={text} onText={write} problems={problems} goTo={goTo} describedBy={standingId} />
				<p id={standingId} class={problems.length > 0 ? "bad" : "about"} role="status">
					{standing({ problems: problems.length, changes: changes.length, isAsked: word.validation !== undefined })}
				</p>
				{problems.length > 0 && (
					<ProblemList label="Problems" problems={problems} onGoTo={(line) => setGoTo({ line })} />
				)}
				{warnings.length > 0 && (
					<Notice kind="careful" title="To be thought of">
						<ProblemList label="Warnings" problems={warnings} onGoTo={(line) => setGoTo({ line })} />
					</Notice>
				)}
				{word.failure !== undefined && <FailureNotice failure={word.failure} />}
				{changes.length > 0 && (
					<section class="editor-changes" aria-label="Changes">
						<h3>{`${showCountOf(changes.length, "change")} against revision ${revision ?? "none"}`}</h3>
						<PolicyChanges label="Changes" changes={changes} />
					</section>
				)}
				<div class="controls">
					<SavePolicy
						admin={admin}
						tenant={tenant}
						policy={policy}
						revision={revision}
						candidate={document ?? (EMPTY as NonNullable<typeof policy>)}
						reloadPolicy={reloadPolicy}
						isDisabled={!isReady}
						onSaved={(written) => onSaved(`Saved as revision ${written}.`)}
					/>
					{revision !== null && (
						<StartCanary
							admin={admin}
							tenant={tenant}
							candidate={{ policy: document ?? (EMPTY as NonNullable<typeof policy>), seen: revision }}
							isDisabled={!isReady}
							onStarted={() => {
								onSaved("A canary has begun with this policy.");
								reloadPolicy();
							}}
						/>
					)}
					<button type="button" class="button" disabled={!isChanged} onClick={() => write(undefined)}>
						Undo my changes
					</button>
				</div>
			</Card>
		</>
	);
}

function standing({
	problems,
	changes,
	isAsked,
}: {
	readonly problems: number;
	readonly changes: number;
	readonly isAsked: boolean;
}): string {
	if (problems > 0) return showCountOf(problems, "problem");
	if (changes === 0) return "This is the policy in force.";
	return isAsked ? "Valid." : "Its form is right. Asking the Worker about the rest …";
}
