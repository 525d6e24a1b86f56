import type { AnswerChecks } from "./answer-checks.ts";
import type { ConfidenceMethod } from "./confidence/method.ts";
import type { Price } from "./cost.ts";
import type { DeclaredRanges } from "./evidence/declared-ranges.ts";
import type { Guarantee } from "./evidence/guarantee.ts";
import type { Labeller } from "./evidence/labeller.ts";
import type { Gate } from "./gate.ts";

/** One stage of a cascade: a model, how sure it must be, how long it may take, what it costs. */
export interface StagePolicy {
	readonly name: string;
	readonly adapter: "workers-ai" | "openai";
	/** The upstream's own name for the model. */
	readonly model: string;
	/** Name of an operator-defined origin; set exactly for `openai`. A tenant never sets a URL. */
	readonly origin?: string | undefined;
	/** How the answer is judged; absent exactly on the last stage. */
	readonly confidence?: ConfidenceMethod | undefined;
	/**
	 * The least confidence accepted, set by hand. Absent on the last stage, and under a guarantee, unless that falls back
	 * on it.
	 */
	readonly threshold?: number | undefined;
	/** What accepted answers are promised to be; on a first stage alone, whose threshold then follows from the evidence. */
	readonly guarantee?: Guarantee | undefined;
	/** Milliseconds for this stage's answer; default: 40% of what is left of the cascade's. */
	readonly timeoutMs?: number | undefined;
	/** The same model at another origin, for the last stage alone; absent: nobody else is asked. */
	readonly hedge?: { readonly origin: string; readonly afterMs: number } | undefined;
	readonly price: Price;
	/** What a probe has shown of the model, where the capability table does not know it or is wrong. */
	readonly logprobs?: boolean | undefined;
	readonly tools?: boolean | undefined;
	readonly shape?: StageShape | undefined;
}

/**
 * The wire form that a model speaks. Workers AI: `chat-completions`, `native`, `text-classification`, `llama-guard`;
 * an origin: `chat-completions` or `moderations`, which is OpenAI's moderation endpoint.
 */
export type StageShape = "chat-completions" | "native" | "text-classification" | "llama-guard" | "moderations";

/** A named list of stages; the request's `model` is its name. */
export interface Cascade {
	readonly stages: readonly StagePolicy[];
	/** Milliseconds to the first content byte of a stream, or to the whole plain answer. */
	readonly timeoutMs: number;
	/** When the last stage fails: serve the last answer held, marked as such, or fail. */
	readonly onOriginFailure: "serve-edge-answer" | "fail";
	/** Whether the client may force a stage with `x-cascade-route`. */
	readonly allowRouteHeader: boolean;
	/** `parallel`: the last stage is asked together with the first, and stopped where an earlier answer is accepted. */
	readonly mode: "sequential" | "parallel";
	readonly checks: AnswerChecks;
	readonly gate?: Gate | undefined;
	/** What decides whether a guaranteed stage's answer was wrong. */
	readonly labeller: Labeller;
	/** Share of accepted answers of a guaranteed stage that are also sent to the last stage, to be labelled. */
	readonly auditRate: number;
	/** Ranges of parameters; requests outside them go past the small models. Absent: none do. */
	readonly declaredRanges?: DeclaredRanges | undefined;
	/** Allows texts to be kept: of audited answers for so long, and anchors until they are replaced; absent: no text is kept anywhere. */
	readonly retainText?: { readonly hours: number } | undefined;
}

/** A model that turns text into vectors; there is nothing to cascade, so requests for it are passed on. */
export interface EmbeddingsPolicy {
	readonly adapter: "workers-ai" | "openai";
	/** The upstream's own name for the model. */
	readonly model: string;
	/** Name of an operator-defined origin; set exactly for `openai`. */
	readonly origin?: string | undefined;
	readonly price: Price;
	readonly timeoutMs: number;
}

/** A tenant's budget. Days are those of UTC. */
export interface BudgetPolicy {
	readonly usdPerDay: number;
	/** When the last stage cannot be paid for: serve the last answer held, marked as such, or fail. */
	readonly onExhausted: "serve-edge-answer" | "fail";
}

/** A tenant's whole policy. */
export interface TenantPolicy {
	readonly version: 1;
	readonly cascades: Readonly<Record<string, Cascade>>;
	/** By the name that clients send as `model` to `/v1/embeddings`. */
	readonly embeddings: Readonly<Record<string, EmbeddingsPolicy>>;
	/** The cascade of requests that name no model. */
	readonly defaults: {
		readonly moderations?: string | undefined;
	};
	/** What may be spent on models; absent: anything. */
	readonly budget?: BudgetPolicy | undefined;
	readonly limits: {
		readonly maxBodyBytes: number;
		/** The most a client may ask for, and what a small model is given where the client asks for nothing. */
		readonly maxOutputTokens: number;
		/** One of the operator's rate tiers, which says how often the tenant may ask; absent: as often as it likes. */
		readonly rateTier?: string | undefined;
	};
}

/** One thing wrong with a document, at a path such as `cascades.chat.stages[0].threshold`. */
export interface PolicyProblem {
	readonly path: string;
	readonly message: string;
}

/** The policy format's bounds; `docs/storage.md` lists them. */
export const POLICY_LIMITS = {
	cascades: 64,
	stages: 5,
	timeoutMs: { least: 1_000, default: 55_000, most: 600_000 },
	usdPerDay: { least: 0, most: 1_000_000 },
	maxBodyBytes: { least: 1_024, default: 1_048_576, most: 26_214_400 },
	maxOutputTokens: { default: 4_096, most: 1_048_576 },
	samples: { least: 2, most: 10 },
	labels: { least: 2, most: 20 },
	auditRate: { least: 0.001, default: 0.05, most: 1 },
	retainTextHours: { least: 1, most: 720 },
} as const;
