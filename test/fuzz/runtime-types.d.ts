// What the adapters use of the types of the Workers runtime, where Node's are in force: the fuzzer runs them in Node.

interface KVNamespace {
	get(key: string, options: { readonly type: "text"; readonly cacheTtl: number }): Promise<string | null>;
}

interface AiOptions {
	readonly signal?: AbortSignal;
}
