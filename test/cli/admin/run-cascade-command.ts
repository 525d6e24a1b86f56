import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { OPERATOR_KEY, startFakeAdminApi, type FakeAdminApi } from "./fake-admin-api.ts";

/** How a run of the command ended. */
interface CommandRun {
	readonly status: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** The command line in a directory of its own, beside an admin API of its own. */
export interface Workplace {
	readonly api: FakeAdminApi;
	readonly directory: string;
	/** Runs `cascade` with the operator's key, unless the environment says otherwise. */
	readonly cascade: (...args: readonly string[]) => Promise<CommandRun>;
	readonly cascadeWith: (
		given: { readonly input?: string; readonly environment?: Readonly<Record<string, string>> },
		...args: readonly string[]
	) => Promise<CommandRun>;
	/** Makes a tenant with these policies, one revision after the other, and the origin that they name, without running the command. */
	readonly tenant: (name: string, ...policies: readonly Record<string, unknown>[]) => Promise<void>;
	/** Sends what the operator would. */
	readonly put: (path: string, body: unknown) => Promise<void>;
	readonly write: (path: string, document: unknown) => void;
	readonly read: (path: string) => string;
	readonly stop: () => Promise<void>;
}

/** The origin of the example policies. */
export const GPU_ORIGIN = { baseUrl: "https://gpu.example.com/v1", secret: "ORIGIN_GPU_KEY" };

const MAIN = join(import.meta.dirname, "../../../src/cli/main.ts");
/** Of all workplaces: the command would keep its compiled code in the directory of each, and compile all of it for each. */
const COMPILE_CACHE = join(import.meta.dirname, "../../../.wrangler/compile-cache");

export async function openWorkplace(hosts: readonly string[] = []): Promise<Workplace> {
	const api = await startFakeAdminApi(hosts);
	const directory = mkdtempSync(join(tmpdir(), "cascade-"));
	const cascadeWith: Workplace["cascadeWith"] = ({ input = "", environment = {} }, ...args) => {
		const inherited = {
			PATH: process.env["PATH"] ?? "",
			HOME: directory,
			TMPDIR: directory,
			NODE_COMPILE_CACHE: COMPILE_CACHE,
		};
		const env = { ...inherited, CASCADE_URL: api.url, CASCADE_ADMIN_KEY: OPERATOR_KEY, ...environment };
		return runCommand(process.execPath, [MAIN, ...args], { directory, env, input });
	};
	return {
		api,
		directory,
		cascadeWith,
		cascade: (...args) => cascadeWith({}, ...args),
		tenant: async (name, ...policies) => {
			if (policies.length > 0) await send(api.url, "PUT", "/origins/gpu", GPU_ORIGIN, {});
			await send(api.url, "POST", "/tenants", { tenant: name }, {});
			for (const [index, policy] of policies.entries())
				await send(
					api.url,
					"PUT",
					`/tenants/${name}/policy`,
					policy,
					index === 0 ? { "if-none-match": "*" } : { "if-match": `"${index}"` },
				);
		},
		put: (path, body) => send(api.url, "PUT", path, body, {}),
		write: (path, document) => {
			mkdirSync(dirname(join(directory, path)), { recursive: true });
			writeFileSync(join(directory, path), typeof document === "string" ? document : JSON.stringify(document));
		},
		read: (path) => readFileSync(join(directory, path), "utf8"),
		stop: async () => {
			await api.stop();
			rmSync(directory, { recursive: true, force: true });
		},
	};
}

/** Sends what the operator would. A refusal is a mistake in a test. */
async function send(url: string, method: string, path: string, body: unknown, headers: Record<string, string>) {
	const response = await fetch(`${url}/admin/v1${path}`, {
		method,
		headers: { authorization: `Bearer ${OPERATOR_KEY}`, "content-type": "application/json", ...headers },
		body: JSON.stringify(body),
	});
	if (!response.ok) throw new Error(await response.text());
}

function runCommand(
	file: string,
	args: readonly string[],
	{ directory, env, input }: { directory: string; env: Record<string, string>; input: string },
): Promise<CommandRun> {
	return new Promise((resolve) => {
		const child = spawn(file, args, { cwd: directory, env });
		let stdout = "";
		let stderr = "";
		child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
		child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
		// A command that reads nothing may be gone before its input is written.
		child.stdin.on("error", () => {});
		child.stdin.end(input);
		child.on("close", (status) => resolve({ status, stdout, stderr }));
	});
}
