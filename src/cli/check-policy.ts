import { readFileSync } from "node:fs";
import { describeMethod } from "../core/confidence/method.ts";
import { labelTimeWarnings } from "../core/evidence/label-time.ts";
import { parseTenantPolicy } from "../core/parse-tenant-policy.ts";
import type { StagePolicy, TenantPolicy } from "../core/tenant-policy.ts";
import { parseJson } from "../core/json.ts";

/** `cascade policy check FILE`: 0 where the policy is valid, 1 with every problem on standard error, where warnings are too. */
export function checkPolicy(file: string): 0 | 1 {
	const policy = readPolicyFile(file);
	if (policy === undefined) return 1;
	for (const [alias, { stages, mode }] of Object.entries(policy.cascades)) {
		const described = stages.map(describeStage).join(" → ");
		process.stdout.write(`${alias}: ${described}${mode === "parallel" ? ", together" : ""}\n`);
	}
	for (const { path, message } of labelTimeWarnings(policy))
		process.stderr.write(`${file}: ${path}: ${message} (warning)\n`);
	return 0;
}

/** `edge (@cf/small, agreement from 0.8: 4 more calls beside the answer)`. */
function describeStage({ name, model, confidence, threshold }: StagePolicy): string {
	if (confidence === undefined || threshold === undefined) return `${name} (${model})`;
	const { extraCalls, latency, outputTokens } = describeMethod(confidence);
	const costs = [
		...(extraCalls === 0
			? []
			: [
					`${extraCalls} more call${extraCalls === 1 ? "" : "s"} ${latency === "beside-answer" ? "beside" : "after"} the answer`,
				]),
		...(outputTokens === 0 ? [] : [`up to ${outputTokens} more tokens an answer`]),
	];
	const cost = costs.length === 0 ? "" : `: ${costs.join(", ")}`;
	return `${name} (${model}, ${confidence.method} from ${threshold}${cost})`;
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
