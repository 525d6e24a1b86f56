/** Which models a cascade asks, by position in the log, in the order asked. */
export type Design = readonly number[];

/** What is known of the log's models before any design is judged. */
export interface DesignSpace {
	/** Mean cost of a call of each model; the last one is the reference. */
	readonly meanCosts: readonly number[];
	/** Whether the model has any reading, without which it can only answer last. */
	readonly hasReadings: readonly boolean[];
	/** The longest cascade; 5 where not given. */
	readonly maxStages?: number | undefined;
}

/** All designs of a space, and which orders they are. */
export interface DesignList {
	readonly designs: readonly Design[];
	readonly orders: "any" | "increasing-cost";
}

/** With more models, orders of rising cost alone: any order of seven models would be thousands of designs. */
const MOST_MODELS_IN_ANY_ORDER = 5;

/**
 * All subsets and orders of the models that could be a cascade, single models and the reference alone among them. The
 * reference comes last or not at all: a model asked after it would cost more and is not what quality is compared with.
 */
export function enumerateDesigns({ meanCosts, hasReadings, maxStages = 5 }: DesignSpace): DesignList {
	if (!(Number.isSafeInteger(maxStages) && maxStages > 0))
		throw new RangeError("maxStages must be a positive whole number");
	const reference = meanCosts.length - 1;
	const orders = meanCosts.length <= MOST_MODELS_IN_ANY_ORDER ? "any" : "increasing-cost";
	const mayFollow = (earlier: number, later: number): boolean =>
		hasReadings[earlier] === true && (orders === "any" || isCheaper(meanCosts, earlier, later));
	const designs: Design[] = [[reference]];
	const extend = (design: Design): void => {
		const last = design.at(-1);
		for (let model = 0; model < reference; model++) {
			if (design.includes(model) || (last !== undefined && !mayFollow(last, model))) continue;
			const longer = [...design, model];
			designs.push(longer);
			if (longer.length >= maxStages) continue;
			if (hasReadings[model] === true) designs.push([...longer, reference]);
			extend(longer);
		}
	};
	extend([]);
	return { designs, orders };
}

function isCheaper(meanCosts: readonly number[], left: number, right: number): boolean {
	const difference = (meanCosts[left] as number) - (meanCosts[right] as number);
	return difference < 0 || (difference === 0 && left < right);
}
