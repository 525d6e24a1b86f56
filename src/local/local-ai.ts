/**
 * A stand-in for the Workers AI binding on a laptop: bound as a service, its
 * `run()` has the shape of `env.AI.run()`, answered by the models of this folder.
 */
import { WorkerEntrypoint } from "cloudflare:workers";
import { type RunOptions, bindingAnswer } from "./binding-answer.ts";
import { tokensPerSecond } from "./event-stream.ts";
import { createCatalogue, type FindLocalModel } from "./models/catalogue.ts";
import { runLocalModel } from "./run-local-model.ts";
import { bundledWeights } from "./weights/index.ts";

/** Bindings of the Worker that holds the entrypoint. */
interface LocalAIEnv {
	/** Simulated speed of text generation; as fast as possible when absent. */
	readonly EDGE_TOKENS_PER_SECOND?: string | number;
}

/** The class of an entrypoint to bind as `AI`, over the models that `find` finds. */
export function createLocalAI(find: FindLocalModel) {
	return class extends WorkerEntrypoint<LocalAIEnv> {
		/** Runs a model; what it gives and throws is {@link bindingAnswer}'s. */
		async run(model: string, inputs: unknown, options: RunOptions = {}): Promise<unknown> {
			options.signal?.throwIfAborted();
			const identity = { id: `chatcmpl-${crypto.randomUUID()}`, created: Math.floor(Date.now() / 1_000) };
			const result = runLocalModel(find, model, inputs, Math.random, identity);
			return bindingAnswer(result, options, tokensPerSecond(this.env.EDGE_TOKENS_PER_SECOND));
		}
	};
}

/** The entrypoint to bind as `AI`. */
export class LocalAI extends createLocalAI(createCatalogue(bundledWeights)) {}
