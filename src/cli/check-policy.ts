import { readFileSync } from "node:fs";
import { parseTenantPolicy } from "../core/parse-tenant-policy.ts";
import type { TenantPolicy } from "../core/tenant-policy.ts";
import { parseJson } from "../core/json.ts";

/** `cascade policy check FILE`: 0 where the policy is valid, 1 with every problem on standard error. */
export function checkPolicy(file: string): 0 | 1 {
	const policy = readPolicyFile(file);
	if (policy === undefined) return 1;
	for (const [alias, { stages }] of Object.entries(policy.cascades)) {
		const described = stages.map(
			({ name, model, threshold }) => `${name} (${model}${threshold === undefined ? "" : `, from ${threshold}`})`,
		);
		process.stdout.write(`${alias}: ${described.join(" → ")}\n`);
	}
	return 0;
}

/** Reads a policy file; undefined after its problems have been written to standard error. */
export function readPolicyFile(file: string): TenantPolicy | undefined {
	let text: string;
	try {
		text = readFileSync(file, "utf8");
	} catch {
		process.stderr.write(`${file}: cannot be read\n`);
		return undefined;
	}
	const document = parseJson(text);
	if (document === undefined) {
		process.stderr.write(`${file}: is not valid JSON\n`);
		return undefined;
	}
	const policy = parseTenantPolicy(document);
	if (policy.ok) return policy.value;
	for (const { path, message } of policy.error) process.stderr.write(`${file}: ${path}: ${message}\n`);
	return undefined;
}
