import type { Command } from "commander";
import { ask } from "./ask.ts";
import { checkPolicy } from "./check-policy.ts";
import { probe } from "./probe.ts";
import { publish } from "./publish.ts";

/** `cascade ask`, `publish` and `probe`, which do not ask the admin API. */
export function registerOfflineCommands(program: Command): void {
	program
		.command("ask")
		.description("send a prompt and show which stage answered, how sure it was, what it cost and saved")
		.argument("<prompt>", "the user message; \\n is a line break")
		.option(
			"--url <url>",
			"the Worker; default: $CASCADE_URL, else http://127.0.0.1:8787",
			process.env["CASCADE_URL"] || "http://127.0.0.1:8787",
		)
		.option("--key <key>", "the API key; default: $CASCADE_API_KEY, else the local demo key")
		.option("--model <cascade>", "the cascade to ask", "cascade")
		.option("--system <text>", "a system message")
		.option("--route <route>", "auto, edge or origin, where the policy allows it", "auto")
		.option("--json", "print the whole answer as JSON")
		.action(async (prompt: string, options) => {
			process.exitCode = await ask(prompt, options);
		});
	program
		.command("publish")
		.description("check tenants/*.json and origins/*.json and write them as one file for `wrangler kv bulk put`")
		.argument("<directory>", "holds tenants/<tenant>.json and origins/<name>.json")
		.option("--out <file>", "the file to write", "kv-records.json")
		.action((directory: string, options: { out: string }) => {
			process.exitCode = publish(directory, options.out, Date.now());
		});
	program
		.command("probe")
		.description("ask each model of a policy what it gives: log-probabilities, tools, JSON, streams; docs/probe.md")
		.argument("<policy>", "a JSON file")
		.option("--workers-ai-url <url>", "where Workers AI's models are; default: the account in $CLOUDFLARE_ACCOUNT_ID")
		.option(
			"--origin <name=url>",
			"where an origin is, such as gpu=https://host/v1; its key is $ORIGIN_<NAME>_KEY; may be repeated",
			(value: string, before: readonly string[]) => [...before, value],
			[],
		)
		.option("--local", "ask the models of a running `npm start`")
		.option("--timeout <seconds>", "the most that one probe may take", "30")
		.option("--write <file>", "also write the findings as Markdown")
		.option("--json", "print the findings as JSON")
		.action(async (file: string, options) => {
			process.exitCode = await probe(file, options, new Date());
		});
}

/** `cascade policy check`, the one of `policy` that asks nobody. */
export function registerPolicyCheck(policy: Command): void {
	policy
		.command("check")
		.description("check a policy file here, with the parser that the Worker uses; every problem is listed")
		.argument("<file>", "a JSON file")
		.action((file: string) => {
			process.exitCode = checkPolicy(file);
		});
}
