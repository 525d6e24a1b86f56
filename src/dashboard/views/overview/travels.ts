import type { RecentRequest } from "../../api/recorded-types.ts";
import { stageTone } from "../../show/stage-tone.ts";

/** A request on its way over one link of the diagram. */
export interface Travel {
	readonly id: string;
	readonly delayMs: number;
	/** Of the stage that answered in the end. */
	readonly tone: string;
}

/** How long a request takes over one link, and how far apart they set out. */
const LINK_MS = 900;
const APART_MS = 160;

/** For each link into a stage, the requests that pass over it: those that its stage or a later one answered. */
export function travels(requests: readonly RecentRequest[], stages: readonly string[]): readonly (readonly Travel[])[] {
	return stages.map((_, link) =>
		// The oldest first, as they came.
		requests.toReversed().flatMap((request, order) => {
			const end = request.stage === null ? stages.length - 1 : stages.indexOf(request.stage);
			if (end < link) return [];
			return [
				{
					id: `${request.requestId} ${request.item ?? 0}`,
					delayMs: order * APART_MS + link * LINK_MS,
					tone: stageTone(request.stage, stages),
				},
			];
		}),
	);
}
