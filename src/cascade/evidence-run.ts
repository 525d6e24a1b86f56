import type { Completion } from "../core/completion.ts";
import { effectiveThreshold } from "../core/evidence/effective-threshold.ts";
import type { EvidenceLease } from "../core/evidence/evidence-ports.ts";
import { CERTAIN, type Guarantee, type PartsPerMillion } from "../core/evidence/guarantee.ts";
import { isInScope } from "../core/evidence/scope.ts";
import { isOutage, type StageFailure } from "../core/stage-failure.ts";
import type { Cascade, StagePolicy } from "../core/tenant-policy.ts";
import {
	audit,
	auditGated,
	awaitLabel,
	isBrieflyLabelled,
	labelEscalated,
	tellFailed,
	type AuditedRun,
	type AwaitedLabel,
	type Row,
	type UnlabelledEntry,
} from "./audit.ts";
import { besideCall, type BesideCall } from "./beside-call.ts";
import { withCosts } from "./evidence-costs.ts";
import type { Evidence } from "./evidence-port.ts";
import { healthOf, type FinalAnswer, type FinalCall } from "./final-stage.ts";
import type { CertifiedThreshold } from "./judge-stage.ts";
import type { Judgement, StageRun, StageStream } from "./stage-run.ts";
import { watchStream } from "./watch-stream.ts";

/** What a run tells as it goes, so that its guaranteed stage's answer becomes evidence. None of it waits. */
export interface EvidenceRun {
	/** What the first stage accepts. */
	readonly certified: CertifiedThreshold;
	/** Asks the last stage beside the first, so that it can go on without the client. */
	readonly beside: (begin: (run: StageRun) => FinalCall) => FinalCall;
	/** The first stage has been judged. */
	readonly judged: (judgement: Judgement) => void;
	/** A stage before the last is served. True: it is audited, and a call beside it runs on as the audit, not to be stopped. */
	readonly served: () => boolean;
	/** What the last stage gave; to be served as it is returned. */
	readonly final: (final: FinalAnswer) => FinalAnswer;
}

/** What an isolate decides by; of an epoch 0 where it holds no lease. */
type Regime = Pick<EvidenceLease, "epoch" | "phase" | "auditPropensity">;

/**
 * Begins the evidence of one run whose first stage has this guarantee. Exactly one entry comes of a run whose first stage
 * answered, or that the gate sent past it, and none of any other.
 */
export function beginEvidence(
	run: StageRun,
	cascade: Cascade,
	guarantee: Guarantee,
	given: Evidence,
	isGated: boolean,
): EvidenceRun {
	const [first, last] = [cascade.stages[0] as StagePolicy, cascade.stages.at(-1) as StagePolicy];
	const evidence = withCosts(given, run.record, first.name);
	const audited: AuditedRun = { run, cascade, first, last, evidence };
	const { configHash, terms } = evidence;
	// Asked for now, so that an isolate that has to look does so while the first stage answers.
	const leased = evidence.lease();
	let beside: BesideCall | null = null;
	let row: Row | null = null;
	/** The label of an escalated answer, while it is waited for. */
	let awaited: AwaitedLabel | null = null;

	const regimeOf = (lease: EvidenceLease | null): Regime =>
		lease?.configHash === configHash ? lease : { epoch: 0, phase: 0, auditPropensity: terms.auditPropensity };
	const entryOf = (
		{ epoch, phase }: Regime,
		about: Pick<UnlabelledEntry, "confidence" | "served" | "inScope" | "propensity">,
	): UnlabelledEntry => ({
		requestId: run.requestId,
		...(evidence.item === undefined ? {} : { item: evidence.item }),
		at: evidence.at,
		policyRevision: evidence.policyRevision,
		epoch,
		phase,
		...about,
	});
	const toss = (propensity: PartsPerMillion) => Math.floor(evidence.random() * CERTAIN) < propensity;
	const without = (entry: UnlabelledEntry, draw: "not-drawn" | "unobserved") =>
		evidence.record({ ...entry, draw, wrong: null });

	let regime = leased instanceof Promise ? null : regimeOf(leased);
	const gated = isGated ? gatedEntry(regime ?? regimeOf(null)) : null;
	const releaseGated = gated === null ? null : evidence.hold();

	function gatedEntry(known: Regime): UnlabelledEntry | null {
		const propensity = known.auditPropensity;
		const entry = entryOf(known, { confidence: null, served: "gated", inScope: true, propensity });
		if (toss(propensity)) return entry;
		without(entry, "not-drawn");
		return null;
	}

	const decide = (lease: EvidenceLease | null) => {
		const effective = effectiveThreshold({
			guarantee,
			manual: first.threshold,
			lease,
			configHash,
			now: run.clock.now(),
		});
		const held = regimeOf(lease);
		// A manual threshold may accept what the lease's phase escalates, whose labels are certain: a row of less would be
		// refused, and refusing rows by their score would be choosing among them.
		regime = effective.source === "manual" && held.epoch > 0 ? { ...held, auditPropensity: CERTAIN } : held;
		return effective;
	};

	/** The last stage's answer to a request of which the first stage's is to be labelled. */
	const compare = (reference: Completion): void => {
		if (gated !== null) evidence.later(() => auditGated(audited, gated, reference));
		releaseGated?.();
		const known = row;
		if (known === null) return;
		const told = awaited?.settle() ?? null;
		const isBrief = told === null && isBrieflyLabelled(audited, known, reference);
		evidence.later(() => labelEscalated(audited, known, reference, told), isBrief);
		awaited?.release();
	};

	/** Such a request to which the last stage gave none. It must not vanish, or a failure that depends on it would hide it. */
	const giveUp = (failure: StageFailure["kind"]): void => {
		if (gated !== null) evidence.later(() => auditGated(audited, gated, null));
		releaseGated?.();
		const known = row;
		if (known === null) return;
		const told = awaited?.settle() ?? null;
		// The client's leaving ended the call that was to label it, so another is made: its label was due for certain.
		if (failure === "aborted" && !evidence.isDown(last)) evidence.later(() => audit(audited, known, { told }));
		else if (told !== null) evidence.later(() => tellFailed(told));
		else if (failure === "aborted" || isOutage(failure)) without(known.entry, "unobserved");
		else evidence.record({ ...known.entry, draw: "labelled", wrong: true });
		awaited?.release();
	};

	const watched = (stream: StageStream): StageStream => {
		const { live, passed } = watchStream(stream.live);
		const { signal } = run;
		let [isTold, hasLeft] = [false, false];
		const tell = async () => {
			if (isTold) return;
			isTold = true;
			signal.removeEventListener("abort", leave);
			const bytes = passed();
			const reference = bytes === null ? null : evidence.readStream(bytes);
			if (reference !== null) compare(reference);
			else giveUp(hasLeft && bytes !== null ? "aborted" : "broken-off");
		};
		// A stream whose reader has gone may never be read again, nor be told to have ended.
		const leave = () => {
			hasLeft = true;
			evidence.later(tell);
		};
		if (signal.aborted) leave();
		else signal.addEventListener("abort", leave);
		const ended: StageStream["ended"] = (usage, failure) => {
			stream.ended?.(usage, failure);
			hasLeft = signal.aborted;
			evidence.later(tell);
		};
		return { ...stream, live, ended };
	};

	return {
		certified: () => (leased instanceof Promise ? leased.then(decide) : decide(leased)),
		beside(begin) {
			const asked = (failure: StageFailure | null) => evidence.asked(last, failure);
			beside = besideCall(run, last, { readStream: evidence.readStream, asked }, begin);
			return beside;
		},
		judged(judgement) {
			if (judgement.kind === "accepted-live") return;
			const { kind, answer, trailEntry } = judgement;
			const isAccepted = kind === "accepted";
			// Others gave no answer: they failed, or were not asked.
			if (!isAccepted && trailEntry.outcome !== "deferred") return;
			const { confidence } = trailEntry;
			const inScope = answer !== null && isInScope(guarantee, cascade.labeller, run.request, answer);
			const entryIn = (known: Regime) => {
				const propensity = isAccepted ? known.auditPropensity : CERTAIN;
				return entryOf(known, { confidence, served: isAccepted ? "accepted" : "escalated", inScope, propensity });
			};
			if (regime !== null && answer !== null && confidence !== null && inScope) {
				row = { entry: entryIn(regime), edge: answer };
				if (!isAccepted) awaited = awaitLabel(audited, row);
				return;
			}
			// No promise is about it, so nobody needs its label.
			if (leased instanceof Promise) evidence.later(async () => without(entryIn(regimeOf(await leased)), "not-drawn"));
			else without(entryIn(regimeOf(leased)), "not-drawn");
		},
		served() {
			if (row === null) return false;
			const known = row;
			const { propensity } = known.entry;
			// A middle stage is served: the first one's label is not that of an answer that is there, but an audit's.
			const told = awaited?.settle() ?? null;
			const isDown = told === null && evidence.isDown(last);
			const isDrawn = !isDown && toss(propensity);
			if (!isDrawn) without(known.entry, isDown ? "unobserved" : "not-drawn");
			else {
				beside?.take();
				evidence.later(() => audit(audited, known, { beside, told }));
			}
			awaited?.release();
			return isDrawn;
		},
		final(final) {
			const health = healthOf(final);
			if (beside === null && health !== undefined) evidence.asked(last, health);
			if (row === null && gated === null) return final;
			if (final.kind === "live") return { ...final, stream: watched(final.stream) };
			if (final.kind === "whole") compare(final.answer);
			else giveUp(final.failure.kind);
			return final;
		},
	};
}
