import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isJsonObject, parseJson } from "../core/json.ts";
import { isMaxConcurrent, MAX_CONCURRENT_RULE } from "../core/origin-concurrency.ts";
import { isOriginSecretName, originRecordName, policyRecordName } from "../core/published-records.ts";
import { parseOriginUrl } from "../web/origin-url.ts";
import { readPolicyFile } from "./check-policy.ts";
import { TENANT_NAME } from "./create-key.ts";

interface KvRecord {
	readonly key: string;
	readonly value: string;
}

/**
 * `cascade publish DIRECTORY`: checks every file and writes nothing unless all are right. The revision is the time in
 * seconds, so it rises with every publication and isolates never go back to an older one.
 */
export function publish(directory: string, out: string, now: number): 0 | 1 {
	const revision = Math.floor(now / 1000);
	const records: KvRecord[] = [];
	let problems = 0;
	for (const file of jsonFiles(join(directory, "tenants"))) {
		const tenant = basename(file, ".json");
		const policy = TENANT_NAME.test(tenant) ? readPolicyFile(file) : refuse(file, "the file's name must be a tenant's");
		if (policy === undefined) problems += 1;
		else records.push(record(policyRecordName(tenant), { version: 1, revision, publishedAt: revision, policy }));
	}
	for (const file of jsonFiles(join(directory, "origins"))) {
		const origin = readOriginFile(file);
		if (origin === undefined) problems += 1;
		else records.push(record(originRecordName(basename(file, ".json")), { version: 1, ...origin }));
	}
	if (problems === 0 && records.length === 0) {
		process.stderr.write(`${directory}: holds neither tenants/*.json nor origins/*.json\n`);
		return 1;
	}
	if (problems > 0) return 1;
	writeFileSync(out, `${JSON.stringify(records, null, "\t")}\n`);
	process.stdout.write(
		`${records.length} records in ${out}, revision ${revision}. Publish them with\n\n  npx wrangler kv bulk put --remote --binding CONFIG ${out}\n`,
	);
	return 0;
}

function readOriginFile(file: string): { baseUrl: string; secret: string | null; maxConcurrent?: number } | undefined {
	const document = parseJson(readFileSync(file, "utf8"));
	if (!isJsonObject(document)) return refuse(file, "is not a JSON object");
	const { baseUrl, secret = null, maxConcurrent = null, ...others } = document;
	const [unknown] = Object.keys(others);
	if (unknown !== undefined) return refuse(file, `${unknown}: is not a field of an origin`);
	if (typeof baseUrl !== "string")
		return refuse(file, "baseUrl: must be the address that /chat/completions is added to");
	const url = parseOriginUrl(baseUrl, false);
	if (!url.ok) return refuse(file, `baseUrl: ${url.error}`);
	if (secret !== null && (typeof secret !== "string" || !isOriginSecretName(secret))) {
		return refuse(file, "secret: must name a Worker secret that begins with ORIGIN_");
	}
	if (maxConcurrent === null) return { baseUrl: url.value, secret };
	if (!isMaxConcurrent(maxConcurrent)) return refuse(file, `maxConcurrent: ${MAX_CONCURRENT_RULE}`);
	return { baseUrl: url.value, secret, maxConcurrent };
}

function refuse(file: string, problem: string): undefined {
	process.stderr.write(`${file}: ${problem}\n`);
	return undefined;
}

function jsonFiles(directory: string): string[] {
	if (!existsSync(directory)) return [];
	return readdirSync(directory)
		.filter((file) => file.endsWith(".json"))
		.map((file) => join(directory, file));
}

function record(key: string, value: unknown): KvRecord {
	return { key, value: JSON.stringify(value) };
}
