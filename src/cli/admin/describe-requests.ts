import type { AdminReply } from "../../admin/client-types.ts";
import { printable, showDuration, showMoment, showUsd } from "./show-values.ts";
import { textTable, type Column } from "./text-table.ts";

type RecentRequest = AdminReply<"requests.get">;
type Call = RecentRequest["calls"][number];

const right = (heading: string): Column => ({ heading, right: true });
const left = (heading: string): Column => ({ heading });

const LIST: readonly Column[] = [
	...["time", "request", "cascade", "outcome", "stage", "reason"].map(left),
	...["confidence", "cost", "time"].map(right),
];
const TRAIL: readonly Column[] = [
	...["stage", "outcome", "reason"].map(left),
	...["confidence", "threshold"].map(right),
	left("detail"),
];
const CALLS: readonly Column[] = [
	...["stage", "purpose", "model"].map(left),
	...["tokens in", "out", "cost", "begins", "first event", "ends"].map(right),
	left(""),
];

/** Columns of a time line. */
const WIDTH = 40;
const NONE = "–";

/** A table of requests, newest first. */
export function describeRequests({ items, next }: AdminReply<"requests.list">): string {
	if (items.length === 0) return "No request in the last day.\n";
	const rows = items.map((request) => [
		showMoment(request.at),
		nameOf(request),
		request.cascade,
		request.failure ?? request.outcome,
		request.stage ?? NONE,
		request.reason ?? NONE,
		showReading(lastReading(request)),
		showCost(request.costUsd),
		showDuration(request.durationMs),
	]);
	return textTable(LIST, rows) + (next === null ? "" : `There is more: --before ${printable(next)}\n`);
}

/** One request: what came of it, every stage considered, and its calls along the time from its arrival to its last byte. */
export function describeRequest(request: RecentRequest): string {
	const { trail, calls, retries = 0 } = request;
	const stages = trail.map(({ stage, outcome, reason, confidence, threshold, thresholdSource, detail }) => [
		stage,
		outcome,
		reason,
		showReading(confidence),
		`${showReading(threshold)}${thresholdSource === undefined ? "" : ` ${thresholdSource}`}`,
		detail ?? "",
	]);
	const parts = [
		headline(request),
		...(trail.length === 0 ? [] : [textTable(TRAIL, stages)]),
		...(calls.length === 0
			? []
			: [
					textTable(
						CALLS,
						byStart(calls).map((call) => callRow(call, request)),
					),
				]),
		...(retries === 0 ? [] : [`Calls that were made once more: ${retries}.\n`]),
	];
	return parts.join("\n");
}

function headline(request: RecentRequest): string {
	const { at, endpoint, cascade, policyRevision, canary, outcome, failure, stage, reason, stream } = request;
	const { durationMs, firstTokenMs, costUsd, savedUsd } = request;
	const revision = `revision ${policyRevision}${canary === true ? ", a canary" : ""}`;
	const by = stage === null ? "" : ` by ${stage}`;
	const why = failure ?? reason;
	const first = firstTokenMs === undefined ? "" : `, the first event after ${showDuration(firstTokenMs)}`;
	const lines = [
		`${nameOf(request)}: ${endpoint}${stream ? ", streamed" : ""}, to ${cascade} (${revision}), ${showMoment(at)}`,
		`${outcome}${by}${why === null ? "" : ` (${why})`} after ${showDuration(durationMs)}${first}`,
		`cost ${showCost(costUsd)}, saved ${showCost(savedUsd)}`,
	];
	return lines.map((line) => `${printable(line)}\n`).join("");
}

function callRow(call: Call, { durationMs }: RecentRequest): string[] {
	const { stage, purpose, model, usage, costUsd, estimated, ms, startMs, firstTokenMs } = call;
	return [
		stage,
		purpose,
		model,
		usage === null ? NONE : String(usage.inputTokens),
		usage === null ? NONE : String(usage.outputTokens),
		`${estimated === true ? "≤ " : ""}${showCost(costUsd)}`,
		startMs === undefined ? NONE : showDuration(startMs),
		startMs === undefined || firstTokenMs === undefined ? NONE : showDuration(startMs + firstTokenMs),
		startMs === undefined ? showDuration(ms) : showDuration(startMs + ms),
		startMs === undefined ? "" : timeLine({ startMs, ms, firstTokenMs }, durationMs),
	];
}

/** A call between the request's arrival and its end: thin until its first event, where that is known, then thick. */
export function timeLine(
	{ startMs, ms, firstTokenMs = 0 }: Pick<Call, "ms" | "firstTokenMs"> & { readonly startMs: number },
	durationMs: number,
): string {
	const end = Math.max(durationMs, 1);
	const column = (at: number) => Math.min(WIDTH, Math.max(0, Math.round((at / end) * WIDTH)));
	const begins = Math.min(column(startMs), WIDTH - 1);
	// However short a call is, it is seen.
	const ends = Math.max(column(startMs + ms), begins + 1);
	const first = Math.min(Math.max(column(startMs + firstTokenMs), begins), ends - 1);
	return `|${" ".repeat(begins)}${"─".repeat(first - begins)}${"█".repeat(ends - first)}${" ".repeat(WIDTH - ends)}|`;
}

/** In the order in which they began; those of which that is not known last. */
function byStart(calls: readonly Call[]): readonly Call[] {
	const startOf = ({ startMs = Number.MAX_SAFE_INTEGER }: Call) => startMs;
	return calls.toSorted((one, other) => startOf(one) - startOf(other));
}

function nameOf({ requestId, item }: Pick<RecentRequest, "requestId" | "item">): string {
	return item === undefined ? requestId : `${requestId} text ${item}`;
}

/** The reading that the last decision was made by. */
function lastReading({ trail }: RecentRequest): number | null {
	return trail.findLast(({ confidence }) => confidence !== null)?.confidence ?? null;
}

function showReading(reading: number | null): string {
	return reading === null ? NONE : String(Number(reading.toFixed(4)));
}

function showCost(usd: number | null): string {
	return usd === null ? "unknown" : showUsd(usd);
}
