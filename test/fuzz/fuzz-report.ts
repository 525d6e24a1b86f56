/** What came of a run. */
export interface FuzzReport {
	readonly bodies: number;
	/** How often each status was answered, by endpoint. */
	readonly statuses: Record<string, Record<string, number>>;
	/** The first few of each problem, with what was sent. */
	readonly problems: string[];
}
