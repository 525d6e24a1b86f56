import type { Completion } from "../core/completion.ts";
import { totalCost } from "../core/cost.ts";
import type { EvidenceEntry } from "../core/evidence/evidence-entry.ts";
import { AUDIT_MS } from "../core/evidence/label-time.ts";
import type { Cascade, StagePolicy } from "../core/tenant-policy.ts";
import type { BesideCall } from "./beside-call.ts";
import type { Evidence } from "./evidence-port.ts";
import { healthOf } from "./final-stage.ts";
import { beginLastStage } from "./hedged-stage.ts";
import { judgeStage } from "./judge-stage.ts";
import { chooseText } from "./keep-text.ts";
import { labelAnswer } from "./label-answer.ts";
import type { AnswerLabel } from "./label-ports.ts";
import { emptyRecord, type RunRecord } from "./run-record.ts";
import type { StageRun } from "./stage-run.ts";

/**
 * A label that has not come so long after the request's arrival is told as drawn before it comes: the ledger closes a time a minute
 * after its end, and of a row that it has not heard of by then it cannot know that it is missing.
 */
const TELL_AFTER_MS = 20_000;

/** Characters of both answers together; longer ones are told as drawn before they are compared. */
const MOST_COMPARED_UNTOLD = 100_000;

/** Likewise; with more of them comparing takes longer than a turn of the event loop. */
const MOST_COMPARED_BRIEFLY = 4_000;

/** One run, seen by the work that follows its answer. */
export interface AuditedRun {
	readonly run: StageRun;
	readonly cascade: Cascade;
	readonly first: StagePolicy;
	readonly last: StagePolicy;
	readonly evidence: Evidence;
}

/** What a request says, as far as it is known before its label. */
export type UnlabelledEntry = Omit<EvidenceEntry, "draw" | "wrong">;

/** A request that needs a label. */
export interface Row {
	readonly entry: UnlabelledEntry;
	/** The first stage's answer. */
	readonly edge: Completion;
}

/** Of calls that no client waits for. */
const NOBODY_LEAVES = new AbortController().signal;

/** No reference, so no label. */
const FAILED: AnswerLabel = { verdict: "failed", costUsd: 0 };

/**
 * Asks the last stage, or the one that was asked beside the first, for its answer to a request that it was not to answer,
 * and tells how the two compare. That it was drawn is told first: an audit of which nothing more is heard counts as wrong. So does
 * one that could not be paid for: once the coin has fallen, leaving a row out would be leaving out by its outcome. `told`: the
 * draw was told before, as an escalated answer's that was slow.
 */
export async function audit(
	audited: AuditedRun,
	row: Row,
	{ beside = null, told = null }: { readonly beside?: BesideCall | null; readonly told?: Audit | null },
): Promise<void> {
	const { run, last, evidence } = audited;
	const begun = beginAudit(audited, row.entry, told?.draw() ?? null);
	const giveText = chooseText(audited, row);
	const ask = async (): Promise<Completion | null> => {
		if (beside !== null) {
			// It runs already, so it is told as a failure if its draw cannot be sent, and not kept.
			const isSent = await begun.draw();
			return beside.reference(isSent ? begun.msLeft() : 0, begun.record);
		}
		const asking = { ...begun.run, request: { ...run.request, stream: false, includeUsage: false } };
		const final = await beginLastStage(asking, last, AUDIT_MS, AUDIT_MS, begun.draw).result;
		const health = healthOf(final);
		if (health !== undefined) evidence.asked(last, health);
		return final.kind === "whole" ? final.answer : null;
	};
	const reference = await orOnFault(evidence, ask, null);
	if (!(await begun.draw())) return;
	const label = reference === null ? FAILED : await labelled(audited, row.edge, reference, begun.msLeft());
	begun.tell(label);
	giveText(reference, label.verdict);
}

/**
 * Labels an answer that was not served by the one that was. Where that costs nothing the verdict goes with the entry; a labeller
 * that asks a model is an audit like others, whose draw is told first. `told`: the audit that this has become by being slow.
 */
export async function labelEscalated(
	audited: AuditedRun,
	row: Row,
	reference: Completion,
	told: Audit | null,
): Promise<void> {
	const { cascade, evidence } = audited;
	const { kind } = cascade.labeller;
	const giveText = chooseText(audited, row);
	// Comparing long texts takes time of the isolate, and one that is ended for it must not have lost the row by its answer.
	const isLong = row.edge.text.length + reference.text.length > MOST_COMPARED_UNTOLD;
	if (told !== null || isLong || kind === "similarity" || kind === "judge") {
		const begun = told ?? beginAudit(audited, row.entry);
		if (!(await begun.draw())) return;
		const label = await labelled(audited, row.edge, reference, AUDIT_MS);
		begun.tell(label);
		giveText(reference, label.verdict);
		return;
	}
	const { verdict } = await labelled(audited, row.edge, reference, AUDIT_MS);
	evidence.record({ ...row.entry, draw: "labelled", wrong: verdict !== "right" });
	giveText(reference, verdict);
}

/** Whether `labelEscalated` takes some microseconds and waits for nothing. */
export function isBrieflyLabelled(
	{ cascade: { labeller } }: AuditedRun,
	{ edge }: Row,
	reference: Completion,
): boolean {
	return (
		labeller.kind !== "similarity" &&
		labeller.kind !== "judge" &&
		comparedLength(edge) + comparedLength(reference) <= MOST_COMPARED_BRIEFLY
	);
}

function comparedLength({ text, toolCalls }: Completion): number {
	return toolCalls.reduce((sum, call) => sum + call.arguments.length, text.length);
}

/** Asks the first stage what it would have answered to a request that the gate sent past it. */
export async function auditGated(
	audited: AuditedRun,
	entry: UnlabelledEntry,
	reference: Completion | null,
): Promise<void> {
	const begun = beginAudit(audited, entry);
	if (!(await begun.draw())) return;
	if (reference === null) return begun.tell(FAILED);
	const asking = { ...begun.run, request: { ...audited.run.request, stream: false, includeUsage: false } };
	const judgement = await judgeStage(asking, audited.first, begun.msLeft());
	const edge = "answer" in judgement ? judgement.answer : null;
	begun.tell(edge === null ? FAILED : await labelled(audited, edge, reference, begun.msLeft()));
}

/** A label being waited for. */
export interface AwaitedLabel {
	/** Ends that; gives the audit that the label has become by being slow, null where it came soon. */
	readonly settle: () => Audit | null;
	/** Lets go of the request, once what becomes of the label is told or left to do. */
	readonly release: () => void;
}

/** Waits for an escalated answer's label, and keeps the request alive meanwhile. */
export function awaitLabel(audited: AuditedRun, { entry }: Row): AwaitedLabel {
	const { clock } = audited.run;
	const release = audited.evidence.hold();
	let told: Audit | null = null;
	const cancel = clock.setTimer(Math.max(0, TELL_AFTER_MS - (clock.now() - entry.at)), () => {
		told = beginAudit(audited, entry);
		void told.draw();
	});
	return {
		settle() {
			cancel();
			return told;
		},
		release,
	};
}

/** Tells that a label which was told to come does not. */
export async function tellFailed(audit: Audit): Promise<void> {
	if (await audit.draw()) audit.tell(FAILED);
}

/** One that has begun. */
export type Audit = ReturnType<typeof beginAudit>;

/** An audit's own clock, record and run, apart from the request's; its draw is on its way already where `drawing` is there. */
function beginAudit({ run, evidence }: AuditedRun, entry: UnlabelledEntry, drawing: Promise<boolean> | null = null) {
	const startedAt = run.clock.now();
	const record: RunRecord = emptyRecord();
	return {
		record,
		run: { ...run, signal: NOBODY_LEAVES, record } satisfies StageRun,
		msLeft: () => Math.max(0, startedAt + AUDIT_MS - run.clock.now()),
		/** Tells the draw, once; false where that did not succeed, and the worst is assumed of the row. */
		draw(): Promise<boolean> {
			drawing ??= evidence.draw({ ...entry, draw: "drawn", wrong: null }).then((isSent) => {
				// Rows that were not drawn travel by themselves: losing draws alone would make a joint risk look small.
				if (!isSent) evidence.record({ ...entry, draw: "unobserved", wasDrawn: true, wrong: null });
				return isSent;
			});
			return drawing;
		},
		tell({ verdict, costUsd }: AnswerLabel): void {
			const asked = totalCost(record.calls);
			evidence.verdict({
				requestId: entry.requestId,
				...(entry.item === undefined ? {} : { item: entry.item }),
				at: entry.at,
				policyRevision: entry.policyRevision,
				wrong: verdict !== "right",
				failed: verdict === "failed",
				costUsd: asked === null || costUsd === null ? null : asked + costUsd,
				...(evidence.terms.guarantee.pacing === undefined ? {} : { labelUsd: costUsd }),
				ms: run.clock.now() - startedAt,
			});
		},
	};
}

function labelled(
	{ run, cascade, evidence }: AuditedRun,
	edge: Completion,
	reference: Completion,
	timeoutMs: number,
): Promise<AnswerLabel> {
	const { clock, resolveStage, spending, request, requestId } = run;
	const ports = { clock, resolveStage, spending, embedTexts: evidence.embedTexts };
	const pair = { request, requestId, edge, reference };
	const label = () => labelAnswer(ports, cascade.labeller, pair, { timeoutMs, signal: NOBODY_LEAVES });
	return orOnFault(evidence, label, FAILED);
}

/** A fault of our own, which some answer has brought about, is logged; and it must not take that answer's row with it. */
async function orOnFault<Value>(evidence: Evidence, work: () => Promise<Value>, otherwise: Value): Promise<Value> {
	try {
		return await work();
	} catch (fault) {
		evidence.later(() => Promise.reject(fault));
		return otherwise;
	}
}
