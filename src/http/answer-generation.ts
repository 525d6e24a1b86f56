import type { Context } from "hono";
import { runCascade, type CascadeOutcome } from "../cascade/run-cascade.ts";
import type { ChatRequest } from "../core/completion.ts";
import type { Endpoint } from "../core/observation.ts";
import type { Result } from "../core/result.ts";
import type { AnswerEncoder } from "../openai/answer-encoder.ts";
import { errorReply, stageFailureReply } from "../openai/error-body.ts";
import type { RequestProblem } from "../openai/parse-chat-request.ts";
import { byteStream } from "../web/byte-stream.ts";
import { settledWithin } from "../web/settled-within.ts";
import { answerHeaders, failureHeaders } from "./answer-headers.ts";
import type { AppPorts } from "./app-ports.ts";
import { chooseRevision } from "./choose-revision.ts";
import { clientSignal, type ClientSignal } from "./client-signal.ts";
import { evidenceFor } from "./evidence.ts";
import { holdKey } from "./hold-key.ts";
import { createObserver, type Observer } from "./observe.ts";
import { invalidRequest, readJsonBody } from "./read-body.ts";
import { readCascade } from "./read-route.ts";
import { readTenant, spendingOf } from "./read-tenant.ts";
import { commonHeaders, errorResponse, jsonReply } from "./reply.ts";
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
	const receivedAt = ports.clock.now();
	const raw = context.req.raw;
	const tenant = await readTenant(raw, ports);
	if (!tenant.ok) return errorResponse(tenant.error, requestId);
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
	const client = clientSignal(raw, request.stream);
	const running = runCascade(
		{
			request,
			requestId,
			maxOutputTokens: request.maxOutputTokens ?? limits.maxOutputTokens,
			signal: client.signal,
			clock: ports.clock,
			arrivedAt: receivedAt,
			resolveStage: ports.resolveStage,
			hedges: ports.hedges,
			spending: spendingOf(tenant.value, ports),
			evidence: evidence?.of(),
		},
		cascade,
		route,
	);
	const observer = createObserver(ports, {
		requestId,
		receivedAt,
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
		ports,
		client,
		identity: { id: `${endpoint.idPrefix}${requestId}`, created: Math.floor(receivedAt / 1000) },
		observer: held?.watching(observer) ?? observer,
	};
	try {
		const reply = request.stream ? await streamReply(running, exchange) : plainReply(await running, exchange);
		return held === undefined ? reply : await held.keep(reply);
	} catch (error) {
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
	readonly ports: AppPorts;
	readonly client: ClientSignal;
	readonly identity: StreamContext["identity"];
	readonly observer: Observer;
}

function plainReply(outcome: CascadeOutcome, exchange: Exchange): Response {
	const { encoder, requestId, revision, identity, observer } = exchange;
	if (outcome.kind === "live") throw new Error("a plain request was answered by a stream");
	if (outcome.kind === "failed") return failedReply(outcome, exchange);
	observer.ended({ kind: "answered", facts: outcome.facts });
	const headers = { ...commonHeaders(requestId, revision), ...answerHeaders(outcome.facts) };
	return jsonReply(200, encoder.whole(outcome.answer, identity, outcome.facts), headers);
}

async function streamReply(running: Promise<CascadeOutcome>, exchange: Exchange): Promise<Response> {
	const { request, encoder, requestId, revision, ports, client, identity, observer } = exchange;
	const context: StreamContext = {
		request,
		encoder,
		identity,
		ports,
		clientLeft: () => client.signal.aborted,
		onEnd(end) {
			client.forget();
			observer.ended(end);
		},
	};
	const headers = { ...commonHeaders(requestId, revision), "content-type": "text/event-stream; charset=utf-8" };
	const outcome = await settledWithin(running, ports.times.pendingAfterMs, ports.clock);
	if (outcome === undefined) {
		const events = pendingEvents(running, context, (failed) => {
			client.forget();
			observer.failed(failed);
		});
		return new Response(byteStream(events, client.leave), { headers: { ...headers, "x-cascade-stage": "pending" } });
	}
	if (outcome.kind !== "live") client.forget();
	if (outcome.kind === "failed") return failedReply(outcome, exchange);
	const allHeaders = { ...headers, ...answerHeaders(outcome.facts) };
	if (outcome.kind === "live") {
		const leave = () => {
			client.leave();
			outcome.abort();
		};
		return new Response(byteStream(liveEvents(outcome, context), leave), { headers: allHeaders });
	}
	observer.ended({ kind: "answered", facts: outcome.facts, firstEventAt: ports.clock.now() });
	return new Response(encoder.wholeAsStream(outcome.answer, identity, outcome.facts), { headers: allHeaders });
}

function failedReply(
	outcome: Extract<CascadeOutcome, { kind: "failed" }>,
	{ requestId, observer }: Exchange,
): Response {
	observer.failed(outcome);
	const reply = stageFailureReply(outcome.failure, outcome.stage);
	const headers = { ...reply.headers, ...failureHeaders(outcome.record.trail, outcome.record.calls) };
	return errorResponse({ ...reply, headers }, requestId);
}
