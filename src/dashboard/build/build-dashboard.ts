import { createHash } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { assetHeaders, dashboardPage, reportFramePage, type PageFiles } from "./pages.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Where `wrangler.control.toml` and the local stack take static assets from. Below it, paths are those of the Worker's address. */
export const ASSET_DIRECTORY = join(ROOT, ".wrangler", "assets");

/**
 * Builds the dashboard into `directory`: `dashboard/index.html`, the page that a report is shown in, their scripts and
 * styles, named by their content so that browsers keep them for good, and `_headers`. The same sources give the same files.
 */
export async function buildDashboard(directory: string = ASSET_DIRECTORY): Promise<void> {
	const bundled = await build({
		absWorkingDir: ROOT,
		entryPoints: {
			dashboard: "src/dashboard/main.tsx",
			"report-frame": "src/dashboard/report-frame/main.ts",
		},
		outdir: "dashboard",
		bundle: true,
		write: false,
		format: "iife",
		target: "es2022",
		minify: true,
		legalComments: "none",
		jsx: "automatic",
		jsxImportSource: "preact",
		logLevel: "warning",
	});
	const written = bundled.outputFiles.map(({ path, contents }) => ({ name: hashedName(path, contents), contents }));
	const nameOf = (entry: string, ending: string): string => {
		const found = written.find(({ name }) => name.startsWith(`${entry}-`) && name.endsWith(ending));
		if (found === undefined) throw new Error(`The bundle has no ${entry}${ending}.`);
		return found.name;
	};
	const page: PageFiles = { script: nameOf("dashboard", ".js"), style: nameOf("dashboard", ".css") };
	const files: readonly (readonly [string, string | Uint8Array])[] = [
		["_headers", assetHeaders()],
		["dashboard/index.html", dashboardPage(page)],
		["dashboard/report-frame.html", reportFramePage(nameOf("report-frame", ".js"))],
		...written.map(({ name, contents }) => [`dashboard/${name}`, contents] as const),
	];
	await mkdir(join(directory, "dashboard"), { recursive: true });
	for (const [name, contents] of files) await writeFile(join(directory, name), contents);
	// Files of earlier builds are not to be uploaded; only now, since a local Worker may be serving them.
	const current = new Set(files.map(([name]) => name));
	for (const name of await readdir(join(directory, "dashboard")))
		if (!current.has(`dashboard/${name}`))
			await rm(join(directory, "dashboard", name), { recursive: true, force: true });
}

function hashedName(path: string, contents: Uint8Array): string {
	const [, name = "", ending = ""] = /([\w-]+)(\.\w+)$/u.exec(path) ?? [];
	return `${name}-${createHash("sha256").update(contents).digest("hex").slice(0, 12)}${ending}`;
}
