import { binomialCdf } from "./binomial.ts";

/** Beyond so many labels an estimate says nothing that is of use. */
const MOST_LABELS = 1e9;
const DEFAULT_POWER = 0.8;

/**
 * The least number of accepted labels with which `wrong` wrong ones certify `target` at `delta`, that is with
 * P(X ≤ wrong) ≤ delta for X ~ Binomial(n, target). With none wrong: ⌈ln delta / ln(1 − target)⌉.
 *
 * Throws a RangeError where `target` or `delta` is not in (0, 1) or `wrong` is no count.
 */
export function labelsNeeded(request: {
	readonly target: number;
	readonly delta: number;
	readonly wrong: number;
}): number {
	const { target, delta, wrong } = request;
	validate(target, delta);
	if (!(Number.isSafeInteger(wrong) && wrong >= 0)) throw new RangeError("wrong must be a count");
	let enough = wrong + 1;
	while (binomialCdf(wrong, enough, target) > delta) enough *= 2;
	let tooFew = wrong;
	while (enough - tooFew > 1) {
		const middle = Math.floor((tooFew + enough) / 2);
		if (binomialCdf(wrong, middle, target) <= delta) enough = middle;
		else tooFew = middle;
	}
	return enough;
}

/** What to plan for: the chance of success wanted where the risk is truly `trueRisk`. */
export interface PowerRequest {
	readonly target: number;
	readonly delta: number;
	readonly trueRisk: number;
	/** 0.8 where not given. */
	readonly power?: number | undefined;
}

/**
 * How many accepted labels certify `target` at `delta` with chance `power`, where the risk is truly `trueRisk`: the first
 * number from which the power stays at `power` over the next 2/target labels. (It is a saw's edge, since errors are
 * whole: it falls with each label until one more error is allowed.) Looked for in steps of a tenth of 1/target.
 *
 * Null where there is no such number, since `trueRisk` is not below `target`, or it is above a billion. Throws a
 * RangeError where an argument is no proportion.
 */
export function labelsForPower(request: PowerRequest): number | null {
	const { target, delta, trueRisk, power = DEFAULT_POWER } = request;
	validate(target, delta);
	if (!(power > 0 && power < 1)) throw new RangeError("power must lie between 0 and 1");
	if (!(trueRisk >= 0 && trueRisk <= 1)) throw new RangeError("trueRisk must lie in [0, 1]");
	if (trueRisk >= target) return null;
	if (trueRisk === 0) return labelsNeeded({ target, delta, wrong: 0 });
	const step = Math.max(1, Math.floor(1 / target / 10));
	const reach = Math.floor(2 / target);
	const stride = Math.max(1, Math.floor(0.2 / target));
	const isEnough = (index: number): boolean => {
		const first = FEWEST + index * step;
		for (let n = first; n <= first + reach; n += stride) {
			if (powerOf(n, { target, delta, trueRisk }) < power) return false;
		}
		return true;
	};
	let enough = 1;
	while (!isEnough(enough)) {
		enough *= 2;
		if (enough * step > MOST_LABELS) return null;
	}
	let tooFew = Math.floor(enough / 2);
	while (enough - tooFew > 1) {
		const middle = Math.floor((tooFew + enough) / 2);
		if (isEnough(middle)) enough = middle;
		else tooFew = middle;
	}
	// The predicate is almost, not quite, monotone: an earlier number within a few teeth of the saw may pass too.
	const earliest = Math.max(0, enough - Math.ceil((2 * reach) / step));
	for (let index = earliest; index < enough; index++) if (isEnough(index)) return FEWEST + index * step;
	return FEWEST + enough * step;
}

/** The search begins here. */
const FEWEST = 10;

/** The chance that n labels certify: that there are no more errors than the most that would. */
function powerOf(n: number, { target, delta, trueRisk }: Omit<PowerRequest, "power">): number {
	let allowed = -1;
	let tooMany = Math.ceil(n * target) + 1;
	while (tooMany - allowed > 1) {
		const middle = Math.floor((allowed + tooMany) / 2);
		if (binomialCdf(middle, n, target) <= delta) allowed = middle;
		else tooMany = middle;
	}
	return binomialCdf(allowed, n, trueRisk);
}

function validate(target: number, delta: number): void {
	if (!(target > 0 && target < 1)) throw new RangeError("target must lie between 0 and 1");
	if (!(delta > 0 && delta < 1)) throw new RangeError("delta must lie between 0 and 1");
}
