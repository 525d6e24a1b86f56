import type { Reservation, Spending } from "../../src/cascade/ports.ts";

/** A budget in memory, which remembers what was set aside and what became of it. */
export function purse(usd: number, { onExhausted = "fail", later = false }: Partial<PurseOptions> = {}) {
	let left = usd;
	/** In order; `cost` is undefined while the call goes on. */
	const reserved: { readonly worst: number; cost?: number | null }[] = [];
	const reserve = (worst: number): Reservation | null => {
		if (worst > left) return null;
		left -= worst;
		const entry: (typeof reserved)[number] = { worst };
		reserved.push(entry);
		return {
			settle(cost) {
				if (entry.cost !== undefined) throw new Error("a reservation was settled twice");
				entry.cost = cost;
				left += worst - (cost ?? worst);
			},
		};
	};
	const spending: Spending = {
		onExhausted,
		reserve: (worst) => (later ? Promise.resolve().then(() => reserve(worst)) : reserve(worst)),
	};
	return { spending, reserved, left: () => left };
}

interface PurseOptions {
	readonly onExhausted: Spending["onExhausted"];
	/** Whether the answers are promises. */
	readonly later: boolean;
}
