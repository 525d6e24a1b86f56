import type { ChatRequest, Completion } from "../core/completion.ts";
import type { LabelVerdict } from "../core/evidence/labeller.ts";
import type { Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { Clock, Spending, StageResolver } from "./ports.ts";

/** Turns texts into vectors on Workers AI, one for each in their order. Never throws for what an upstream does. */
export type TextEmbedder = (call: {
	readonly model: string;
	readonly texts: readonly string[];
	readonly signal: AbortSignal;
}) => Promise<Result<readonly (readonly number[])[], StageFailure>>;

/** What a labeller may use. */
export interface LabelPorts {
	readonly clock: Clock;
	readonly resolveStage: StageResolver;
	readonly embedTexts: TextEmbedder;
	/** Absent: the tenant has no budget. */
	readonly spending?: Spending | undefined;
}

/** Two answers to one request. */
export interface AnswerPair {
	readonly request: ChatRequest;
	readonly requestId: string;
	readonly edge: Completion;
	/** The last stage's. */
	readonly reference: Completion;
}

/** A label, and what it took. */
export interface AnswerLabel {
	readonly verdict: LabelVerdict;
	/** US dollars of the labeller's calls; 0 where it made none, null where the cost of one is unknown. */
	readonly costUsd: number | null;
}
