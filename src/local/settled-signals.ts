/** What of the binding matters here. */
interface AiBinding<Options> {
	readonly run: (model: string, inputs: Record<string, unknown>, options: Options) => Promise<Response>;
}

/**
 * The stand-in for Workers AI is another Worker, and a signal that crossed to it holds the request open until it has aborted,
 * which production's binding, a client in the same isolate, knows nothing of. So each call has a signal of its own here: it aborts
 * with the caller's, and where the answer is whole, after it. A stream's is the caller's affair, who aborts it at the stream's end.
 */
export function withSettledSignals<Options extends { readonly signal?: AbortSignal }>(
	ai: AiBinding<Options>,
): AiBinding<Options> {
	return {
		async run(model, inputs, options) {
			const { signal } = options;
			if (inputs["stream"] === true || signal === undefined) return ai.run(model, inputs, options);
			const call = new AbortController();
			const follow = () => call.abort(signal.reason);
			if (signal.aborted) follow();
			signal.addEventListener("abort", follow);
			try {
				const response = await ai.run(model, inputs, { ...options, signal: call.signal });
				return new Response(await response.arrayBuffer(), response);
			} finally {
				signal.removeEventListener("abort", follow);
				call.abort("over");
			}
		},
	};
}
