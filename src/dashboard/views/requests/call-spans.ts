import type { CallRecord } from "../../../core/trail.ts";
import type { RecentRequest } from "../../api/recorded-types.ts";

/** A call with when it began and ended, in milliseconds after the request's arrival. */
export interface PlacedCall {
	readonly call: CallRecord;
	readonly start: number;
	readonly end: number;
	/** False: its beginning was not recorded, and it is drawn after the one before it. */
	readonly isRecorded: boolean;
}

/** The calls of a request where they belong in time, by when they began. */
export function placeCalls({ calls }: Pick<RecentRequest, "calls">): readonly PlacedCall[] {
	let after = 0;
	return calls
		.map((call): PlacedCall => {
			const start = call.startMs ?? after;
			const end = start + call.ms;
			after = end;
			return { call, start, end, isRecorded: call.startMs !== undefined };
		})
		.toSorted((left, right) => left.start - right.start);
}
