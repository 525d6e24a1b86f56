import "vitest";

/** What the global setups hand to the tests, which run in other processes or in the Workers runtime. */
declare module "vitest" {
	interface ProvidedContext {
		/** The fake Workers AI; its tests' side is `far-side.ts`. */
		readonly workersAiUrl: string;
		/** The fake origin, without `/v1`. */
		readonly fakeOriginUrl: string;
		/** The local stack's Worker, without `/v1`. */
		readonly stackUrl: string;
	}
}
