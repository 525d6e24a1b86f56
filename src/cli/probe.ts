import { writeFileSync } from "node:fs";
import { readPolicyFile } from "./check-policy.ts";
import { readAddresses, type AddressOptions } from "./probe/addresses.ts";
import { probeModels } from "./probe/probe-model.ts";
import { probedModels } from "./probe/probed-models.ts";
import { writeJson, writeMarkdown, writeText } from "./probe/write-report.ts";

interface ProbeOptions extends AddressOptions {
	/** Seconds of each probe, as the user wrote them. */
	readonly timeout: string;
	/** A file for the report as Markdown. */
	readonly write?: string;
	readonly json?: boolean;
}

/**
 * `cascade probe POLICY.json`: asks each model that the policy's cascades name what it gives, and writes it down. 0
 * where every model could be asked.
 */
export async function probe(file: string, options: ProbeOptions, now: Date): Promise<0 | 1> {
	const seconds = Number(options.timeout);
	if (!(seconds > 0 && seconds <= 600)) return refuse(`--timeout: must be a number of seconds, at most 600`);
	const addresses = readAddresses(options, process.env);
	if (!addresses.ok) return refuse(addresses.error);
	const policy = readPolicyFile(file);
	if (policy === undefined) return 1;
	const findings = await probeModels(probedModels(policy), addresses.value, seconds * 1_000);
	const date = now.toISOString();
	process.stdout.write(options.json === true ? writeJson(findings, date) : writeText(findings));
	if (options.write !== undefined) writeFileSync(options.write, writeMarkdown(findings, date.slice(0, 10)));
	return findings.every(({ shape }) => shape !== null) ? 0 : 1;
}

function refuse(problem: string): 1 {
	process.stderr.write(`${problem}\n`);
	return 1;
}
