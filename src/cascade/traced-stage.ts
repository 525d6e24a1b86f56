import type { Completion, TokenUsage } from "../core/completion.ts";
import { ok, type Result } from "../core/result.ts";
import type { StageFailure } from "../core/stage-failure.ts";
import type { StagePolicy } from "../core/tenant-policy.ts";
import { TIME_IS_UP } from "./deadline.ts";
import type {
	CascadeStage,
	Clock,
	LiveAnswer,
	Span,
	SpanAttributes,
	StageCall,
	StageResolver,
	StreamEnded,
	Tracer,
} from "./ports.ts";

/** The conventions know no name for Workers AI, so this is ours; an origin speaks OpenAI's API, whoever runs it. */
const PROVIDERS: Readonly<Record<StagePolicy["adapter"], string>> = {
	"workers-ai": "cloudflare.workers_ai",
	openai: "openai",
};

/** What an upstream writes of itself is shown as far as this. */
const MOST_CHARACTERS = 100;

/**
 * The same stages, each of whose calls is a span, as OpenTelemetry's conventions for generative AI have it (status "Development",
 * github.com/open-telemetry/semantic-conventions-genai). Messages and answers, which those make optional, are never on it. A
 * stream's span ends with the stream.
 */
export function tracedStages(tracer: Tracer, clock: Clock, resolveStage: StageResolver): StageResolver {
	return async (policy) => {
		const resolved = await resolveStage(policy);
		return resolved.ok ? ok(tracedStage(tracer, clock, policy, resolved.value)) : resolved;
	};
}

function tracedStage(tracer: Tracer, clock: Clock, policy: StagePolicy, stage: CascadeStage): CascadeStage {
	const operation = stage.capabilities.answers;
	/** Asks in a span, which ends where the call fails or is stopped; otherwise `ask` sees to its end. */
	const traced = <Value>(
		call: StageCall,
		ask: (call: StageCall, span: Span) => Promise<Result<Value, StageFailure>>,
	): Promise<Result<Value, StageFailure>> =>
		tracer.within(`${operation} ${call.model}`, callAttributes(policy, operation, call), async (begun) => {
			let retries = 0;
			const retried = () => {
				retries += 1;
				call.retried?.();
			};
			const span: Span = {
				end: (attributes) => begun.end({ ...attributes, "cascade.retries": retries === 0 ? undefined : retries }),
			};
			endWhenOver(call, span);
			const result = await ask({ ...call, retried }, span);
			if (!result.ok) span.end({ "error.type": result.error.kind });
			return result;
		});
	const streamed = (live: LiveAnswer, span: Span, startedAt: number): LiveAnswer => {
		const firstAfterSeconds = (clock.now() - startedAt) / 1_000;
		const ended: StreamEnded = (usage, failure) => {
			span.end({
				...usageAttributes(usage),
				"gen_ai.response.time_to_first_chunk": firstAfterSeconds,
				"error.type": failure,
			});
			live.ended?.(usage, failure);
		};
		return { ...live, ended };
	};
	return {
		capabilities: stage.capabilities,
		complete: (asked) =>
			traced(asked, async (call, span) => {
				const answered = await stage.complete(call);
				if (answered.ok) span.end(answerAttributes(answered.value));
				return answered;
			}),
		stream: (asked) =>
			traced(asked, async (call, span) => {
				const startedAt = clock.now();
				const opened = await stage.stream(call);
				return opened.ok ? ok(streamed(opened.value, span, startedAt)) : opened;
			}),
		streamPrefix: (asked, rule) =>
			traced(asked, async (call, span) => {
				const startedAt = clock.now();
				const opened = await stage.streamPrefix(call, rule);
				return opened.ok ? ok({ ...opened.value, live: streamed(opened.value.live, span, startedAt) }) : opened;
			}),
	};
}

/** Where nobody waits any more, the upstream may never be heard of again. */
function endWhenOver({ signal, onOver }: StageCall, span: Span): void {
	const over = () =>
		span.end(signal.reason === TIME_IS_UP ? { "error.type": "timeout" } : { "cascade.call.stopped": true });
	if (onOver === undefined) signal.addEventListener("abort", over);
	else onOver(over);
}

function callAttributes(policy: StagePolicy, operation: string, call: StageCall): SpanAttributes {
	const { request, purpose, seedOffset } = call;
	const temperature = call.temperature ?? request.body["temperature"];
	const isAnswer = purpose === "answer";
	return {
		"gen_ai.operation.name": operation,
		"gen_ai.provider.name": PROVIDERS[policy.adapter],
		"gen_ai.request.model": call.model,
		"gen_ai.request.max_tokens": call.maxOutputTokens,
		"gen_ai.request.temperature": typeof temperature === "number" ? temperature : undefined,
		"gen_ai.request.choice.count": isAnswer && request.choices > 1 ? request.choices : undefined,
		"cascade.stage": policy.name,
		"cascade.origin": policy.origin,
		"cascade.call.purpose": !isAnswer ? "verify" : seedOffset === undefined ? "answer" : "sample",
	};
}

function answerAttributes({ body, usage, finishReason }: Completion): SpanAttributes {
	return {
		"gen_ai.response.id": shown(body["id"]),
		"gen_ai.response.model": shown(body["model"]),
		// A list by the conventions, which the platform's spans cannot hold; of one choice it has one entry.
		"gen_ai.response.finish_reasons": finishReason === "unknown" ? undefined : finishReason,
		...usageAttributes(usage),
	};
}

function usageAttributes(usage: TokenUsage | null): SpanAttributes {
	return { "gen_ai.usage.input_tokens": usage?.inputTokens, "gen_ai.usage.output_tokens": usage?.outputTokens };
}

function shown(value: unknown): string | undefined {
	return typeof value === "string" ? value.slice(0, MOST_CHARACTERS) : undefined;
}
