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

/** Authenticates a request for inference and reads its tenant's policy. */
export async function readTenant(request: Request, ports: AppPorts): Promise<Result<Tenant, ErrorReply>> {
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
