/** What is paid for beside the answers themselves. */
export interface CostModel {
	/**
	 * Whether the small model is paid for where the large one answers: true in a cascade, false behind a gate that decides
	 * before any model is asked. True where not given.
	 */
	readonly paysSmallWhenEscalated?: boolean | undefined;
	/** Share in [0, 1] of accepted requests that the large model answers too, for a label; 0 where not given. */
	readonly shadowRate?: number | undefined;
	/** US dollars for judging one shadowed request; 0 where not given. */
	readonly judgeCostUsd?: number | undefined;
	/** US dollars for every request, such as an embedding that a gate reads; 0 where not given. */
	readonly gateCostUsd?: number | undefined;
}

/** US dollars of each request if the small model's answer is taken, and if it is not; NaN where a price is unknown. */
export interface RowCosts {
	readonly accepted: Float64Array;
	readonly escalated: Float64Array;
}

/**
 * Cost of each request on either side of the threshold: small + π · (large + judge) + gate where accepted,
 * small + large + gate where escalated, with π the shadow rate. Their mean at escalation e is the field's
 * C = c_s + e·c_l + π(1 − e)(c_l + c_judge) + c_gate.
 */
export function rowCosts(small: Float64Array, large: Float64Array, model: CostModel = {}): RowCosts {
	const { paysSmallWhenEscalated = true, shadowRate = 0, judgeCostUsd = 0, gateCostUsd = 0 } = model;
	if (!(shadowRate >= 0 && shadowRate <= 1)) throw new RangeError("shadowRate must lie between 0 and 1");
	const accepted = small.map((cost, row) => {
		// Without shadowing an unknown price of the large model does not matter, and 0 · NaN would be NaN.
		const shadow = shadowRate === 0 ? 0 : shadowRate * ((large[row] as number) + judgeCostUsd);
		return cost + shadow + gateCostUsd;
	});
	const escalated = large.map(
		(cost, row) => cost + (paysSmallWhenEscalated ? (small[row] as number) : 0) + gateCostUsd,
	);
	return { accepted, escalated };
}
