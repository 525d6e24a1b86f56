import type { Context } from "hono";
import { startDeadline } from "../cascade/deadline.ts";
import type { EmbeddingsFailure } from "../cascade/embeddings-port.ts";
import { emptyRecord, recordCall, recordFailedCall, timingOf } from "../cascade/run-record.ts";
import { reserveUsage, UNLIMITED } from "../cascade/reserve-call.ts";
import { totalCost } from "../core/cost.ts";
import type { Observation } from "../core/observation.ts";
import { ok } from "../core/result.ts";
import type { EmbeddingsPolicy } from "../core/tenant-policy.ts";
import { stageFailureReply } from "../openai/error-body.ts";
import { estimatedInput, parseEmbeddingsRequest } from "../openai/embeddings/parse-embeddings-request.ts";
import { costHeaders, timingHeader } from "./answer-headers.ts";
import type { AppPorts } from "./app-ports.ts";
import { invalidRequest, readJsonBody } from "./read-body.ts";
import { modelNotFound, readTenant, spendingOf, type Tenant } from "./read-tenant.ts";
import { commonHeaders, errorResponse, jsonReply } from "./reply.ts";

/** `POST /v1/embeddings`: passed on to the model that the policy names; vectors are compared, so nothing is cascaded. */
export async function embeddings(context: Context, ports: AppPorts, requestId: string): Promise<Response> {
	const receivedAt = ports.clock.now();
	const raw = context.req.raw;
	const tenant = await readTenant(raw, ports);
	if (!tenant.ok) return errorResponse(tenant.error, requestId);
	const authMs = ports.clock.now() - receivedAt;
	const { embeddings: models, limits } = tenant.value.published.policy;
	const body = await readJsonBody(raw, limits.maxBodyBytes);
	if (!body.ok) return errorResponse(body.error, requestId);
	const parsed = parseEmbeddingsRequest(body.value);
	if (!parsed.ok) return errorResponse(invalidRequest(parsed.error), requestId);
	const request = parsed.value;
	const policy = Object.hasOwn(models, request.model) ? models[request.model] : undefined;
	if (policy === undefined) return errorResponse(modelNotFound(request.model, "embeddings models"), requestId);

	const startedAt = ports.clock.now();
	const deadline = startDeadline(ports.clock, policy.timeoutMs, raw.signal);
	const spending = spendingOf(tenant.value, ports);
	const reserved =
		spending === undefined
			? ok(UNLIMITED)
			: await reserveUsage(spending, policy.price, { inputTokens: estimatedInput(request), outputTokens: 0 }, deadline);
	const answered = reserved.ok
		? await deadline.race(ports.embed({ policy, request, requestId, signal: deadline.signal }))
		: reserved;
	deadline.abort();
	const exchange = { requestId, receivedAt, authMs, startedAt, tenant: tenant.value, alias: request.model, policy };
	if (answered?.ok !== true) {
		const failure: EmbeddingsFailure = deadline.causeOf(answered?.error);
		const costUsd = record(ports, exchange, { failure, called: reserved.ok });
		if (reserved.ok) reserved.value.settle(costUsd);
		return errorResponse(stageFailureReply(failure, request.model), requestId);
	}
	const { body: answer, promptTokens } = answered.value;
	const costUsd = record(ports, exchange, { promptTokens });
	if (reserved.ok) reserved.value.settle(costUsd);
	const { revision } = tenant.value.published;
	const headers = {
		...commonHeaders(requestId, revision),
		...costHeaders({ costUsd, savedUsd: null }),
		...timingHeader({ authMs, totalMs: ports.clock.now() - receivedAt }, { trail: [], calls: [] }),
	};
	return jsonReply(200, { ...answer, model: request.model }, headers);
}

interface Exchange {
	readonly requestId: string;
	readonly receivedAt: number;
	/** Until the tenant was known. */
	readonly authMs: number;
	readonly startedAt: number;
	readonly tenant: Tenant;
	readonly alias: string;
	readonly policy: EmbeddingsPolicy;
}

/** Writes the request's one record; returns what the call cost, null where that is not known. */
function record(
	ports: Pick<AppPorts, "observations" | "clock">,
	{ requestId, receivedAt, authMs, startedAt, tenant, alias, policy }: Exchange,
	end: { readonly failure: EmbeddingsFailure; readonly called: boolean } | { readonly promptTokens: number | null },
): number | null {
	const now = ports.clock.now();
	const { trail, calls } = emptyRecord();
	const called = { stage: alias, model: policy.model, purpose: "answer" as const };
	const call = timingOf({ clock: ports.clock, arrivedAt: receivedAt }, called, { startedAt, endedAt: now });
	if ("failure" in end && end.failure.partlyAnswered !== true) {
		if (end.called) recordFailedCall({ calls }, call, end.failure);
	} else {
		const promptTokens = "failure" in end ? null : end.promptTokens;
		const usage = promptTokens === null ? null : { inputTokens: promptTokens, outputTokens: 0 };
		recordCall({ calls }, call, policy.price, usage);
	}
	const costUsd = totalCost(calls);
	const failure = "failure" in end ? end.failure.kind : null;
	const outcome: Observation["outcome"] =
		failure === null ? "answered" : failure === "aborted" ? "client-left" : "failed";
	ports.observations.record({
		version: 1,
		requestId,
		endpoint: "embeddings",
		tenant: tenant.id,
		cascade: alias,
		policyRevision: tenant.published.revision,
		at: receivedAt,
		stream: false,
		outcome,
		stage: null,
		reason: null,
		failure,
		trail,
		calls,
		costUsd,
		savedUsd: null,
		authMs,
		durationMs: now - receivedAt,
	});
	return costUsd;
}
