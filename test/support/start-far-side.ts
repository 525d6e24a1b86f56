import { readFile } from "node:fs/promises";
import type { TestProject } from "vitest/node";
import { startFakeOrigin } from "./fake-origin.ts";
import { startFakeWorkersAi } from "./fake-workers-ai.ts";
import type { OriginUrlVector } from "./provided-context.ts";

/** The far side of the network for the tests in the Workers runtime: both upstreams, and the files they cannot read. */
export default async function startFarSide(project: TestProject): Promise<() => Promise<void>> {
	const [workersAi, origin] = await Promise.all([startFakeWorkersAi(), startFakeOrigin()]);
	project.provide("workersAiUrl", workersAi.url);
	project.provide("fakeOriginUrl", origin.url);
	project.provide("originUrlVectors", await readOriginUrlVectors());
	return async () => {
		await Promise.all([workersAi.stop(), origin.stop()]);
	};
}

async function readOriginUrlVectors(): Promise<readonly OriginUrlVector[] | null> {
	try {
		const text = await readFile(new URL("../../../shared/reference/ssrf-vectors.json", import.meta.url), "utf8");
		return (JSON.parse(text) as { vectors: OriginUrlVector[] }).vectors;
	} catch {
		return null;
	}
}
