import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** docs/decisions/0015-size-of-the-worker.md says what is in it. */
const MOST_GZIP_BYTES = 172_000;
const MOST_BYTES = 510_000;

let script: string;
/** Bytes that each file has in the bundle. */
let files: Readonly<Record<string, number>>;
beforeAll(async () => {
	// As wrangler has it built, but for its messages and the upload: a few bytes apart.
	const { outputFiles, metafile } = await build({
		absWorkingDir: ROOT,
		entryPoints: ["src/worker.ts"],
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
	script = outputFiles[0]?.text ?? "";
	const inputs = metafile.outputs["worker.js"]?.inputs ?? {};
	files = Object.fromEntries(Object.entries(inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput]));
});

describe("the Worker that a deployment uploads", () => {
	it("is minified, and its source map goes with it", async () => {
		const configuration = await readFile(new URL("../../wrangler.toml", import.meta.url), "utf8");
		expect(configuration).toMatch(/^minify = true/mu);
		expect(configuration).toMatch(/^upload_source_maps = true/mu);
	});

	it("stays below its limit, compressed and as the runtime parses it", () => {
		expect(script).toContain("/v1/chat/completions");
		expect(gzipSync(script).length).toBeLessThan(MOST_GZIP_BYTES);
		expect(script.length).toBeLessThan(MOST_BYTES);
	});

	it("carries nothing that only describes the admin API, draws simulations or routes in a way that is not used", () => {
		const carried = Object.keys(files).filter((path) => (files[path] ?? 0) > 0);
		const unwanted =
			/to-json-schema|admin\/openapi|document-page(?:-script)?\.ts|document-texts|pure-rand|trie-router|smart-router/u;
		expect(carried.filter((path) => unwanted.test(path))).toEqual([]);
	});
});
