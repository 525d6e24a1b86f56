/** What an isolate tells of an upstream. */
export interface UpstreamReport {
	/** Calls since its last report, and the failed ones among them. */
	readonly calls: number;
	readonly failures: number;
	/** Which isolate. */
	readonly reporter: string;
}

/** What all of them know. */
export interface UpstreamVerdict {
	/** For so many milliseconds from now the upstream is taken to be down; 0: it is not. */
	readonly downMs: number;
}

/** How isolates ask for it; one instance for each upstream. */
export interface SharedOutagePort {
	readonly report: (report: UpstreamReport) => Promise<UpstreamVerdict>;
}

const WINDOW_MS = 15_000;
/** Reports that are remembered; the latest of thousands say the same. */
const MOST_REPORTS = 500;
const LEAST_CALLS = 10;
const LEAST_REPORTERS = 2;
const FAILURE_SHARE = 0.5;
/** Short, since isolates go by it without having seen a failure themselves; it is prolonged as long as reports come. */
const DOWN_MS = 5_000;

/** What is known of one upstream, from reports. Times are milliseconds since the Unix epoch. */
export interface SharedOutage {
	readonly add: (report: UpstreamReport, now: number) => UpstreamVerdict;
}

/**
 * Puts together what isolates report. Only those that have seen failures report at all, so the share is of *their* calls: it says
 * that the upstream is down for some of the world. So two at least must have seen it, and an isolate whose own calls have
 * succeeded lately does not go by it (`CircuitBreaker.hold`).
 */
export function createSharedOutage(): SharedOutage {
	let reports: (UpstreamReport & { readonly at: number })[] = [];
	let downUntil = 0;
	return {
		add(report, now) {
			reports = reports.filter(({ at }) => now - at <= WINDOW_MS);
			if (report.calls > 0) reports = [...reports, { ...report, at: now }].slice(-MOST_REPORTS);
			const calls = reports.reduce((sum, each) => sum + each.calls, 0);
			const failures = reports.reduce((sum, each) => sum + each.failures, 0);
			const reporters = new Set(reports.filter((each) => each.failures > 0).map(({ reporter }) => reporter)).size;
			const isDown = calls >= LEAST_CALLS && reporters >= LEAST_REPORTERS && failures >= FAILURE_SHARE * calls;
			if (report.calls > 0) downUntil = isDown ? now + DOWN_MS : 0;
			return { downMs: Math.max(0, downUntil - now) };
		},
	};
}
