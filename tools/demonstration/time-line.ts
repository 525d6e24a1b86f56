import type { DemonstratedRequest } from "./run-demonstration.ts";
import type { Population } from "./population.ts";

/** What was the case while a request was answered. */
export type Chapter =
	| "audition"
	| "certified"
	| "drifted, not yet noticed"
	| "alarm"
	| "audition again"
	| "certified again";

/** The chapters in their order. */
const CHAPTERS: readonly Chapter[] = [
	"audition",
	"certified",
	"drifted, not yet noticed",
	"alarm",
	"audition again",
	"certified again",
];

/** Figures of a run of requests. */
export interface Figures {
	readonly first: number;
	readonly last: number;
	readonly requests: number;
	/** From the first's being sent to the last's. */
	readonly seconds: number;
	readonly accepted: number;
	/** Accepted answers that are not the large model's. */
	readonly differing: number;
	/** Accepted although the true risk at the threshold in force was above the target. */
	readonly violating: number;
	/** Of the thresholds in force, over the accepted requests. */
	readonly trueRisk: number | null;
	/** Answers that are not what the mail is; and how many the large model alone would have given. */
	readonly mistaken: number;
	readonly largeMistaken: number;
	readonly costUsd: number;
	readonly largeCostUsd: number;
}

/** One piece of the time line. */
export interface TimeLineRow extends Figures {
	readonly chapter: Chapter;
	/** The last one in force; null where nothing was accepted. */
	readonly threshold: number | null;
}

/** Which chapter a request is in. */
function chapterOf({ model, threshold, number }: DemonstratedRequest, driftedAt: number): Chapter {
	const isCertified = threshold !== null;
	if (model === "worse") return isCertified ? "drifted, not yet noticed" : "alarm";
	if (number <= driftedAt) return isCertified ? "certified" : "audition";
	return isCertified ? "certified again" : "audition again";
}

/** The figures of some requests; `target` is the risk that is promised. */
export function figuresOf(requests: readonly DemonstratedRequest[], population: Population, target: number): Figures {
	const accepted = requests.filter((request) => request.accepted);
	const risks = accepted.map(({ model, threshold }) => population.risk(model, threshold ?? Number.POSITIVE_INFINITY));
	const count = (of: (request: DemonstratedRequest) => boolean) => requests.filter(of).length;
	const sum = (of: (request: DemonstratedRequest) => number) =>
		requests.reduce((total, request) => total + of(request), 0);
	return {
		first: requests[0]?.number ?? 0,
		last: requests.at(-1)?.number ?? 0,
		requests: requests.length,
		seconds: (requests.at(-1)?.sentAt ?? 0) - (requests[0]?.sentAt ?? 0),
		accepted: accepted.length,
		differing: count(({ differs }) => differs),
		violating: risks.filter((risk) => risk > target).length,
		trueRisk: risks.length === 0 ? null : risks.reduce((total, risk) => total + risk, 0) / risks.length,
		mistaken: count(({ mistaken }) => mistaken),
		largeMistaken: count(({ largeMistaken }) => largeMistaken),
		costUsd: sum(({ costUsd }) => costUsd),
		largeCostUsd: sum(({ largeCostUsd }) => largeCostUsd),
	};
}

/** The time line in pieces of `size` requests; the chapter of each is that of most of its requests. */
export function timeLine(
	requests: readonly DemonstratedRequest[],
	population: Population,
	target: number,
	size: number,
): TimeLineRow[] {
	const driftedAt = driftOf(requests);
	const rows: TimeLineRow[] = [];
	for (let first = 0; first < requests.length; first += size) {
		const piece = requests.slice(first, first + size);
		const tallies = new Map<Chapter, number>();
		for (const request of piece) {
			const chapter = chapterOf(request, driftedAt);
			tallies.set(chapter, (tallies.get(chapter) ?? 0) + 1);
		}
		const [chapter = "audition"] = [...tallies].toSorted(([, left], [, right]) => right - left)[0] ?? [];
		rows.push({ ...figuresOf(piece, population, target), chapter, threshold: piece.at(-1)?.threshold ?? null });
	}
	return rows;
}

/** The figures of each chapter that there was. */
export function chapters(
	requests: readonly DemonstratedRequest[],
	population: Population,
	target: number,
): (Figures & { readonly chapter: Chapter })[] {
	const driftedAt = driftOf(requests);
	return CHAPTERS.flatMap((chapter) => {
		const own = requests.filter((request) => chapterOf(request, driftedAt) === chapter);
		return own.length === 0 ? [] : [{ chapter, ...figuresOf(own, population, target) }];
	});
}

/** The last request before the model was replaced. */
function driftOf(requests: readonly DemonstratedRequest[]): number {
	const first = requests.find(({ model }) => model === "worse");
	return first === undefined ? Number.POSITIVE_INFINITY : first.number - 1;
}
