import type { PairLabeller } from "./admin/check-anchors.ts";
import { errorResponse } from "./http/reply.ts";
import { errorReply } from "./openai/error-body.ts";
import { newRequestId } from "./web/request-id.ts";

/**
 * What of its own configuration the inference Worker tells the control plane with each request that it passes on, so that nothing
 * is configured twice. Either Worker may be a version older than the other: fields are added and never given another meaning, and
 * the control plane does without one that it does not find.
 */
export interface Deployment {
	/** Names of the rate tiers' bindings. */
	readonly rateTiers: readonly string[];
	/** ORIGIN_HOSTS, as it was set. */
	readonly originHosts: string | undefined;
	readonly allowLoopbackOrigins: boolean;
	/**
	 * Judges with the models and the origins' secrets that are the inference Worker's. A capability for as long as the call lasts:
	 * the control plane has neither the secrets nor a binding to whoever has.
	 */
	readonly labelPair: PairLabeller;
}

/** The control plane, as the binding CONTROL has it: an entrypoint of another Worker, called over RPC. */
export interface ControlPlanePort {
	/** The whole answer to a request for one of its paths. What may be done is decided by what the request itself holds. */
	readonly answer: (request: Request, deployment: Deployment) => Promise<Response>;
}

/** Passes a request on as it is. Where there is no control plane, or none that can be reached, the answer is 503. */
export async function handOver(
	request: Request,
	control: ControlPlanePort | undefined,
	deployment: Deployment,
	logFault: (fault: string, facts: Readonly<Record<string, string>>) => void,
): Promise<Response> {
	const requestId = newRequestId();
	if (control === undefined) {
		logFault("admin-not-configured", { requestId, what: "the binding CONTROL must be there" });
		const message = "The admin API is not configured here; the inference Worker's log says what is missing.";
		return errorResponse(errorReply({ status: 503, code: "admin_not_configured", message }), requestId);
	}
	try {
		return await control.answer(request, deployment);
	} catch (error) {
		logFault("control-unavailable", { requestId, reason: String(error) });
		const message = "The admin API cannot be reached at the moment.";
		const reply = errorReply({ status: 503, code: "control_unavailable", message, retryAfterSeconds: 2 });
		return errorResponse(reply, requestId);
	}
}
