import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { CONFIGURATION_FILES } from "../../tools/deploy/configurations.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

interface Bundle {
	readonly script: string;
	/** The files that anything of is in it. */
	readonly carried: readonly string[];
}

/** As wrangler has it built, but for its messages and the upload: a few bytes apart. */
async function bundle(entry: string): Promise<Bundle> {
	const { outputFiles, metafile } = await build({
		absWorkingDir: ROOT,
		entryPoints: [entry],
		outfile: "worker.js",
		bundle: true,
		write: false,
		metafile: true,
		minify: true,
		format: "esm",
		target: "es2024",
		conditions: ["workerd", "worker", "browser"],
		external: ["cloudflare:*", "node:*"],
	});
	const inputs = Object.entries(metafile.outputs["worker.js"]?.inputs ?? {});
	return {
		script: outputFiles[0]?.text ?? "",
		carried: inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path),
	};
}

/** What neither has a use for: descriptions of the admin API, draws of simulations, routers that nothing is routed by. */
const UNUSED =
	/to-json-schema|admin\/openapi|document-page(?:-script)?\.ts|document-texts|pure-rand|trie-router|smart-router/u;

let inference: Bundle;
let control: Bundle;
beforeAll(async () => {
	[inference, control] = await Promise.all([bundle("src/worker.ts"), bundle("src/control-worker.ts")]);
});

describe("both Workers that a deployment uploads", () => {
	it.each(Object.values(CONFIGURATION_FILES))("are minified, and their source maps go with them: %s", async (file) => {
		const configuration = await readFile(file, "utf8");
		expect(configuration).toMatch(/^minify = true/mu);
		expect(configuration).toMatch(/^upload_source_maps = true/mu);
	});

	it("carry nothing that neither has a use for", () => {
		const carried = [...inference.carried, ...control.carried];
		expect(carried.filter((path) => UNUSED.test(path))).toEqual([]);
	});
});

/** docs/decisions/0016-two-workers.md says what is in it, and why this is the one that counts. */
describe("the inference Worker, which every client waits for", () => {
	it("stays below the 100,000 bytes that it may have compressed, and below its limit as the runtime parses it", () => {
		expect(inference.script).toContain("/v1/chat/completions");
		expect(gzipSync(inference.script).length).toBeLessThan(100_000);
		expect(inference.script.length).toBeLessThan(295_000);
	});

	it("carries nothing of ledgers and the admin API but the paths that it passes on", () => {
		const foreign = inference.carried.filter((path) =>
			/^src\/(?:ledger|admin|tuning|dashboard|local)\/|\/jose\/|consume-observations|core\/ledger\/.*-(?:diff|patch|digest|totals)|metric-families|prometheus/u.test(
				path,
			),
		);
		expect(foreign).toEqual(["src/admin/control-paths.ts"]);
	});
});

describe("the control Worker", () => {
	it("stays below its limit", () => {
		expect(control.script).toContain("/admin/v1");
		expect(gzipSync(control.script).length).toBeLessThan(97_000);
	});

	it("calls no model, and has nothing of the paths for inference", () => {
		const foreign = control.carried.filter((path) =>
			/^src\/(?:http|cascade)\/|adapters\/(?:workers-ai|origin|stage-resolver|embeddings)|json-schema|eventsource-parser/u.test(
				path,
			),
		);
		expect(foreign).toEqual([]);
	});
});
