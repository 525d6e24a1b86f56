import type { RecentRequest, UsageRow } from "../../src/dashboard/api/recorded-types.ts";

/** What the admin API answers about a made-up tenant, the same for the same moment: all that the dashboard has views for. */

const HOUR = 3_600_000;
/** The cascade of the replies has a guarantee; `labels` has none. */
export const TENANT = "acme";
export const CASCADE = "chat";

export const policy = {
	version: 1,
	cascades: {
		chat: {
			stages: [
				{
					name: "edge",
					adapter: "workers-ai",
					model: "@cf/meta/llama-3.1-8b-instruct-fast",
					confidence: { method: "mean-logprob" },
					guarantee: { risk: "selective", targetRisk: 0.05, delta: 0.05 },
					price: { inputUsdPerMillion: 0.045, outputUsdPerMillion: 0.384 },
				},
				{
					name: "origin",
					adapter: "openai",
					origin: "gpu",
					model: "llama-3.3-70b-instruct",
					price: { inputUsdPerMillion: 0.6, outputUsdPerMillion: 2.4 },
				},
			],
		},
		labels: {
			stages: [
				{
					name: "edge",
					adapter: "workers-ai",
					model: "@cf/huggingface/distilbert-sst-2-int8",
					shape: "text-classification",
					confidence: { method: "classifier-score" },
					threshold: 0.9,
				},
				{ name: "origin", adapter: "openai", origin: "gpu", model: "llama-3.3-70b-instruct" },
			],
		},
	},
};

export const tenantState = {
	tenant: TENANT,
	name: "Acme",
	suspended: false,
	revision: 7,
	canary: null,
	createdAt: Date.UTC(2026, 9, 1),
	publication: { pending: 0, oldestAt: null },
};

/** Usage that follows the time of day, of the hours or days from `from` to `to`. */
export function usageRows(from: number, to: number, by: "hour" | "day"): UsageRow[] {
	const step = by === "hour" ? HOUR : 24 * HOUR;
	const rows: UsageRow[] = [];
	for (let start = Math.floor(from / step) * step; start < to; start += step) rows.push(usageRow(start, step / HOUR));
	return rows;
}

function usageRow(start: number, hours: number): UsageRow {
	const hour = Math.floor(start / HOUR);
	const daylight = hours > 1 ? 0.6 : 0.25 + 0.75 * Math.max(0, Math.sin(((hour % 24) - 6) * (Math.PI / 14)));
	const requests = Math.round((180 + ((hour * 37) % 60)) * daylight * hours);
	const kept = Math.round(requests * (0.62 + 0.05 * Math.sin(hour / 5)));
	const failed = Math.round(requests * 0.004);
	const origin = requests - kept - failed;
	const usd = kept * 0.000_021 + origin * 0.000_93;
	const audits = Math.round(kept * 0.05);
	const auditUsd = audits * 0.000_9;
	return {
		start,
		cascade: CASCADE,
		policyRevision: 7,
		requests,
		outcomes: { answered: requests - failed, failed },
		stages: { edge: kept, origin, ...(failed === 0 ? {} : { none: failed }) },
		reasons: {
			accepted: kept,
			"low-confidence": Math.round(origin * 0.8),
			"unsupported-by-edge": Math.round(origin * 0.12),
			"rejected-by-check": origin - Math.round(origin * 0.8) - Math.round(origin * 0.12),
			...(failed === 0 ? {} : { "origin-failed": failed }),
		},
		cost: { usd, unknown: 0, estimated: 3 },
		saved: { usd: requests * 0.000_91 - usd - auditUsd, unknown: 0 },
		audits: { count: audits, usd: auditUsd, unknown: 0 },
		inputTokens: requests * 412,
		outputTokens: requests * 180,
		latency: { p50: 410, p95: 2_950, p99: 4_700 },
		stageLatency: {
			edge: { p50: 290, p95: 640, p99: 980 },
			origin: { p50: 1_850, p95: 3_400, p99: 4_900 },
		},
		firstToken: { p50: 340, p95: 1_100, p99: 1_900 },
		confidence: {
			edge: {
				all: Array.from({ length: 20 }, (_, bin) => Math.round((requests / 60) * (1 + (bin / 6) ** 2))),
				accepted: Array.from({ length: 20 }, (_, bin) =>
					bin < 14 ? 0 : Math.round((requests / 60) * (1 + (bin / 6) ** 2)),
				),
			},
		},
	};
}

/** Recent requests, newest first: accepted ones, deferred ones, one that failed. */
export function recentRequests(now: number, count: number): RecentRequest[] {
	return Array.from({ length: count }, (_, index): RecentRequest => {
		const at = now - index * 41_000 - 2_000;
		const requestId = `req_${String(9_000 - index).padStart(8, "0")}-4c1e-4a1b-9d2f-6b1f0c2a7e55`;
		if (index % 13 === 7) return failedRequest(requestId, at);
		return index % 3 === 1 ? deferredRequest(requestId, at) : acceptedRequest(requestId, at, 0.86 + (index % 11) / 100);
	});
}

const COMMON = { endpoint: "chat.completions", cascade: CASCADE, policyRevision: 7, failure: null } as const;
const EDGE = { stage: "edge", model: "@cf/meta/llama-3.1-8b-instruct-fast", purpose: "answer" } as const;
const ORIGIN = { stage: "origin", model: "llama-3.3-70b-instruct", purpose: "answer" } as const;

function acceptedRequest(requestId: string, at: number, confidence: number): RecentRequest {
	return {
		...COMMON,
		requestId,
		at,
		stream: false,
		outcome: "answered",
		stage: "edge",
		reason: "accepted",
		trail: [
			{
				stage: "edge",
				outcome: "accepted",
				reason: "accepted",
				confidence,
				threshold: 0.82,
				thresholdSource: "certified",
			},
		],
		calls: [{ ...EDGE, usage: { inputTokens: 388, outputTokens: 61 }, costUsd: 0.000_041, ms: 312, startMs: 6 }],
		costUsd: 0.000_041,
		savedUsd: 0.000_338,
		durationMs: 331,
	};
}

function deferredRequest(requestId: string, at: number): RecentRequest {
	return {
		...COMMON,
		requestId,
		at,
		stream: true,
		outcome: "answered",
		stage: "origin",
		reason: "low-confidence",
		trail: [
			{
				stage: "edge",
				outcome: "deferred",
				reason: "low-confidence",
				confidence: 0.61,
				threshold: 0.82,
				thresholdSource: "certified",
			},
			{ stage: "origin", outcome: "accepted", reason: "low-confidence", confidence: null, threshold: null },
		],
		calls: [
			{
				...EDGE,
				usage: { inputTokens: 412, outputTokens: 170 },
				costUsd: 0.000_084,
				ms: 402,
				startMs: 5,
				firstTokenMs: 120,
			},
			{
				...ORIGIN,
				usage: { inputTokens: 405, outputTokens: 211 },
				costUsd: 0.000_749,
				ms: 2_140,
				startMs: 409,
				firstTokenMs: 460,
			},
		],
		costUsd: 0.000_833,
		savedUsd: -0.000_084,
		durationMs: 2_561,
		firstTokenMs: 874,
	};
}

function failedRequest(requestId: string, at: number): RecentRequest {
	return {
		...COMMON,
		requestId,
		at,
		stream: false,
		outcome: "failed",
		stage: null,
		reason: "origin-failed",
		failure: "timeout",
		trail: [
			{
				stage: "edge",
				outcome: "skipped",
				reason: "unsupported-by-edge",
				confidence: null,
				threshold: null,
				detail: "n",
			},
			{
				stage: "origin",
				outcome: "failed",
				reason: "origin-failed",
				confidence: null,
				threshold: null,
				detail: "timeout",
			},
		],
		calls: [{ ...ORIGIN, usage: null, costUsd: null, ms: 30_000, startMs: 4 }],
		retries: 1,
		costUsd: null,
		savedUsd: null,
		durationMs: 30_012,
	};
}
