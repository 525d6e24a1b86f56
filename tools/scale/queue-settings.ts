/** What the deployment says of its queue. */
export interface QueueSettings {
	/** Messages that a consumer is given at once. */
	readonly batchSize: number;
	/** For how long a batch that is not full waits for more. */
	readonly batchMs: number;
	/** Deliveries after the first. */
	readonly retries: number;
}

/** Reads the consumer's settings from `wrangler.control.toml`. Throws where one is missing: nothing could be reckoned without it. */
export function readQueueSettings(toml: string): QueueSettings {
	const settingOf = (name: string): number => {
		const found = new RegExp(`^${name} = (\\d+)$`, "mu").exec(toml)?.[1];
		if (found === undefined) throw new Error(`wrangler.control.toml has no ${name}`);
		return Number(found);
	};
	return {
		batchSize: settingOf("max_batch_size"),
		batchMs: settingOf("max_batch_timeout") * 1_000,
		retries: settingOf("max_retries"),
	};
}
