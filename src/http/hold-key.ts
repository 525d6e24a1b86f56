import type { Context } from "hono";
import type { Route } from "../cascade/run-cascade.ts";
import type { KeptAnswer, ReplayClaim } from "../core/ledger/replay-ports.ts";
import type { Cascade } from "../core/tenant-policy.ts";
import type { ErrorReply } from "../openai/error-body.ts";
import type { AppPorts } from "./app-ports.ts";
import { heldKey, LEASE_MARGIN_MS, type HeldKey } from "./held-key.ts";
import {
	answerNotKept,
	IDEMPOTENCY_KEY,
	IN_PROGRESS,
	KEY_REUSED,
	MALFORMED_KEY,
	NEVER_REPLAYED,
	NO_RECORDS,
	NO_TEXT_KEPT,
	RECORD_UNAVAILABLE,
} from "./idempotency-refusals.ts";
import { commonHeaders, errorResponse, repeatedReply } from "./reply.ts";

/** Stripe's number, and so what clients expect; a policy may allow less. */
const MOST_KEPT_HOURS = 24;

/** Stripe's limit on the length of a key. The draft's quoted form is taken as it is, quotes and all. */
const KEY = /^[\x21-\x7e]{1,255}$/u;

/** What a request with an idempotency key asks for, and of whom. */
interface KeyedRequest {
	readonly raw: Request;
	readonly requestId: string;
	readonly tenant: string;
	/** As it was parsed: all that the answer depends on, whatever the spaces between. */
	readonly body: unknown;
	readonly cascade: Cascade;
	readonly route: Route;
}

/**
 * The key that a request of an authenticated client asks to run under; undefined where it names none, a reply where it is
 * not to run: an answer given before, or a refusal. Nothing but the header is looked at before that is known.
 */
export function holdKey(
	request: KeyedRequest,
	ports: Pick<AppPorts, "replays" | "clock" | "times">,
): undefined | Promise<HeldKey | Response> {
	const key = request.raw.headers.get(IDEMPOTENCY_KEY);
	return key === null ? undefined : claimKey(key, request, ports);
}

async function claimKey(
	idempotencyKey: string,
	{ raw, requestId, tenant, body, cascade, route }: KeyedRequest,
	{ replays, clock, times }: Pick<AppPorts, "replays" | "clock" | "times">,
): Promise<HeldKey | Response> {
	if (!KEY.test(idempotencyKey)) return errorResponse(MALFORMED_KEY, requestId);
	if (cascade.retainText === undefined) return errorResponse(NO_TEXT_KEPT, requestId);
	if (replays === undefined) return errorResponse(NO_RECORDS, requestId);
	const leaseMs = cascade.timeoutMs + LEASE_MARGIN_MS;
	const claim = await replays.claim({
		tenant,
		apiKey: credentialOf(raw),
		idempotencyKey,
		asked: `${raw.method} ${new URL(raw.url).pathname} ${route}\n${JSON.stringify(body)}`,
		requestId,
		leaseMs,
		keepMs: Math.min(MOST_KEPT_HOURS, cascade.retainText.hours) * 3_600_000,
	});
	if (claim.kind === "granted") return heldKey(claim.record, { clock, times }, leaseMs);
	if (claim.kind === "replay") return replayed(claim.answer, claim.requestId, requestId);
	return errorResponse(refusalOf(claim), requestId);
}

function refusalOf(claim: Exclude<ReplayClaim, { readonly kind: "granted" | "replay" }>): ErrorReply {
	switch (claim.kind) {
		case "in-progress":
			return IN_PROGRESS;
		case "reused":
			return KEY_REUSED;
		case "not-kept":
			return answerNotKept(claim.requestId);
		case "unavailable":
			return RECORD_UNAVAILABLE;
	}
}

/** The answer as it went out, under the repeat's own id. */
function replayed({ status, headers, body }: KeptAnswer, firstRequestId: string, requestId: string): Response {
	return repeatedReply(status, body, {
		...headers,
		...commonHeaders(requestId),
		"x-cascade-replayed": "true",
		"x-cascade-replayed-request": firstRequestId,
	});
}

/** The request is authenticated, so its header is `Bearer`, spaces, and a key without any. */
function credentialOf(raw: Request): string {
	const header = raw.headers.get("authorization") ?? "";
	return header.slice(header.lastIndexOf(" ") + 1);
}

/** A route whose answers are never kept: with the header it is refused, before anything else is looked at. */
export function neverReplayed(
	handle: (context: Context, ports: AppPorts, requestId: string) => Promise<Response>,
): typeof handle {
	return (context, ports, requestId) =>
		context.req.raw.headers.get(IDEMPOTENCY_KEY) === null
			? handle(context, ports, requestId)
			: Promise.resolve(errorResponse(NEVER_REPLAYED, requestId));
}
