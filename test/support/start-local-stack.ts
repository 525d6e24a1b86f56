import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { buildLocalWorkers, LOCAL_ORIGIN_KEY, startLocalStack } from "../../src/local/stack.ts";
import { startFakeOrigin } from "./fake-origin.ts";
import { stackPolicy, stackRecords } from "./stack-policy.ts";

/** Builds and starts the whole product once, as `npm start` does, with a second origin that misbehaves on demand. */
export default async function startStack(project: TestProject): Promise<() => Promise<void>> {
	// Apart from the directory of `npm start`, which may be running.
	const builtDirectory = await buildLocalWorkers(fileURLToPath(new URL("../../.wrangler/end-to-end", import.meta.url)));
	const origin = await startFakeOrigin(LOCAL_ORIGIN_KEY);
	const stack = await startLocalStack({
		port: 0,
		originPort: 0,
		policy: stackPolicy(),
		origins: { fake: `${origin.url}/v1` },
		builtDirectory,
	});
	await stack.publish(stackRecords());
	project.provide("stackUrl", stack.url);
	project.provide("fakeOriginUrl", origin.url);
	return async () => {
		await Promise.all([stack.stop(), origin.stop()]);
	};
}
