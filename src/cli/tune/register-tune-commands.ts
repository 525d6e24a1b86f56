import { Option, type Command } from "commander";
import type { Result } from "../../core/result.ts";
import { printable } from "../admin/show-values.ts";
import { design, type DesignOptions } from "./design-command.ts";
import { evaluate, type EvaluateOptions } from "./evaluate-command.ts";
import type { Failure } from "./load-cascade.ts";
import { withLogOptions } from "./log-options.ts";
import { simulate, type SimulateOptions } from "./simulate-command.ts";
import { tune, type WriteReport } from "./tune-command.ts";
import { RISKS, withClaimOptions, withCountOptions, type TuneOptions } from "./tune-options.ts";
import { SCORES } from "./tuning-question.ts";
import { verify, type VerifyOptions } from "./verify-command.ts";

/** `cascade tune`, `evaluate`, `simulate`, `verify` and `design`. `writeReport` is what `--html` calls. */
export function registerTuneCommands(program: Command, writeReport?: WriteReport): void {
	registerTune(program, writeReport);
	registerEvaluate(program);
	registerSimulate(program);
	registerVerify(program);
	registerDesign(program);
}

function registerTune(program: Command, writeReport: WriteReport | undefined): void {
	const command = withCountOptions(
		withClaimOptions(
			withLogOptions(
				logCommand(
					program,
					"tune",
					"choose a threshold that is certified to keep a risk below a target; docs/tuning.md",
				),
			),
		),
	)
		.addOption(
			new Option("--score <score>", "what is compared with the threshold: the log's confidence, or a fitted score")
				.choices(SCORES)
				.default("raw"),
		)
		.option("--calibration-share <share>", "the share of rows to calibrate on; the rest is held out", "1")
		.option("--labeller <name>", "what decided right and wrong; default: what the log says")
		.option("--certificate <file>", "write the certificate, which `cascade verify` checks")
		.option("--expires-in-days <days>", "when the certificate ends; default: never")
		.option("--apply <tenant/cascade>", "write the thresholds into this policy, after showing what changes")
		.option(
			"--stages <names>",
			"with --apply: the policy's stages that the models are, with commas, where they have other names",
		)
		.option("--yes", "with --apply: write without asking")
		.option("--url <url>", "with --apply: the Worker; default: $CASCADE_URL, else http://127.0.0.1:8787")
		.option("--key <key>", "with --apply: an operator's key, or the tenant's; better in $CASCADE_ADMIN_KEY");
	if (writeReport !== undefined) command.option("--html <file>", "write a report with plots");
	command.action(async (file: string, options: TuneOptions) => {
		finish(command, await tune(file, options, { now: new Date(), writeReport }));
	});
}

function registerEvaluate(program: Command): void {
	const command = withLogOptions(
		logCommand(program, "evaluate", "how good a confidence is, what it could save, and what it has to beat"),
	)
		.option("--margin <quality>", "how far under the last model's quality counts as the same", "0.01")
		.addOption(
			new Option("--risk <risk>", "what naive tuning, a baseline, is to keep").choices(RISKS).default("selective"),
		)
		.option("--target <risk>", "below what", "0.05")
		.option("--seed <number>", "decides every draw", "1")
		.option(
			"--replicates <number>",
			"resamples of each bootstrap; default: 2000, over 20,000 rows 200, over 100,000 rows 50",
		)
		.option("--points <number>", "with --json: the most points of a curve", "200");
	command.action(async (file: string, options: EvaluateOptions) => {
		finish(command, await evaluate(file, options));
	});
}

function registerSimulate(program: Command): void {
	const command = withLogOptions(
		logCommand(program, "simulate", "what thresholds would have done with a log; certifies nothing"),
	)
		.requiredOption(
			"--threshold <numbers>",
			"a threshold, or several with commas; of several small models, one for each, and the option may be repeated",
			(value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
		)
		.option("--level <share>", "of the interval of the risk", "0.95");
	command.action(async (file: string, options: SimulateOptions) => {
		finish(command, await simulate(file, options));
	});
}

function registerVerify(program: Command): void {
	const command = program
		.command("verify")
		.description("compute a certificate again from its log or ledger; 1 where a field differs or it has ended")
		.argument("<certificate>", "what `cascade tune --certificate` or `cascade evidence certificate` wrote")
		.argument("<log>", "the log that it was made of, or what `cascade evidence export` wrote")
		.option("--labels <file>", "the labels, where they are in a file of their own")
		.option("--json", "print one JSON object");
	command.action(async (certificate: string, log: string, options: VerifyOptions) => {
		finish(command, await verify(certificate, log, options, new Date()));
	});
}

function registerDesign(program: Command): void {
	const command = withCountOptions(
		withClaimOptions(
			withLogOptions(
				logCommand(program, "design", "which models of a log to ask, in which order; or that no cascade pays"),
			),
		),
	).option("--margin <quality>", "how much quality may be lost against the last model alone", "0.01");
	command.action(async (file: string, options: DesignOptions) => {
		finish(command, await design(file, options));
	});
}

function logCommand(program: Command, name: string, description: string): Command {
	return program
		.command(name)
		.description(description)
		.argument("<log>", "recorded answers: a trace, a Worker's log, CSV or JSON lines");
}

/** Sets the exit code; wrong usage ends as commander's own does. */
function finish(command: Command, exit: Result<number, Failure>): void {
	if (exit.ok) {
		process.exitCode = exit.value;
		return;
	}
	const message = exit.error.message.split("\n").map(printable).join("\n");
	if (exit.error.kind === "usage") command.error(`error: ${message}`);
	process.stderr.write(`${message}\n`);
	process.exitCode = 1;
}
