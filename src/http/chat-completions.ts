import type { Context } from "hono";
import { runCascade, type CascadeOutcome, type Route } from "../cascade/run-cascade.ts";
import type { ChatRequest } from "../core/completion.ts";
import { parseJson } from "../core/json.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Cascade } from "../core/tenant-policy.ts";
import { readBounded } from "../web/read-bounded.ts";
import { encodeCompletion, encodeCompletionAsStream } from "../openai/encode-completion.ts";
import { errorReply, stageFailureReply, type ErrorReply } from "../openai/error-body.ts";
import { parseChatRequest } from "../openai/parse-chat-request.ts";
import { answerHeaders, failureHeaders } from "./answer-headers.ts";
import type { AppPorts } from "./app-ports.ts";
import { byteStream } from "../web/byte-stream.ts";
import { settledWithin } from "../web/settled-within.ts";
import { createObserver, type Observer } from "./observe.ts";
import { modelNotFound, readTenant } from "./read-tenant.ts";
import { commonHeaders, errorResponse, jsonReply } from "./reply.ts";
import { liveEvents, pendingEvents, type StreamContext } from "./stream-events.ts";

/** `POST /v1/chat/completions`: who asks, what is asked, which cascade, its answer. */
export async function chatCompletions(context: Context, ports: AppPorts, requestId: string): Promise<Response> {
	const receivedAt = ports.clock.now();
	const raw = context.req.raw;
	const tenant = await readTenant(raw, ports);
	if (!tenant.ok) return errorResponse(tenant.error, requestId);
	const { policy } = tenant.value.published;
	const request = await readChatRequest(raw, policy.limits);
	if (!request.ok) return errorResponse(request.error, requestId);
	const alias = request.value.model;
	const cascade = Object.hasOwn(policy.cascades, alias) ? policy.cascades[alias] : undefined;
	if (cascade === undefined) return errorResponse(modelNotFound(alias), requestId);
	const route = readRoute(raw.headers.get("x-cascade-route"), cascade);
	if (!route.ok) return errorResponse(route.error, requestId);

	const client = clientSignal(raw, request.value.stream);
	const running = runCascade(
		{
			request: request.value,
			requestId,
			maxOutputTokens: request.value.maxOutputTokens ?? policy.limits.maxOutputTokens,
			signal: client.signal,
			clock: ports.clock,
			resolveStage: ports.resolveStage,
		},
		cascade,
		route.value,
	);
	const exchange: Exchange = {
		request: request.value,
		requestId,
		ports,
		client,
		identity: { id: `chatcmpl-${requestId}`, created: Math.floor(receivedAt / 1000) },
		observer: createObserver(ports, { requestId, receivedAt, tenant: tenant.value, request: request.value }),
	};
	return request.value.stream ? streamReply(running, exchange) : plainReply(await running, exchange);
}

/** One request being answered. */
interface Exchange {
	readonly request: ChatRequest;
	readonly requestId: string;
	readonly ports: AppPorts;
	readonly client: ClientSignal;
	readonly identity: StreamContext["identity"];
	readonly observer: Observer;
}

function plainReply(outcome: CascadeOutcome, exchange: Exchange): Response {
	const { request, requestId, identity, observer } = exchange;
	if (outcome.kind === "live") throw new Error("a plain request was answered by a stream");
	if (outcome.kind === "failed") return failedReply(outcome, exchange);
	observer.ended({ kind: "answered", facts: outcome.facts });
	const headers = { ...commonHeaders(requestId), ...answerHeaders(outcome.facts) };
	return jsonReply(200, encodeCompletion(request, outcome.answer, identity, outcome.facts), headers);
}

async function streamReply(running: Promise<CascadeOutcome>, exchange: Exchange): Promise<Response> {
	const { request, requestId, ports, client, identity, observer } = exchange;
	const context: StreamContext = {
		request,
		identity,
		ports,
		clientLeft: () => client.signal.aborted,
		onEnd(end) {
			client.forget();
			observer.ended(end);
		},
	};
	const headers = { ...commonHeaders(requestId), "content-type": "text/event-stream; charset=utf-8" };
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
	observer.ended({ kind: "answered", facts: outcome.facts });
	return new Response(encodeCompletionAsStream(request, outcome.answer, identity, outcome.facts), {
		headers: allHeaders,
	});
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

async function readChatRequest(
	raw: Request,
	limits: { readonly maxBodyBytes: number; readonly maxOutputTokens: number },
): Promise<Result<ChatRequest, ErrorReply>> {
	const text = await readBounded(raw, limits.maxBodyBytes);
	if (!text.ok) {
		return err(
			errorReply({
				status: 413,
				code: "request_too_large",
				message: `The body is larger than ${limits.maxBodyBytes} bytes.`,
			}),
		);
	}
	const body = parseJson(text.value);
	if (body === undefined)
		return err(errorReply({ status: 400, code: "invalid_json", message: "The body is not valid JSON." }));
	const request = parseChatRequest(body);
	if (!request.ok) {
		const message = request.error.map((problem) => problem.message).join(" ");
		return err(errorReply({ status: 400, code: "invalid_request", param: request.error[0]?.param ?? null, message }));
	}
	if ((request.value.maxOutputTokens ?? 0) > limits.maxOutputTokens) {
		const param = request.value.body["max_completion_tokens"] == null ? "max_tokens" : "max_completion_tokens";
		return err(
			errorReply({
				status: 400,
				code: "invalid_request",
				param,
				message: `'${param}' must be at most ${limits.maxOutputTokens}, your policy's limit.`,
			}),
		);
	}
	return ok(request.value);
}

function readRoute(header: string | null, cascade: Cascade): Result<Route, ErrorReply> {
	if (header === null || header === "auto") return ok("auto");
	if (header !== "edge" && header !== "origin") {
		return err(
			errorReply({
				status: 400,
				code: "invalid_route",
				param: "x-cascade-route",
				message: "'x-cascade-route' must be auto, edge or origin.",
			}),
		);
	}
	if (!cascade.allowRouteHeader) {
		return err(
			errorReply({
				status: 403,
				code: "route_not_allowed",
				param: "x-cascade-route",
				message: "This cascade's policy does not allow 'x-cascade-route'.",
			}),
		);
	}
	return ok(header);
}

/** Aborts when the client leaves, by whichever way that becomes known. */
interface ClientSignal {
	readonly signal: AbortSignal;
	readonly leave: () => void;
	/** The exchange is over. */
	readonly forget: () => void;
}

function clientSignal(raw: Request, stream: boolean): ClientSignal {
	// Only a stream can notice the client's leaving in another way than by the request's own signal.
	if (!stream) return { signal: raw.signal, leave() {}, forget() {} };
	const controller = new AbortController();
	const leave = () => controller.abort();
	if (raw.signal.aborted) leave();
	else raw.signal.addEventListener("abort", leave);
	// A listener left on a request's signal keeps the whole exchange in memory over several garbage collections.
	return { signal: controller.signal, leave, forget: () => raw.signal.removeEventListener("abort", leave) };
}
