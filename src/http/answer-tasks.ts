import type { Context } from "hono";
import { runCascade, type CascadeOutcome, type Route } from "../cascade/run-cascade.ts";
import type { StageResolver } from "../cascade/ports.ts";
import type { CascadeFacts } from "../core/cascade-facts.ts";
import type { ChatRequest, Completion } from "../core/completion.ts";
import type { Endpoint } from "../core/observation.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Cascade, TenantPolicy } from "../core/tenant-policy.ts";
import { batchTotals, type BatchTotals } from "../openai/batch-totals.ts";
import { stageFailureReply, type ErrorReply } from "../openai/error-body.ts";
import { answerHeaders, costHeaders, failureHeaders, timingHeader, type RequestTimes } from "./answer-headers.ts";
import type { AppPorts } from "./app-ports.ts";
import { chooseRevision, type ChosenRevision } from "./choose-revision.ts";
import { clientSignal } from "./client-signal.ts";
import { evidenceFor } from "./evidence.ts";
import type { HeldKey } from "./held-key.ts";
import { holdKey } from "./hold-key.ts";
import { createObserver } from "./observe.ts";
import { readJsonBody } from "./read-body.ts";
import { readCascade } from "./read-route.ts";
import { requestClock } from "./request-clock.ts";
import { readTenant, spendingOf, type Tenant } from "./read-tenant.ts";
import { commonHeaders, errorResponse, jsonReply } from "./reply.ts";
import { runBatch } from "./run-batch.ts";
import { textsAtOnce } from "./texts-at-once.ts";

/** What tells the endpoints that label texts apart; the cascade behind them is the one of chat. */
export interface TaskEndpoint {
	readonly name: Endpoint;
	readonly parse: (body: unknown, policy: TenantPolicy) => Result<TaskBatch, ErrorReply>;
}

/** One request, as one cascade run for each of its texts. */
export interface TaskBatch {
	/** The cascade's alias. */
	readonly model: string;
	readonly requests: readonly ChatRequest[];
	/** What its turn on a canary hangs on, where that is more than its first text. */
	readonly asked?: Pick<ChatRequest, "messages" | "body">;
	/** `input` was a list: what is wrong with one of its texts is told at that text's place. */
	readonly isList: boolean;
	/** The cascade as far as it can serve this request; absent: all of it can. */
	readonly narrow?: (cascade: Cascade) => Result<Cascade, ErrorReply>;
	/** Stages that are given more of the request than the cascade decides on. */
	readonly aroundStages?: (resolve: StageResolver) => StageResolver;
	readonly encode: (answers: readonly TaskAnswer[], totals: BatchTotals, requestId: string) => string;
}

/** The answer to one text. */
export interface TaskAnswer {
	readonly answer: Completion;
	readonly facts: CascadeFacts;
}

type Failed = Extract<CascadeOutcome, { kind: "failed" }>;

/** Answers a request for labels or verdicts: who asks, what is asked, which cascade, one run of it for each text. */
export async function answerTasks(
	endpoint: TaskEndpoint,
	context: Context,
	ports: AppPorts,
	requestId: string,
): Promise<Response> {
	const receivedAt = ports.clock.now();
	const raw = context.req.raw;
	const tenant = await readTenant(raw, ports);
	if (!tenant.ok) return errorResponse(tenant.error, requestId);
	const authMs = ports.clock.now() - receivedAt;
	const { published } = tenant.value;
	const body = await readJsonBody(raw, published.policy.limits.maxBodyBytes);
	if (!body.ok) return errorResponse(body.error, requestId);
	const read = readBatch(endpoint, body.value, tenant.value);
	if (!read.ok) return errorResponse(read.error, requestId);
	const chosen = read.value;
	const { batch } = chosen;
	const routed = readCascade(raw, chosen.policy, batch.model);
	if (!routed.ok) return errorResponse(routed.error, requestId);
	const { cascade: named, route } = routed.value;
	const cascade = batch.narrow === undefined ? ok(named) : batch.narrow(named);
	if (!cascade.ok) return errorResponse(cascade.error, requestId);
	const keyed = { raw, requestId, tenant: tenant.value.id, body: body.value, cascade: cascade.value, route };
	const routedTasks = { ...keyed, endpoint, ports, receivedAt, authMs, tenant: tenant.value, chosen };
	const claiming = holdKey(keyed, ports);
	if (claiming === undefined) return runTasks(routedTasks);
	const held = await claiming;
	return held instanceof Response ? held : keepTasks(routedTasks, held);
}

/** The same, of a request with an idempotency key. An answer in one piece has ended when it is there. */
async function keepTasks(routed: RoutedTasks, held: HeldKey): Promise<Response> {
	try {
		const reply = await runTasks(routed);
		held.endedWhole();
		return await held.keep(reply);
	} catch (error) {
		held.giveBack();
		throw error;
	}
}

/** A request whose cascade is known. */
interface RoutedTasks {
	readonly raw: Request;
	readonly requestId: string;
	readonly endpoint: TaskEndpoint;
	readonly ports: AppPorts;
	readonly receivedAt: number;
	/** Until the tenant was known. */
	readonly authMs: number;
	readonly tenant: Tenant;
	readonly chosen: BatchAtRevision;
	readonly cascade: Cascade;
	readonly route: Route;
}

async function runTasks(routed: RoutedTasks): Promise<Response> {
	const { raw, requestId, endpoint, ports, receivedAt, authMs, tenant, chosen, cascade, route } = routed;
	const { batch, revision, policy, isCanary } = chosen;
	const { requests } = batch;
	const spending = spendingOf(tenant, ports);
	const client = clientSignal(raw);
	const clock = requestClock(ports.clock);
	const ofTenant: StageResolver = (stage) => ports.resolveStage(stage, tenant.id);
	const resolveStage = batch.aroundStages?.(ofTenant) ?? ofTenant;
	// One time limit for all, as a client waits for all: a text whose turn comes late has what is left.
	const endsAt = clock.now() + cascade.timeoutMs;
	const evidence = evidenceFor(ports, tenant.id, chosen, batch.model, cascade, receivedAt);
	let stoppedBy: Failed | undefined;
	const running = runBatch<TaskAnswer, Failed>(
		requests.length,
		textsAtOnce(cascade),
		async (index) => {
			const request = requests[index] as ChatRequest;
			const observer = createObserver(ports, {
				requestId,
				receivedAt,
				authMs,
				tenant: tenant.id,
				revision,
				isCanary,
				endpoint: endpoint.name,
				...(requests.length > 1 ? { item: index } : {}),
				request,
			});
			const maxOutputTokens = request.maxOutputTokens ?? policy.limits.maxOutputTokens;
			const { signal } = client;
			const { hedges } = ports;
			const asked = { request, requestId, maxOutputTokens, signal, arrivedAt: receivedAt, endsAt };
			const run = { ...asked, clock, resolveStage, hedges, spending };
			const itsEvidence = evidence?.of(requests.length > 1 ? index : undefined);
			const traced = { requestId, tenant: tenant.id, cascade: batch.model, policyRevision: revision };
			const tracer = ports.tracerOf?.({ ...traced, ...(requests.length > 1 ? { item: index } : {}) });
			const outcome = await runCascade({ ...run, evidence: itsEvidence, tracer }, cascade, route);
			if (outcome.kind === "live") throw new Error("a task was answered by a stream");
			if (outcome.kind === "whole") {
				observer.ended({ kind: "answered", facts: outcome.facts });
				return ok(outcome);
			}
			stoppedBy ??= outcome;
			// One that is ended because another failed has failed for that reason: its client has not left.
			const failure = outcome.failure.kind === "aborted" ? stoppedBy.failure : outcome.failure;
			observer.failed({ ...outcome, failure });
			return err(outcome);
		},
		client.leave,
	);
	// Not before the last text: audits of the first would take the connections of those that are still waited for.
	const done = await running.finally(() => {
		client.forget();
		evidence?.answered();
	});
	const times = { authMs, totalMs: clock.now() - receivedAt };
	if (!done.ok) return failedReply(done.error.failure, batch, done.error.index, requestId, times);
	const totals = batchTotals(done.value);
	const headers = { ...commonHeaders(requestId, revision), ...headersOf(done.value, totals, times) };
	return jsonReply(200, batch.encode(done.value, totals, requestId), headers);
}

interface BatchAtRevision extends ChosenRevision {
	readonly batch: TaskBatch;
}

/**
 * The batch as the revision reads it that serves its first text, and so all of it. Either revision may be the only one
 * that can read it, such as by naming the cascade of requests that name none; then the turn is taken by that reading.
 */
function readBatch(endpoint: TaskEndpoint, body: unknown, tenant: Tenant): Result<BatchAtRevision, ErrorReply> {
	const { published } = tenant;
	const current = endpoint.parse(body, published.policy);
	const { canary } = published;
	const onCanary = canary === null ? current : endpoint.parse(body, canary.policy);
	const either = current.ok ? current : onCanary;
	if (!either.ok) return either;
	const chosen = chooseRevision(tenant, either.value.asked ?? (either.value.requests[0] as ChatRequest));
	const batch = chosen.isCanary ? onCanary : current;
	return batch.ok ? ok({ ...chosen, batch: batch.value }) : batch;
}

function headersOf(answers: readonly TaskAnswer[], totals: BatchTotals, times: RequestTimes): Record<string, string> {
	const [first, ...others] = answers;
	if (first !== undefined && others.length === 0) return answerHeaders(first.facts, times);
	const stages = new Set(answers.map(({ facts }) => facts.stage));
	return {
		...(stages.size === 1 && first !== undefined ? { "x-cascade-stage": first.facts.stage } : {}),
		...costHeaders(totals),
		// Of texts that ran beside each other, stage by stage, no sum is a time.
		...timingHeader(times, { trail: [], calls: [] }),
	};
}

/** One failed text fails the request; where there are several, `param` says which, unless a field is at fault for all. */
function failedReply(
	failed: Failed,
	{ isList }: TaskBatch,
	index: number,
	requestId: string,
	times: RequestTimes,
): Response {
	const { failure, stage, record } = failed;
	const reply = stageFailureReply(failure, stage);
	const param = fieldAtFault(failure) ?? (isList ? `input[${index}]` : failure.kind === "bad-request" ? "input" : null);
	const headers = { ...reply.headers, ...failureHeaders(record, times) };
	return errorResponse({ ...reply, body: { error: { ...reply.body.error, param } }, headers }, requestId);
}

/**
 * The client's own field that no stage of this cascade could serve, or the cascade itself where none answers such
 * requests. Other fields that a stage names are of the chat request that we made, which the client has not sent.
 */
function fieldAtFault(failure: Failed["failure"]): string | null {
	if (failure.kind !== "bad-request" || failure.param === null) return null;
	const { param, code } = failure;
	if (param === "model") return code === "unsupported_endpoint" ? param : null;
	return param === "instructions" || param.startsWith("labels[") ? param : null;
}
