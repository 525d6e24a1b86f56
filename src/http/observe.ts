import type { CascadeOutcome } from "../cascade/run-cascade.ts";
import type { CascadeFacts } from "../core/cascade-facts.ts";
import type { ChatRequest } from "../core/completion.ts";
import { totalCost } from "../core/cost.ts";
import type { Endpoint, Observation } from "../core/observation.ts";
import type { AppPorts } from "./app-ports.ts";
import type { StreamEnd } from "./stream-events.ts";

/** Writes the one record of a request, however it ends. */
export interface Observer {
	readonly failed: (outcome: Extract<CascadeOutcome, { kind: "failed" }>) => void;
	/** An answer's end, of any kind; a plain answer's is `answered`. */
	readonly ended: (end: StreamEnd) => void;
}

/** Knows what every record of this request has in common. */
export function createObserver(
	ports: Pick<AppPorts, "observations" | "clock">,
	exchange: {
		readonly requestId: string;
		readonly receivedAt: number;
		readonly tenant: string;
		/** Of the policy that serves it. */
		readonly revision: number;
		/** That revision is a canary's, and was chosen by its share. */
		readonly isCanary: boolean;
		readonly endpoint: Endpoint;
		readonly item?: number;
		readonly request: Pick<ChatRequest, "model" | "stream">;
	},
): Observer {
	const { requestId, receivedAt, tenant, revision, isCanary, endpoint, item, request } = exchange;
	const record = (
		ending: Pick<
			Observation,
			"outcome" | "stage" | "reason" | "failure" | "trail" | "calls" | "retries" | "costUsd" | "savedUsd"
		>,
		firstEventAt?: number,
	) =>
		ports.observations.record({
			version: 1,
			requestId,
			endpoint,
			...(item === undefined ? {} : { item }),
			tenant,
			cascade: request.model,
			policyRevision: revision,
			...(isCanary ? { canary: true } : {}),
			at: receivedAt,
			stream: request.stream,
			...ending,
			durationMs: ports.clock.now() - receivedAt,
			...(firstEventAt === undefined ? {} : { firstTokenMs: firstEventAt - receivedAt }),
		});
	const ofFacts = ({ stage, reason, trail, calls, retries, costUsd, savedUsd }: CascadeFacts) => ({
		stage,
		reason,
		trail,
		calls,
		...(retries === undefined ? {} : { retries }),
		costUsd,
		savedUsd,
	});
	return {
		failed({ failure, record: { trail, calls, retries } }) {
			const outcome = failure.kind === "aborted" ? "client-left" : "failed";
			const reason = trail.at(-1)?.reason ?? null;
			record({
				outcome,
				stage: null,
				reason,
				failure: failure.kind,
				trail,
				calls,
				...(retries === 0 ? {} : { retries }),
				costUsd: totalCost(calls),
				savedUsd: null,
			});
		},
		ended(end) {
			const failure = end.kind === "failed" ? end.failure.kind : null;
			record({ outcome: end.kind, failure, ...ofFacts(end.facts) }, end.firstEventAt);
		},
	};
}
