import type { AdminReply } from "../../admin/client-types.ts";
import { describeMethod } from "../../core/confidence/method.ts";
import { parseTenantPolicy } from "../../core/parse-tenant-policy.ts";
import { originsNamed } from "../../core/policy-origins.ts";
import type { StagePolicy, TenantPolicy } from "../../core/tenant-policy.ts";
import { isKnownModel, TYPED_WITH_LOGPROBS } from "../../core/workers-ai-models.ts";
import { showDuration, showMoment } from "./show-values.ts";

/** What one look has found, and, unless all is well, what to do. */
export interface Check {
	readonly status: "ok" | "warn" | "fail";
	/** What was looked at: `clock`, `tenant acme`. */
	readonly subject: string;
	readonly message: string;
}

/** Seconds are lost on the way, and `Date` has no smaller parts. */
const SKEW_MS = { warn: 5_000, fail: 300_000 } as const;
/** KV is written within seconds; what waits longer is being retried. */
const PUBLICATION_MS = 120_000;

/** How far this machine's clock and the Worker's are apart. `date` is null where the Worker does not tell its time. */
export function checkClock(date: number | null, now: number, isSameMachine: boolean): Check {
	const subject = "clock";
	if (isSameMachine) return { status: "ok", subject, message: "the Worker is on this machine" };
	if (date === null)
		return { status: "warn", subject, message: "the reply has no Date, so the clocks could not be compared" };
	const skew = Math.abs(now - date);
	const apart = `this machine and the Worker are ${showDuration(skew)} apart`;
	if (skew <= SKEW_MS.warn) return { status: "ok", subject, message: apart };
	const advice = "set this machine's clock: times that are given from here, such as a key's expiry, mean others there";
	return { status: skew > SKEW_MS.fail ? "fail" : "warn", subject, message: `${apart}; ${advice}` };
}

/** What is known of a tenant. */
export interface TenantFacts {
	readonly state: AdminReply<"tenants.get">;
	/** Null before the first. */
	readonly policy: unknown;
	readonly keys: AdminReply<"keys.list">["items"];
	/** Whether the local environment's demo key, which no ledger holds, may ask as this tenant. */
	readonly hasDemoKey: boolean;
	/** What the Worker itself finds wrong with the policy; it alone knows the origins. */
	readonly problems: AdminReply<"policy.validate">["problems"];
	/** What it warns of; it alone knows its bindings. */
	readonly warnings: AdminReply<"policy.validate">["warnings"];
}

/** Everything that is remarkable about a tenant; one `ok` where nothing is. */
export function checkTenant(facts: TenantFacts, now: number): readonly Check[] {
	const { state, policy, keys, hasDemoKey, problems, warnings } = facts;
	const subject = `tenant ${state.tenant}`;
	const found: Check[] = [];
	const report = (status: "warn" | "fail", message: string) => found.push({ status, subject, message });
	if (state.suspended) report("warn", `is suspended; \`cascade tenant resume ${state.tenant}\` lets its requests in`);
	const { pending, oldestAt } = state.publication;
	if (pending > 0 && oldestAt !== null)
		report(
			now - oldestAt > PUBLICATION_MS ? "fail" : "warn",
			`${pending} records are not in KV yet, the oldest since ${showMoment(oldestAt)}; it is retried by itself: look for faults of KV in the Worker's log if that lasts`,
		);
	if (
		!hasDemoKey &&
		!keys.some(
			({ revokedAt, expiresAt, scopes }) =>
				scopes.includes("inference") && revokedAt === null && (expiresAt === null || expiresAt > now),
		)
	)
		report("warn", `has no key that may ask; \`cascade key create ${state.tenant} --name NAME\` makes one`);
	if (state.revision === null) {
		report("warn", `has no policy; \`cascade policy set --tenant ${state.tenant} FILE\` sets one`);
		return found;
	}
	const parsed = parseTenantPolicy(policy);
	// An origin that was withdrawn is a warning to who changes the policy, and a failure of the requests that need it.
	const isOrigin = new Set(parsed.ok ? originsNamed(parsed.value).map(({ path }) => path) : []);
	const failing = warnings.filter(({ path }) => isOrigin.has(path));
	if (parsed.ok) found.push(...checkPolicy(subject, parsed.value, [...problems, ...failing]));
	else
		for (const { path, message } of parsed.error)
			report("fail", `${path}: ${message}; this command line and the Worker must be of the same version`);
	for (const { path, message } of warnings.filter((each) => !failing.includes(each)))
		report("warn", `${path}: ${message}`);
	const cascades = parsed.ok ? Object.keys(parsed.value.cascades).length : 0;
	return found.length > 0
		? found
		: [{ status: "ok", subject, message: `revision ${state.revision}, ${cascades} cascades` }];
}

function checkPolicy(subject: string, policy: TenantPolicy, problems: TenantFacts["problems"]): Check[] {
	const named = new Map(originsNamed(policy).map(({ path, origin }) => [path, origin]));
	const found = problems.map(({ path, message }): Check => {
		const origin = named.get(path);
		return {
			status: "fail",
			subject,
			message: `${path}: ${message}${origin === undefined ? "" : adviceOn(origin, message)}`,
		};
	});
	for (const [name, { stages }] of Object.entries(policy.cascades)) {
		for (const [index, stage] of stages.entries()) {
			const path = `cascades.${name}.stages[${index}]`;
			for (const message of modelRemarks(stage))
				found.push({ status: "warn", subject, message: `${path}: ${message}` });
		}
	}
	return found;
}

/** What to do about an origin: define it, or name another where it is another tenant's and nothing may define it. */
function adviceOn(origin: string, message: string): string {
	return message.startsWith("there is no origin")
		? `; \`cascade origin set ${origin} URL\` defines it`
		: "; name one of the tenant's own, or one without a dot";
}

const PROBE = "`cascade probe` shows what it gives";

/** What is doubtful about a stage's model; an origin's is not in any table. */
function modelRemarks({ adapter, model, shape, logprobs, confidence }: StagePolicy): string[] {
	if (adapter !== "workers-ai") return [];
	const isListed = isKnownModel(model);
	const remarks: string[] = [];
	if (!isListed && shape === undefined && logprobs === undefined)
		remarks.push(`${model} is not in the capability table, so it is asked in Workers AI's own form; ${PROBE}`);
	const gives = logprobs ?? (shape === "chat-completions" || (shape === undefined && TYPED_WITH_LOGPROBS.has(model)));
	if (confidence !== undefined && describeMethod(confidence).reads === "log-probabilities" && !gives)
		remarks.push(
			`${confidence.method} needs log-probabilities, which ${model} is not known to give, so every answer goes to the next stage; ${PROBE}`,
		);
	return remarks;
}
