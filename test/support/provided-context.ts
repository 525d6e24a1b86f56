/** What the global setups hand to the tests, which run in other processes or in the Workers runtime. */
declare module "vitest" {
	interface ProvidedContext {
		/** The fake Workers AI; its tests' side is `far-side.ts`. */
		readonly workersAiUrl: string;
		/** The fake origin, without `/v1`. */
		readonly fakeOriginUrl: string;
		/** The address vectors shared by the projects of this house; null where they are not at hand. */
		readonly originUrlVectors: readonly OriginUrlVector[] | null;
		/** The local stack's Worker, without `/v1`. */
		readonly stackUrl: string;
	}
}

/** One address and whether an operator may name it as an origin. */
export interface OriginUrlVector {
	readonly url: string;
	readonly expect: string;
}
