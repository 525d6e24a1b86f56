import { describeOutcome, type ProbeName } from "../../../src/cli/probe/outcome.ts";
import { probeModels, type ModelFindings } from "../../../src/cli/probe/probe-model.ts";
import type { ProbedModel } from "../../../src/cli/probe/probed-models.ts";
import { ok } from "../../../src/core/result.ts";
import { KEY, startFakeModel } from "./models.ts";

/** A model of Workers AI. */
export const workersAi = (model: string): ProbedModel => ({
	adapter: "workers-ai",
	model,
	origin: undefined,
	uses: [],
});
/** A model of an origin. */
export const ofOrigin = (model: string): ProbedModel => ({ adapter: "openai", model, origin: "gpu", uses: [] });

/** The findings with each outcome as a line; those not asked are left out. */
export function lines({ outcomes }: ModelFindings): Partial<Record<ProbeName, string>> {
	const asked = Object.entries(outcomes).filter(([, { result }]) => result !== "not-asked");
	return Object.fromEntries(asked.map(([name, outcome]) => [name, describeOutcome(outcome)]));
}

/** What is found of a model at an address. */
export async function probeAt(url: string, model: ProbedModel, timeoutMs = 20_000): Promise<ModelFindings> {
	const [findings] = await probeModels([model], () => ok({ url, key: KEY }), timeoutMs);
	if (findings === undefined) throw new Error("nothing was found");
	return findings;
}

/** What is found of a model that answers so. */
export async function probeFake(
	model: ProbedModel,
	answer: Parameters<typeof startFakeModel>[0],
	timeoutMs?: number,
): Promise<ModelFindings> {
	const server = await startFakeModel(answer);
	try {
		return await probeAt(server.url, model, timeoutMs);
	} finally {
		await server.stop();
	}
}
