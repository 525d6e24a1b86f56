import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { FAKE_ORIGIN_KEY } from "./test/support/fake-origin-key.ts";
import { CONFIGURATION_FILES, readConfigurations } from "./tools/deploy/configurations.ts";

const { inference } = readConfigurations();

/** Three ways to run a test: plain functions in Node, adapters and routes in the Workers runtime, the whole product over HTTP. */
export default defineConfig({
	test: {
		// Each request to the Worker logs a line of JSON; those of passing tests tell nobody anything.
		silent: "passed-only",
		// Many tests wait for a command or a browser, so two cores are worth two files at once, and not the one of the default.
		maxWorkers: 2,
		// Of what runs in the Workers runtime too, where only instrumented code can be counted.
		coverage: {
			provider: "istanbul",
			include: ["src/**/*.ts"],
			exclude: ["src/local/**", "src/dashboard/**", "src/cli/**"],
			reporter: ["text-summary", "json-summary"],
			reportsDirectory: ".wrangler/coverage",
		},
		projects: [
			{
				test: {
					name: "unit",
					include: ["test/**/*.test.ts"],
					exclude: ["test/workers/**", "test/end-to-end/**", "test/browser/**", "**/node_modules/**"],
					// Modules are evaluated once for all files of a worker; what these tests import keeps no state that one relies on.
					isolate: false,
					testTimeout: 20_000,
				},
			},
			{
				plugins: [
					cloudflareTest(({ inject }) => ({
						// Production's own configuration, of both Workers in one. Only the far side of the network is faked: the binding
						// AI runs the runtime's real `Ai` class, which sends its HTTP requests to the fake.
						wrangler: { configPath: CONFIGURATION_FILES.control },
						main: "./test/workers/whole-worker.ts",
						remoteBindings: false,
						miniflare: {
							compatibilityFlags: [...inference.compatibility_flags],
							// The control Worker's, of which the inference Worker binds more than it does itself.
							durableObjects: Object.fromEntries(
								inference.durable_objects.bindings.map(({ name, class_name }) => [
									name,
									{ className: class_name, useSQLite: true },
								]),
							),
							queueProducers: Object.fromEntries(
								(inference.queues.producers ?? []).map(({ binding, queue }) => [binding, { queueName: queue }]),
							),
							ratelimits: Object.fromEntries(inference.ratelimits.map((tier) => [tier.name, tier])),
							ai: { binding: "AI", remoteProxyConnectionString: new URL(inject("workersAiUrl")) as never },
							bindings: {
								ALLOW_LOOPBACK_ORIGINS: "true",
								ORIGIN_FAKE_KEY: FAKE_ORIGIN_KEY,
								OTHER_SECRET: "no origin may name this",
							},
						},
					})),
				],
				test: {
					name: "workers",
					include: ["test/workers/**/*.test.ts"],
					globalSetup: ["test/support/start-far-side.ts"],
					testTimeout: 20_000,
				},
			},
			{
				test: {
					name: "end-to-end",
					// The browser's tests look at the same stack.
					include: ["test/end-to-end/**/*.test.ts", "test/browser/**/*.test.ts"],
					globalSetup: ["test/support/chromium.ts", "test/support/start-local-stack.ts"],
					// The first request to each model reads its weights.
					testTimeout: 20_000,
					hookTimeout: 60_000,
				},
			},
		],
	},
});
