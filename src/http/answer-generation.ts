import type { Context } from "hono";
import type { Clock } from "../cascade/ports.ts";
import { runCascade, type CascadeOutcome } from "../cascade/run-cascade.ts";
import type { ChatRequest } from "../core/completion.ts";
import type { Endpoint } from "../core/observation.ts";
import type { Result } from "../core/result.ts";
import type { AnswerEncoder } from "../openai/answer-encoder.ts";
import { errorReply, stageFailureReply } from "../openai/error-body.ts";
import type { RequestProblem } from "../openai/parse-chat-request.ts";
import { byteStream } from "../web/byte-stream.ts";
import { settledWithin } from "../web/settled-within.ts";
import { answerHeaders, failureHeaders, timingHeader, type RequestTimes } from "./answer-headers.ts";
import type { AppPorts, StreamTimes } from "./app-ports.ts";
import { chooseRevision } from "./choose-revision.ts";
import { clientSignal, type ClientSignal } from "./client-signal.ts";
import { evidenceFor } from "./evidence.ts";
import { holdKey } from "./hold-key.ts";
import { createObserver, type Observer } from "./observe.ts";
import { invalidRequest, readJsonBody } from "./read-body.ts";
import { readCascade } from "./read-route.ts";
import { readTenant, spendingOf } from "./read-tenant.ts";
import { requestClock } from "./request-clock.ts";
import { commonHeaders, errorResponse, eventStreamReply, jsonReply } from "./reply.ts";
import { liveEvents, pendingEvents, type StreamContext } from "./stream-events.ts";

/** What tells the endpoints that generate text apart; the cascade behind them is one. */
export interface GenerationEndpoint {
	readonly name: Endpoint;
	/** Before the request's id, where the upstream gives its answer none. */
	readonly idPrefix: string;
	readonly parse: (body: unknown) => Result<GenerationRequest, readonly RequestProblem[]>;
}

/** One request, in the form that the cascade knows. */
interface GenerationRequest {
	readonly chat: ChatRequest;
	readonly encoder: AnswerEncoder;
	/** The field by which the client limited the answer's tokens. */
	readonly maxTokensParam: string;
}

/** Answers a request for generated text: who asks, what is asked, which cascade, its answer. */
export async function answerGeneration(
	endpoint: GenerationEndpoint,
	context: Context,
	ports: AppPorts,
	requestId: string,
): Promise<Response> {
	const clock = requestClock(ports.clock);
	const receivedAt = clock.now();
	const raw = context.req.raw;
	const tenant = await readTenant(raw, ports);
	if (!tenant.ok) return errorResponse(tenant.error, requestId);
	const authMs = clock.now() - receivedAt;
	const body = await readJsonBody(raw, tenant.value.published.policy.limits.maxBodyBytes);
	if (!body.ok) return errorResponse(body.error, requestId);
	const parsed = endpoint.parse(body.value);
	if (!parsed.ok) return errorResponse(invalidRequest(parsed.error), requestId);
	const { chat: request, encoder, maxTokensParam: param } = parsed.value;
	const chosen = chooseRevision(tenant.value, request);
	const { revision, policy, isCanary } = chosen;
	const { limits } = policy;
	if ((request.maxOutputTokens ?? 0) > limits.maxOutputTokens) {
		const message = `'${param}' must be at most ${limits.maxOutputTokens}, your policy's limit.`;
		return errorResponse(errorReply({ status: 400, code: "invalid_request", param, message }), requestId);
	}
	const routed = readCascade(raw, policy, request.model);
	if (!routed.ok) return errorResponse(routed.error, requestId);

	const { cascade, route } = routed.value;
	const claiming = holdKey({ raw, requestId, tenant: tenant.value.id, body: body.value, cascade, route }, ports);
	const held = claiming === undefined ? undefined : await claiming;
	if (held instanceof Response) return held;
	const evidence = evidenceFor(ports, tenant.value.id, chosen, request.model, cascade, receivedAt);
	const client = clientSignal(raw);
	const running = runCascade(
		{
			request,
			requestId,
			maxOutputTokens: request.maxOutputTokens ?? limits.maxOutputTokens,
			signal: client.signal,
			clock,
			arrivedAt: receivedAt,
			resolveStage: (stage) => ports.resolveStage(stage, tenant.value.id),
			hedges: ports.hedges,
			spending: spendingOf(tenant.value, ports),
			evidence: evidence?.of(),
			tracer: ports.tracerOf?.({
				requestId,
				tenant: tenant.value.id,
				cascade: request.model,
				policyRevision: revision,
			}),
		},
		cascade,
		route,
	);
	const observer = createObserver(ports, {
		requestId,
		receivedAt,
		authMs,
		tenant: tenant.value.id,
		revision,
		isCanary,
		endpoint: endpoint.name,
		request,
	});
	const exchange: Exchange = {
		request,
		encoder,
		requestId,
		revision,
		clock,
		times: ports.times,
		client,
		timesNow: () => ({ authMs, totalMs: clock.now() - receivedAt }),
		identity: { id: `${endpoint.idPrefix}${requestId}`, created: Math.floor(receivedAt / 1000) },
		observer: held?.watching(observer) ?? observer,
	};
	try {
		const reply = request.stream ? await streamReply(running, exchange) : plainReply(await running, exchange);
		if (!request.stream) client.forget();
		return held === undefined ? reply : await held.keep(reply);
	} catch (error) {
		client.forget();
		held?.giveBack();
		throw error;
	} finally {
		evidence?.answered();
	}
}

/** One request being answered. */
interface Exchange {
	readonly request: ChatRequest;
	readonly encoder: AnswerEncoder;
	readonly requestId: string;
	/** Of the policy that serves it. */
	readonly revision: number;
	readonly clock: Clock;
	readonly times: StreamTimes;
	readonly client: ClientSignal;
	readonly timesNow: () => RequestTimes;
	readonly identity: StreamContext["identity"];
	readonly observer: Observer;
}

function plainReply(outcome: CascadeOutcome, exchange: Exchange): Response {
	const { encoder, requestId, revision, timesNow, identity, observer } = exchange;
	if (outcome.kind === "live") throw new Error("a plain request was answered by a stream");
	if (outcome.kind === "failed") return failedReply(outcome, exchange);
	observer.ended({ kind: "answered", facts: outcome.facts });
	const headers = { ...commonHeaders(requestId, revision), ...answerHeaders(outcome.facts, timesNow()) };
	return jsonReply(200, encoder.whole(outcome.answer, identity, outcome.facts), headers);
}

async function streamReply(running: Promise<CascadeOutcome>, exchange: Exchange): Promise<Response> {
	const { request, encoder, requestId, revision, clock, times, client, timesNow, identity, observer } = exchange;
	const context: StreamContext = {
		request,
		encoder,
		identity,
		clock,
		times,
		clientLeft: () => client.signal.aborted,
		onEnd(end) {
			client.forget();
			observer.ended(end);
		},
	};
	const headers = commonHeaders(requestId, revision);
	const outcome = await settledWithin(running, times.pendingAfterMs, clock);
	if (outcome === undefined) {
		const events = pendingEvents(running, context, (failed) => {
			client.forget();
			observer.failed(failed);
		});
		const pending = { "x-cascade-stage": "pending", ...timingHeader(timesNow(), { trail: [], calls: [] }) };
		return eventStreamReply(byteStream(events, clock, client.leave), { ...headers, ...pending });
	}
	if (outcome.kind !== "live") client.forget();
	if (outcome.kind === "failed") return failedReply(outcome, exchange);
	const allHeaders = { ...headers, ...answerHeaders(outcome.facts, timesNow()) };
	if (outcome.kind === "live") {
		const leave = () => {
			client.leave();
			outcome.abort();
		};
		return eventStreamReply(byteStream(liveEvents(outcome, context), clock, leave), allHeaders);
	}
	observer.ended({ kind: "answered", facts: outcome.facts, firstEventAt: clock.now() });
	return eventStreamReply(encoder.wholeAsStream(outcome.answer, identity, outcome.facts), allHeaders);
}

function failedReply(
	outcome: Extract<CascadeOutcome, { kind: "failed" }>,
	{ requestId, timesNow, observer }: Exchange,
): Response {
	observer.failed(outcome);
	const reply = stageFailureReply(outcome.failure, outcome.stage);
	const headers = { ...reply.headers, ...failureHeaders(outcome.record, timesNow()) };
	return errorResponse({ ...reply, headers }, requestId);
}
