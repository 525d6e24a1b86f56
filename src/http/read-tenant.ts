import type { PublishedPolicy, Spending } from "../cascade/ports.ts";
import { err, ok, type Result } from "../core/result.ts";
import { errorReply, type ErrorReply } from "../openai/error-body.ts";
import type { AppPorts } from "./app-ports.ts";
import { authenticate } from "./authenticate.ts";

/** The tenant behind a request and the policy in force. */
export interface Tenant {
	readonly id: string;
	readonly published: PublishedPolicy;
}

/**
 * What the client is told to wait. A binding tells neither its period, which is 10 or 60 seconds, nor when it ends: after
 * the shorter one a tenant of either may be let in, and after the longer one many would have waited for nothing.
 */
const RATE_RETRY_SECONDS = 10;

/**
 * Authenticates a request, reads its tenant's policy, and counts it against the tenant's rate tier: 429 where it is one
 * too many. Every route that asks a model begins with this, before anything of the body is read. The tier is the
 * current policy's: a tenant has one allowance, so a canary's revision changes nothing about it.
 */
export async function readTenant(request: Request, ports: AppPorts): Promise<Result<Tenant, ErrorReply>> {
	const tenant = await readTenantUncounted(request, ports);
	if (!tenant.ok) return tenant;
	const { id, published } = tenant.value;
	if (ports.admission?.enterAs(request, id, ports.clock.now()) === false) return err(tooManyWaiting("your requests"));
	const { rateTier } = published.policy.limits;
	if (rateTier === undefined || (await ports.rateLimiter.admits(rateTier, id))) return tenant;
	return err(
		errorReply({
			status: 429,
			code: "rate_limit_exceeded",
			message: `You send more requests than your rate tier '${rateTier}' allows. Try again in ${RATE_RETRY_SECONDS} seconds.`,
			retryAfterSeconds: RATE_RETRY_SECONDS,
		}),
	);
}

/** The same, for routes that ask no model: they cost next to nothing, and a client that is over its limit can still look. */
export async function readTenantUncounted(request: Request, ports: AppPorts): Promise<Result<Tenant, ErrorReply>> {
	const holder = await authenticate(request, ports, "inference");
	if (!holder.ok) return holder;
	const published = await ports.policies.read(holder.value.tenant);
	if (!published.ok) {
		return err(
			errorReply({
				status: 503,
				code: "policy_unavailable",
				message: "Your policy cannot be read at the moment.",
				retryAfterSeconds: 2,
			}),
		);
	}
	if (published.value === null) {
		return err(
			errorReply({ status: 403, code: "no_policy", message: "No policy is published for this API key's tenant." }),
		);
	}
	if (published.value.suspended) {
		const message = "This tenant is suspended; its operator can say why.";
		return err(errorReply({ status: 403, code: "tenant_suspended", message }));
	}
	return ok({ id: holder.value.tenant, published: published.value });
}

/** What the tenant may spend; undefined where it has no budget. The budget is one, so a canary's revision changes nothing about it. */
export function spendingOf({ id, published }: Tenant, ports: Pick<AppPorts, "spendingOf">): Spending | undefined {
	const { budget } = published.policy;
	return budget === undefined ? undefined : ports.spendingOf(id, budget);
}

/** The reply to a model that is none of the tenant's cascades, or of what else it was to be. */
export function modelNotFound(model: string, what = "cascades"): ErrorReply {
	const shown = model.length > 64 ? `${model.slice(0, 64)}…` : model;
	return errorReply({
		status: 404,
		code: "model_not_found",
		param: "model",
		message: `The model '${shown}' does not exist: 'model' names one of your ${what}, which GET /v1/models lists.`,
	});
}

/** The reply to requests beyond what an isolate can hold: nothing of them is read, since that would cost what is lacking. */
export function tooManyWaiting(whose: "requests" | "your requests"): ErrorReply {
	const message = `Too many ${whose} are waiting here for their answers; try again shortly.`;
	return errorReply({ status: 503, code: "overloaded", message, retryAfterSeconds: 1 });
}
