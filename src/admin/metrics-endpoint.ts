import { addSeries, metricShardNames, type MetricShardPort } from "../core/metrics/metric-report.ts";
import { PROMETHEUS_TYPE, prometheusText } from "../core/metrics/prometheus-text.ts";
import type { Result } from "../core/result.ts";
import type { AdminPorts } from "./admin-ports.ts";
import { refuse, toResponse } from "./admin-reply.ts";
import { authorise, holdsKey } from "./authorise.ts";
import { newRequestId } from "../web/request-id.ts";

/** What the route needs. */
export interface MetricsPorts {
	/** The error says what is not configured; it is logged and not shown. */
	readonly admin: Result<AdminPorts, string>;
	/** Null: the Worker has no shards, and counts nothing. */
	readonly shardOf: ((name: string) => Pick<MetricShardPort, "totals">) | null;
	readonly logFault: (fault: string, facts: Readonly<Record<string, string>>) => void;
}

/**
 * `GET /metrics`: what the ledgers have counted, in Prometheus' text format, for operators. Where one shard cannot be read
 * the answer is 503 and not the sum of the others: counters that fall look like a restart.
 */
export async function answerMetrics(request: Request, { admin, shardOf, logFault }: MetricsPorts): Promise<Response> {
	const requestId = newRequestId();
	const reply = (refusal: Parameters<typeof refuse>[0]) => toResponse(refuse(refusal), requestId);
	if (request.method !== "GET" && request.method !== "HEAD")
		return reply({
			status: 405,
			code: "method_not_allowed",
			message: "Use GET on this path.",
			headers: { allow: "GET, HEAD" },
		});
	if (!admin.ok) {
		logFault("admin-not-configured", { requestId, what: admin.error });
		const message = "The admin API is not configured here; the control Worker's log says what is missing.";
		return reply({ status: 503, code: "admin_not_configured", message });
	}
	if (holdsKey(new URL(request.url).searchParams)) {
		const message = "The address holds a key, and addresses are logged: revoke it, and send keys in 'Authorization'.";
		return reply({ status: 400, code: "key_in_query", message });
	}
	const asked = { operationId: "metrics.get", method: "GET", roles: ["operator"], ledger: "none" } as const;
	try {
		const requester = await authorise(request, asked, admin.value);
		if (!requester.ok) return toResponse(requester.error, requestId);
		if (shardOf === null) {
			const message = "Nothing is counted here: the Worker has no binding METRIC_SHARD.";
			return reply({ status: 404, code: "not_found", message });
		}
		const totals = await Promise.all(metricShardNames().map((name) => shardOf(name).totals()));
		const body = prometheusText({
			counters: addSeries(totals.map(({ counters }) => counters)),
			gauges: addSeries(totals.map(({ gauges }) => gauges)),
		});
		return toResponse({ status: 200, body, headers: { "content-type": PROMETHEUS_TYPE } }, requestId);
	} catch (error) {
		logFault("metrics-unavailable", { requestId, reason: String(error) });
		const message = "The metrics cannot be read at the moment.";
		return reply({ status: 503, code: "metrics_unavailable", message, retryAfterSeconds: 2 });
	}
}
