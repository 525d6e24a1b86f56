import { Option, type Command } from "commander";
import { ok, type Result } from "../../core/result.ts";
import type { RiskKind } from "../../tuning/selection/risk.ts";
import { refused, usage, type Failure } from "./load-cascade.ts";
import { readNumberList, readNumberOption, readWholeOption, type LogOptions } from "./log-options.ts";
import type { Score, TuningQuestion } from "./tuning-question.ts";

/** What a user says of the claim. */
export interface ClaimOptions {
	readonly risk: RiskKind;
	readonly target: string;
	readonly delta: string;
	readonly onLabel?: string;
	readonly starts?: string;
	readonly seed: string;
	/** Only of `cascade tune`. */
	readonly score?: Score;
	readonly calibrationShare?: string;
}

/** How attempts are counted. */
export interface CountOptions {
	readonly attempts?: string;
	readonly attemptsFile?: string;
}

/** Everything that `cascade tune` takes. */
export interface TuneOptions extends LogOptions, ClaimOptions, CountOptions {
	readonly labeller?: string;
	readonly certificate?: string;
	readonly expiresInDays?: string;
	readonly html?: string;
	readonly apply?: string;
	readonly stages?: string;
	readonly yes?: boolean;
	readonly url?: string;
	readonly key?: string;
}

/** The risks that can be certified. */
export const RISKS: readonly RiskKind[] = ["selective", "joint", "regret"];

/** Adds what says which claim is wanted. */
export function withClaimOptions(command: Command): Command {
	return command
		.addOption(
			new Option("--risk <risk>", "wrong among accepted, accepted and wrong, or worse than the origin alone")
				.choices(RISKS)
				.default("selective"),
		)
		.requiredOption("--target <risk>", "the most that the risk may be, such as 0.05")
		.option("--delta <chance>", "the most that the chance of a false claim may be, over all attempts", "0.1")
		.option("--on-label <label>", "claim it of the answers with this label alone")
		.option(
			"--starts <coverages>",
			"shares of rows at which testing begins, such as 0.2,0.4,0.6; delta is split between them; default: 0.2, or as much as the labels need; of joint risk the strictest",
		)
		.option("--seed <number>", "decides every draw", "1");
}

/** Adds what says how attempts are counted. */
export function withCountOptions(command: Command): Command {
	return command
		.option(
			"--attempts <number>",
			"how many questions you will ask of these rows at most, each at an equal share of delta",
		)
		.option("--attempts-file <file>", "where attempts are counted; default: $XDG_STATE_HOME/edge-cascade/attempts");
}

/** The question that the options ask; its delta is the whole one, before attempts have their shares. */
export function readQuestion(options: ClaimOptions): Result<TuningQuestion, Failure> {
	const { risk, score = "raw" } = options;
	const target = readNumberOption("--target", options.target, { least: risk === "regret" ? -1 : 0, most: 1 });
	if (!target.ok) return usage(target.error);
	if (target.value === 1) return usage("--target: a risk of 1 is no target");
	const delta = readNumberOption("--delta", options.delta, { least: 0, most: 0.5 });
	if (!delta.ok) return usage(delta.error);
	const starts =
		options.starts === undefined
			? ok(null)
			: readNumberList("--starts", options.starts, { least: 0, most: 1, isLeastAllowed: true });
	if (!starts.ok) return usage(starts.error);
	const seed = readWholeOption("--seed", options.seed, 0);
	if (!seed.ok) return usage(seed.error);
	if (seed.value >= 2 ** 32) return usage("--seed: must be below 2^32");
	const share = readNumberOption("--calibration-share", options.calibrationShare ?? "1", { least: 0, most: 1 });
	if (!share.ok) return usage(share.error);
	return ok({
		risk,
		target: target.value,
		delta: delta.value,
		onLabel: options.onLabel ?? null,
		startCoverages: starts.value === null ? null : [...new Set(starts.value)].sort((left, right) => left - right),
		seed: seed.value,
		score,
		calibrationShare: share.value,
	});
}

/** How many attempts are planned; null where nobody said. */
export function readPlan({ attempts }: CountOptions): Result<number | undefined, Failure> {
	if (attempts === undefined) return ok(undefined);
	const planned = readWholeOption("--attempts", attempts, 1);
	return planned.ok ? planned : usage(planned.error);
}

/** When the certificate ends, as ISO 8601; null where it does not. */
export function readExpiry({ expiresInDays }: TuneOptions, now: Date): Result<string | null, Failure> {
	if (expiresInDays === undefined) return ok(null);
	const days = readNumberOption("--expires-in-days", expiresInDays, { least: 0, most: 36_500 });
	if (!days.ok) return usage(days.error);
	return ok(new Date(now.getTime() + days.value * 86_400_000).toISOString());
}

/** Options that promise what the chosen score cannot give. */
export function checkApplication({ apply, score, stages }: TuneOptions): Result<null, Failure> {
	if (apply === undefined) return stages === undefined ? ok(null) : usage("--stages is of --apply");
	if (score === undefined || score === "raw") return ok(null);
	return refused(
		`--apply sets thresholds on the confidence that the policy's method reads; a ${score} score is another number, which the Worker has to compute first`,
	);
}
