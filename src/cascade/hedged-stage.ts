import { LEAST_MS_FOR_A_CALL, type StreamEnded } from "./ports.ts";
import { isOutage } from "../core/stage-failure.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";
import { beginFinalStage, type FinalAnswer, type FinalCall } from "./final-stage.ts";
import { usageOrEstimate } from "./run-record.ts";
import type { StageRun } from "./stage-run.ts";

/** What the trail says where the second origin's answer is served. */
const ofSecond = { detail: "second-origin", isOfSecond: true } as const;

/**
 * Asks the last stage, and where its policy has a second origin for it, that one too: at once where the first fails as by an
 * outage before it has begun to answer, and otherwise after `hedge.afterMs` without a beginning of an answer ("hedged requests":
 * Dean & Barroso, "The tail at scale", CACM 56, 2013). Whoever begins first is served; the other is stopped, and on record as
 * costing what the served answer does. Nothing is hedged once an answer has begun.
 */
export function beginLastStage(
	run: StageRun,
	stage: StagePolicy,
	msLeft: number,
	msInAll: number,
	ready?: () => Promise<boolean>,
): FinalCall {
	const { hedge } = stage;
	const first = beginFinalStage(run, stage, msLeft, msInAll, ready);
	const { clock, hedges } = run;
	if (hedge === undefined || hedges === undefined) return first;
	hedges.called();
	const endsAt = clock.now() + msLeft;
	const secondStage: StagePolicy = { ...stage, origin: hedge.origin };
	let second: FinalCall | null = null;
	let isStopped = false;

	const beginSecond = (): FinalCall | null => {
		const left = endsAt - clock.now();
		if (isStopped || run.signal.aborted || left < LEAST_MS_FOR_A_CALL) return null;
		second ??= beginFinalStage(run, secondStage, left, msInAll, ready);
		return second;
	};

	async function answer(): Promise<FinalAnswer> {
		let cancel = () => {};
		const isSlow = new Promise<"slow">((resolve) => {
			cancel = clock.setTimer(hedge?.afterMs ?? 0, () => resolve("slow"));
		});
		const early = await Promise.race([first.result, isSlow]);
		cancel();
		if (early !== "slow") return early.kind === "failed" && isOutage(early.failure.kind) ? insteadOf(early) : early;
		const other = hedges?.take() === true ? beginSecond() : null;
		return other === null ? first.result : firstToBegin(first, other);
	}

	/** The first has failed; where the second does too, that is what the client is told. */
	async function insteadOf(failed: Extract<FinalAnswer, { kind: "failed" }>): Promise<FinalAnswer> {
		const answered = await beginSecond()?.result;
		return answered === undefined || answered.kind === "failed"
			? failed
			: { ...answered, ...ofSecond, firstFailure: failed.failure };
	}

	async function firstToBegin(primary: FinalCall, other: FinalCall): Promise<FinalAnswer> {
		const named = async (call: FinalCall) => ({ call, final: await call.result });
		const racing = [named(primary), named(other)] as const;
		const sooner = await Promise.race(racing);
		const winner = sooner.final.kind === "failed" ? await racing[sooner.call === primary ? 1 : 0] : sooner;
		if (winner.final.kind === "failed") return primary.result;
		const loser = winner.call === primary ? other : primary;
		const final =
			winner.call === primary
				? winner.final
				: {
						...winner.final,
						...ofSecond,
						...(sooner.call === primary && sooner.final.kind === "failed"
							? { firstFailure: sooner.final.failure }
							: {}),
					};
		loser.stop();
		if (final.kind === "whole") {
			loser.account(usageOrEstimate(run.request, final.answer));
			return final;
		}
		const ended: StreamEnded = (usage, failure) => {
			final.stream.ended?.(usage, failure);
			loser.account(usage);
		};
		return { ...final, stream: { ...final.stream, ended } };
	}

	return {
		result: answer(),
		stop() {
			isStopped = true;
			first.stop();
			second?.stop();
		},
		account(likely) {
			first.account(likely);
			second?.account(likely);
		},
	};
}
