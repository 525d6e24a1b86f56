import {
	ANCHOR_LIMITS,
	NO_ANCHORS,
	type AnchorCheck,
	type AnchorLedgerPort,
	type AnchorReport,
} from "../core/evidence/anchors.ts";
import { err, ok } from "../core/result.ts";
import { hasDrifted, judgeLogs, missedAtMost, stepJudge, watchJudge } from "../tuning/evidence/judge-drift.ts";
import { invalid } from "./acts.ts";
import { tooManyActs, type EvidenceAct } from "./evidence-acts.ts";
import { note, type EvidenceWork } from "./evidence-work.ts";

/** Puts anchors in the place of those there, and takes back a freeze: a person has looked. */
export function putAnchors({
	anchors,
	targetDisagreement,
}: Pick<Parameters<AnchorLedgerPort["putAnchors"]>[0], "anchors" | "targetDisagreement">): EvidenceAct<AnchorReport> {
	return (work, context) => {
		const refusal = tooManyActs(work, context);
		if (refusal !== undefined) return refusal;
		const { stores, state } = work;
		if (anchors.length > ANCHOR_LIMITS.anchors)
			return invalid("anchors", `must hold at most ${ANCHOR_LIMITS.anchors} anchors`);
		if (!(targetDisagreement > 0 && targetDisagreement < 1))
			return invalid("targetDisagreement", "must be a number above 0 and below 1");
		const set = (stores.anchors.set()?.set ?? 0) + 1;
		const watch = watchJudge(targetDisagreement);
		stores.anchors.put({ set, anchors: anchors.length, watch, driftAt: null }, anchors);
		state.judgeDriftAt = null;
		return ok({ value: anchorReport(work), detail: { set, anchors: anchors.length, targetDisagreement } });
	};
}

/** Counts what the labeller said of the anchors; where it has drifted, nothing is certified any more. */
export function checkAnchors({
	set,
	verdicts,
	costUsd,
}: Omit<Parameters<AnchorLedgerPort["checkAnchors"]>[0], "actor">): EvidenceAct<AnchorReport> {
	return (work, context) => {
		const refusal = tooManyActs(work, context);
		if (refusal !== undefined) return refusal;
		const { stores, state, now } = work;
		const known = stores.anchors.set();
		const anchors = stores.anchors.anchors();
		if (known?.set !== set || verdicts.length !== anchors.length)
			return err({ kind: "not-applicable", message: "Other anchors were put meanwhile: check those." });
		const check: AnchorCheck = { at: now, n: anchors.length, ...countsOf(anchors, verdicts), costUsd };
		const watch = stepJudge(known.watch, check);
		const driftAt = known.driftAt ?? (hasDrifted(watch) ? now : null);
		stores.anchors.addCheck({ ...known, watch, driftAt }, check);
		const { n, disagreements, missed, failed } = check;
		if (driftAt !== null && known.driftAt === null) note(work, "evidence.judge-drift", { set, n, disagreements });
		state.judgeDriftAt = driftAt;
		return ok({
			value: anchorReport(work),
			detail: { set, n, disagreements, missed, failed, drifted: driftAt !== null },
		});
	};
}

/** How the anchors stand. */
export function anchorReport({ stores, identity }: Pick<EvidenceWork, "stores" | "identity">): AnchorReport {
	const known = stores.anchors.set();
	if (known === null) return NO_ANCHORS;
	const { set, anchors, watch, driftAt } = known;
	const checks = stores.anchors.checks();
	const latest = checks.at(-1);
	const { value, level } = judgeLogs(watch);
	const { delta } = identity.terms.guarantee;
	return {
		set,
		anchors,
		targetDisagreement: watch.targetDisagreement,
		checks,
		logValue: Number.isFinite(value) ? value : null,
		logLevel: level,
		driftAt,
		missed: latest === undefined ? null : { atMost: missedAtMost(latest, delta), delta },
	};
}

function countsOf(
	anchors: readonly { readonly wrong: boolean }[],
	verdicts: Parameters<AnchorLedgerPort["checkAnchors"]>[0]["verdicts"],
): Pick<AnchorCheck, "disagreements" | "missed" | "failed"> {
	let [disagreements, missed, failed] = [0, 0, 0];
	for (const [position, { wrong }] of anchors.entries()) {
		const isRight = verdicts[position] === "right";
		if (isRight === wrong) disagreements += 1;
		if (isRight && wrong) missed += 1;
		if (verdicts[position] === "failed") failed += 1;
	}
	return { disagreements, missed, failed };
}
