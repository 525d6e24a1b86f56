import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { PolicyDocument } from "../../admin/client-types.ts";
import { isMaxConcurrent, MAX_CONCURRENT_RULE } from "../../core/origin-concurrency.ts";
import { foreignOrigins } from "../../core/origin-owner.ts";
import { parseTenantPolicy } from "../../core/parse-tenant-policy.ts";
import { isOriginSecretName } from "../../core/published-records.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { parseOriginUrl } from "../../web/origin-url.ts";
import { TENANT_NAME } from "../create-key.ts";
import { readDocument } from "./read-document.ts";

/** The names that policies may use for an origin. */
export const ORIGIN_NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9_-])?$/u;

/** An origin as its file has it; the address without a slash at its end, as it is stored. */
export interface DesiredOrigin {
	readonly name: string;
	readonly baseUrl: string;
	readonly secret: string | null;
	/** Null: any number. */
	readonly maxConcurrent: number | null;
}

/** A tenant's policy as its file has it. */
export interface DesiredPolicy {
	readonly tenant: string;
	readonly document: PolicyDocument;
}

/** What a directory asks for; both in the order of names. */
export interface DesiredState {
	readonly origins: readonly DesiredOrigin[];
	readonly policies: readonly DesiredPolicy[];
}

/**
 * Reads `tenants/<tenant>.json`, a policy each, and `origins/<name>.json`, as `cascade publish` does; or every problem
 * of every file, a line each.
 */
export function readDesiredState(directory: string): Result<DesiredState, string> {
	const origins = jsonFiles(join(directory, "origins")).map(readOrigin);
	const policies = jsonFiles(join(directory, "tenants")).map(readPolicy);
	if (origins.length + policies.length === 0)
		return err(`${directory}: holds neither tenants/*.json nor origins/*.json\n`);
	const problems = [...origins, ...policies].flatMap((each) => (each.ok ? [] : [each.error])).join("");
	if (problems !== "") return err(problems);
	return ok({
		origins: origins.flatMap((each) => (each.ok ? [each.value] : [])),
		policies: policies.flatMap((each) => (each.ok ? [each.value] : [])),
	});
}

function readPolicy(file: string): Result<DesiredPolicy, string> {
	const tenant = basename(file, ".json");
	if (!TENANT_NAME.test(tenant)) return err(`${file}: the file's name must be a tenant's\n`);
	const document = readDocument(file);
	if (!document.ok) return document;
	const parsed = parseTenantPolicy(document.value);
	const problems = parsed.ok ? foreignOrigins(parsed.value, tenant) : parsed.error;
	// What the parser takes has the form of a policy; it is sent as it was written, without the defaults.
	if (problems.length === 0) return ok({ tenant, document: document.value as PolicyDocument });
	return err(problems.map(({ path, message }) => `${file}: ${path}: ${message}\n`).join(""));
}

function readOrigin(file: string): Result<DesiredOrigin, string> {
	const name = basename(file, ".json");
	const document = readDocument(file);
	if (!document.ok) return document;
	const { baseUrl, secret = null, maxConcurrent = null, ...others } = document.value;
	const problems = Object.keys(others).map((field) => `${field}: is not a field of an origin`);
	if (!ORIGIN_NAME.test(name)) problems.push("the file's name must be an origin's");
	// Whether this machine is a place for an origin, the Worker knows.
	const url = typeof baseUrl === "string" ? parseOriginUrl(baseUrl, true) : err("must be an address");
	if (!url.ok) problems.push(`baseUrl: ${url.error}`);
	const isSecret = secret === null || (typeof secret === "string" && isOriginSecretName(secret));
	if (!isSecret) problems.push("secret: must name a Worker secret that begins with ORIGIN_");
	const isBound = maxConcurrent === null || isMaxConcurrent(maxConcurrent);
	if (!isBound) problems.push(`maxConcurrent: ${MAX_CONCURRENT_RULE}`);
	if (url.ok && isSecret && isBound && problems.length === 0)
		return ok({ name, baseUrl: url.value, secret, maxConcurrent });
	return err(problems.map((problem) => `${file}: ${problem}\n`).join(""));
}

function jsonFiles(directory: string): string[] {
	if (!existsSync(directory)) return [];
	const files = readdirSync(directory).filter((file) => file.endsWith(".json"));
	return files.toSorted().map((file) => join(directory, file));
}
