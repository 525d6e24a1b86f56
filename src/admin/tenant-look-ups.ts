/** How often the keys of one tenant may have origins looked up. */
export const LOOK_UPS = { most: 60, perMs: 10_000 } as const;

/** How often tenants' keys have made this isolate ask the registry, which all tenants share. */
export class TenantLookUps {
	#began = 0;
	readonly #counts = new Map<string, number>();

	/** Counts a look-up; false where it is one too many. `now`: milliseconds since the Unix epoch. */
	admit(tenant: string, now: number): boolean {
		if (Math.abs(now - this.#began) >= LOOK_UPS.perMs) {
			this.#began = now;
			this.#counts.clear();
		}
		const count = this.#counts.get(tenant) ?? 0;
		if (count >= LOOK_UPS.most) return false;
		this.#counts.set(tenant, count + 1);
		return true;
	}
}
