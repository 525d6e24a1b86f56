import type { Command } from "commander";
import { originsNamed } from "../../core/policy-origins.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { PolicyProblem } from "../../core/tenant-policy.ts";
import type { AdminFailure } from "./admin-client.ts";
import { allItems } from "./all-pages.ts";
import { confirmInTerminal } from "./ask-in-terminal.ts";
import { readDesiredState, type DesiredPolicy, type DesiredState } from "./desired-state.ts";
import { describeDone, describePlan, planOrigin, planTenant, stepsToTake, type PlannedStep } from "./plan.ts";
import { adminCommand, withSession, type ExitCode, type Session } from "./session.ts";
import { printable } from "./show-values.ts";

interface ApplyOptions {
	readonly yes?: boolean;
	readonly dryRun?: boolean;
	readonly reason: string;
}

/** `cascade apply`. */
export function registerApplyCommand(program: Command): void {
	adminCommand(
		program,
		"apply",
		"make the Worker hold what a directory's files say; shows its plan first, deletes nothing",
	)
		.argument("<directory>", "holds tenants/<tenant>.json and origins/<name>.json, as export writes them")
		.option("--yes", "apply the plan without asking")
		.option("--dry-run", "show the plan and do nothing")
		.option("--reason <text>", "why; kept with the revisions", "cascade apply")
		.action(withSession<ApplyOptions>((session, options, [directory = ""]) => apply(session, directory, options)));
}

async function apply(session: Session, directory: string, { yes, dryRun, reason }: ApplyOptions): Promise<ExitCode> {
	const desired = readDesiredState(directory);
	if (!desired.ok) return session.complain(desired.error);
	const plan = await makePlan(session, desired.value);
	if (!plan.ok) return typeof plan.error === "string" ? session.complain(plan.error) : session.refuse(plan.error);
	const steps = stepsToTake(plan.value);
	const isAgreed = steps.length > 0 && dryRun !== true;
	if (!session.json || (isAgreed && yes !== true))
		(session.json ? process.stderr : process.stdout).write(describePlan(plan.value));
	const goesOn = isAgreed && (yes === true || confirmInTerminal("Apply it?"));
	if (isAgreed && !goesOn) return session.complain("Nothing was done. --yes applies the plan without asking.\n");
	let taken = 0;
	for (const step of goesOn ? steps : []) {
		const done = await takeStep(session, step, reason);
		if (!done.ok) {
			session.refuse(done.error);
			return session.complain(
				`That was about '${step.act} ${step.kind} ${step.name}'. ${taken} of ${steps.length} steps were taken before it; running it again plans the rest.\n`,
			);
		}
		taken += 1;
		if (!session.json)
			process.stdout.write(`${step.act === "create" ? "created" : "changed"} ${step.kind} ${step.name}\n`);
	}
	if (!session.json && goesOn) process.stdout.write(describeDone(plan.value));
	if (session.json)
		process.stdout.write(
			`${JSON.stringify({ steps: plan.value.map(({ kind, name, act }) => ({ kind, name, act })), taken })}\n`,
		);
	return 0;
}

/** Compares with what is there. The error is a failure, or lines of what the Worker finds wrong with files. */
async function makePlan(
	session: Session,
	{ origins, policies }: DesiredState,
): Promise<Result<readonly PlannedStep[], AdminFailure | string>> {
	const steps: PlannedStep[] = [];
	let problems = "";
	const arriving = new Set(origins.map(({ name }) => name));
	const newTenants: DesiredPolicy[] = [];
	// Origins come first: policies name them.
	if (origins.length > 0) {
		const current = await allItems(session, "origins.list");
		if (!current.ok) return current;
		for (const origin of origins)
			steps.push(
				planOrigin(
					origin,
					current.value.find(({ name }) => name === origin.name),
				),
			);
	}
	for (const policy of policies) {
		const { tenant, document } = policy;
		const checked = await session.call("policy.validate", { parameters: { tenant }, body: document });
		if (!checked.ok && !isUnknownTenant(checked.error)) return checked;
		if (checked.ok) {
			const isMet = new Set(originsNamed(document).flatMap(({ path, origin }) => (arriving.has(origin) ? [path] : [])));
			// Of what was taken here, the Worker can only miss an origin there, and this plan brings it.
			problems += problemLines(
				tenant,
				checked.value.body.problems.filter(({ path }) => !isMet.has(path)),
			);
			for (const { path, message } of checked.value.body.warnings.filter((each) => !isMet.has(each.path)))
				session.note(problemLines(tenant, [{ path, message: `${message} (warning)` }]));
		} else newTenants.push(policy);
		steps.push(...planTenant(policy, checked.ok ? checked.value.body : undefined));
	}
	const missing = await missingOrigins(session, newTenants, arriving);
	if (!missing.ok) return missing;
	problems += missing.value;
	return problems === "" ? ok(steps) : err(problems);
}

/**
 * Lines for the origins that policies of new tenants name and that neither the Worker nor the directory has: there is no
 * tenant yet at which the Worker could check them. Only an operator makes tenants, and may list the origins.
 */
async function missingOrigins(
	session: Session,
	policies: readonly DesiredPolicy[],
	arriving: ReadonlySet<string>,
): Promise<Result<string, AdminFailure>> {
	const wanted = policies.flatMap(({ tenant, document }) =>
		originsNamed(document)
			.filter(({ origin }) => !arriving.has(origin))
			.map((named) => ({ tenant, ...named })),
	);
	if (wanted.length === 0) return ok("");
	const there = await allItems(session, "origins.list");
	if (!there.ok) return there;
	const names = new Set(there.value.map(({ name }) => name));
	return ok(
		wanted
			.filter(({ origin }) => !names.has(origin))
			.map(({ tenant, path, origin }) => problemLines(tenant, [{ path, message: `there is no origin '${origin}'` }]))
			.join(""),
	);
}

function problemLines(tenant: string, problems: readonly PolicyProblem[]): string {
	return problems.map(({ path, message }) => `tenants/${tenant}.json: ${printable(`${path}: ${message}`)}\n`).join("");
}

function isUnknownTenant(failure: AdminFailure): boolean {
	return failure.kind === "refused" && failure.status === 404 && failure.body.error.code === "tenant_not_found";
}

/** Each write names the revision that was planned on, so nothing is overwritten that the plan did not show. */
async function takeStep(session: Session, step: PlannedStep, reason: string): Promise<Result<unknown, AdminFailure>> {
	switch (step.kind) {
		case "origin":
			return session.call("origins.put", { parameters: { name: step.name }, body: step.body, seen: step.seen });
		case "tenant":
			return session.call("tenants.create", { body: { tenant: step.name } });
		case "policy":
			return session.call("policy.put", {
				parameters: { tenant: step.name },
				query: { reason },
				body: step.body,
				seen: step.seen,
			});
	}
}
