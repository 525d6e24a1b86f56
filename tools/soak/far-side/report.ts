/** How a far side behaves. */
export interface FarSideOptions {
	readonly seed: number;
	/** Share of calls that fail on purpose, in [0, 1]. */
	readonly faultShare: number;
	/** Gives now and then one request another one's answer: a mistake that the soak must find. */
	readonly mixesAnswers: boolean;
}

/** What a far side has seen and done so far. */
export interface FarSideReport {
	/** Calls, by upstream. */
	readonly callsBy: Readonly<Record<string, number>>;
	/** Faults injected, by kind; `outage` is a call to an upstream that was down. */
	readonly faultsBy: Readonly<Record<string, number>>;
	/** Kinds of faults, by the marker of the request whose call they befell. */
	readonly faultsOf: Readonly<Record<string, readonly string[]>>;
	/** User and system time of its process. */
	readonly cpuSeconds: number;
}
