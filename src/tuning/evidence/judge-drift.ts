import { clopperPearsonUpper } from "../bounds/clopper-pearson.ts";
import { alarmLevel, alarmLogValue, createAlarm, stepAlarm, type AlarmState } from "./alarm.ts";

/** A labeller held against people's verdicts on a fixed set of answers, again and again. */
export interface JudgeWatch {
	readonly targetDisagreement: number;
	readonly alarm: AlarmState;
}

/** A watch that has seen nothing. */
export function watchJudge(targetDisagreement: number): JudgeWatch {
	return { targetDisagreement, alarm: createAlarm() };
}

/**
 * The watch after one check of the whole set. The null hypothesis is about this set: that the mean, over its answers, of the
 * chance that the labeller disagrees is at most the target, given what was seen before. The answers' chances may differ: the
 * product of the likelihood ratios then has a mean of at most that at equal chances (the geometric mean is the lesser), so
 * the e-detector of `alarm.ts` holds as it stands, a check being one step.
 */
export function stepJudge(
	watch: JudgeWatch,
	check: { readonly n: number; readonly disagreements: number },
): JudgeWatch {
	const { targetDisagreement: boundary, alarm } = watch;
	return { ...watch, alarm: stepAlarm(alarm, [{ boundary, n: check.n, wrong: check.disagreements }]) };
}

/** ln of the detector, and of its level: while the target is kept, on average at least 1,000 checks pass until it is reached. */
export function judgeLogs({ targetDisagreement: boundary, alarm }: JudgeWatch): {
	readonly value: number;
	readonly level: number;
} {
	return { value: alarmLogValue(alarm), level: Math.log(alarmLevel({ stepsPerDay: 0, boundary })) };
}

/** Whether the labeller has drifted. */
export function hasDrifted(watch: JudgeWatch): boolean {
	const { value, level } = judgeLogs(watch);
	return value >= level;
}

/**
 * What the true risk may exceed the labelled one by: an upper bound, at confidence 1 − `delta`, of the chance that the
 * labeller finds right what is wrong, from `missed` of `n` answers drawn as the anchors were (Clopper-Pearson). For selective risk,
 * anchors drawn from accepted answers: P(wrong) ≤ P(labelled wrong) + P(labelled right and wrong).
 */
export function missedAtMost(check: { readonly n: number; readonly missed: number }, delta: number): number {
	return clopperPearsonUpper(check.missed, check.n, delta);
}
