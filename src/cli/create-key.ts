import { createHash, randomBytes } from "node:crypto";
import { formatApiKey } from "../core/api-key.ts";
import { keyRecordName } from "../core/published-records.ts";

const KNOWN_SCOPES: ReadonlySet<string> = new Set(["inference"]);
/** The same names that a policy file may have, since `tenants/<tenant>.json` is one. */
export const TENANT_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/u;

/** `cascade key create --offline TENANT`: shows a new key once, and the command that publishes its hash. */
export function createKey(tenant: string, scopes: readonly string[]): 0 | 1 {
	if (!TENANT_NAME.test(tenant)) {
		process.stderr.write(
			`'${tenant}' is no tenant name: 1 to 64 of a-z, 0-9 and '-', beginning with a letter or digit\n`,
		);
		return 1;
	}
	const unknown = scopes.find((scope) => !KNOWN_SCOPES.has(scope));
	if (unknown !== undefined) {
		process.stderr.write(`'${unknown}' is no scope; there is: ${[...KNOWN_SCOPES].join(", ")}\n`);
		return 1;
	}
	const key = formatApiKey(randomBytes(32));
	const hash = createHash("sha256").update(key).digest("hex");
	const record = { version: 1, tenant, scopes, prefix: key.slice(0, 12), lastFour: key.slice(-4) };
	process.stdout.write(
		`${key}\n\nKeep it: it is not shown again. Publish its hash with\n\n` +
			`  npx wrangler kv key put --remote --binding CONFIG '${keyRecordName(hash)}' '${JSON.stringify(record)}'\n\n` +
			"It works everywhere within about a minute.\n",
	);
	return 0;
}
