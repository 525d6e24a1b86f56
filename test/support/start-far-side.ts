import type { TestProject } from "vitest/node";
import { startFakeOrigin } from "./fake-origin.ts";
import { startFakeWorkersAi } from "./fake-workers-ai.ts";

/** The far side of the network for the tests in the Workers runtime: both upstreams. */
export default async function startFarSide(project: TestProject): Promise<() => Promise<void>> {
	const [workersAi, origin] = await Promise.all([startFakeWorkersAi(), startFakeOrigin()]);
	project.provide("workersAiUrl", workersAi.url);
	project.provide("fakeOriginUrl", origin.url);
	return async () => {
		await Promise.all([workersAi.stop(), origin.stop()]);
	};
}
