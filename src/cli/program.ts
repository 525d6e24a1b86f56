import { Command } from "commander";
import { registerApplyCommand } from "./admin/apply-command.ts";
import { registerAuditCommand } from "./admin/audit-command.ts";
import { registerCanaryCommands } from "./admin/canary-commands.ts";
import { registerDoctorCommand } from "./admin/doctor-command.ts";
import { registerExportCommand } from "./admin/export-command.ts";
import { registerKeyCommands } from "./admin/key-commands.ts";
import { registerOperatorKeyCommands } from "./admin/operator-key-commands.ts";
import { registerOriginCommands } from "./admin/origin-commands.ts";
import { registerPolicyCommands } from "./admin/policy-commands.ts";
import { registerRequestCommands } from "./admin/request-commands.ts";
import { registerRevisionCommands } from "./admin/revision-commands.ts";
import { registerTenantCommands } from "./admin/tenant-commands.ts";
import { registerFeedbackCommand } from "./admin/feedback-command.ts";
import { registerUsageCommand } from "./admin/usage-command.ts";
import { registerCompletion } from "./completion.ts";
import { registerEvidenceCommands } from "./evidence/evidence-commands.ts";
import { registerWatchCommand } from "./evidence/watch-command.ts";
import { registerOfflineCommands, registerPolicyCheck } from "./offline-commands.ts";
import { writeTuningReport } from "./report/write-tuning-report.ts";
import { registerTuneCommands } from "./tune/register-tune-commands.ts";
import about from "./package.json" with { type: "json" };

/**
 * The `cascade` command with everything below it. Exit codes: 0 done, 1 refused or failed, 2 wrong usage; 3 where tuning
 * certified nothing.
 */
export function buildProgram(): Command {
	const program = new Command("cascade")
		.description("Ask a cascade, choose its thresholds, and administer its tenants: policies, keys, origins, usage.")
		.version(about.version, "-V, --version", "print the version")
		.showHelpAfterError("--help shows what there is.")
		// Inherited by the commands below, so that what they refuse can be given an exit code of its own.
		.exitOverride();
	registerOfflineCommands(program);
	registerTuneCommands(program, writeTuningReport);
	registerTenantCommands(program);
	registerKeyCommands(program);
	const policy = program.command("policy").description("a tenant's policy and its revisions");
	registerPolicyCheck(policy);
	registerPolicyCommands(policy);
	registerRevisionCommands(policy);
	registerCanaryCommands(program);
	registerOriginCommands(program);
	registerWatchCommand(program);
	registerEvidenceCommands(program);
	registerUsageCommand(program);
	registerRequestCommands(program);
	registerFeedbackCommand(program);
	registerAuditCommand(program);
	registerApplyCommand(program);
	registerExportCommand(program);
	registerDoctorCommand(program);
	registerOperatorKeyCommands(program);
	registerCompletion(program);
	return program;
}
