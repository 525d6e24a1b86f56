import type { Command } from "commander";
import type { JsonObject } from "../../core/json.ts";
import { ok, type Result } from "../../core/result.ts";
import { LOCAL_DEMO_KEY } from "../ask.ts";
import { causeOf, type AdminFailure } from "./admin-client.ts";
import { allItems } from "./all-pages.ts";
import { checkClock, checkTenant, type Check, type TenantFacts } from "./doctor-checks.ts";
import { explainFailure } from "./explain-failure.ts";
import { isThisMachine, tenantCommand, withSession, type ExitCode, type Session } from "./session.ts";
import { coloured, printable } from "./show-values.ts";
import { currentPolicy } from "./write-policy.ts";

/** The local environment's tenant. */
const DEMO_TENANT = "demo";

/** `cascade doctor`. */
export function registerDoctorCommand(program: Command): void {
	tenantCommand(
		program,
		"doctor",
		"look whether Worker, key, clock, publication and each tenant's policy are well; 1 where one fails",
	).action(withSession(doctor));
}

async function doctor(session: Session): Promise<ExitCode> {
	const checks: Check[] = [];
	const add = (...found: readonly Check[]) => {
		checks.push(...found);
		if (!session.json) for (const check of found) process.stdout.write(describeCheck(check));
	};
	const worker = await checkWorker(session.connection.url);
	add(worker.check);
	if (worker.check.status !== "fail") {
		add(checkClock(worker.date, Date.now(), isThisMachine(new URL(session.connection.url))));
		const key = await checkKey(session);
		add(key.check);
		if (key.check.status !== "fail") for (const tenant of key.tenants) add(...(await lookAtTenant(session, tenant)));
	}
	if (session.json) process.stdout.write(`${JSON.stringify({ checks })}\n`);
	return checks.some(({ status }) => status === "fail") ? 1 : 0;
}

async function checkWorker(url: string): Promise<{ check: Check; date: number | null }> {
	const subject = "worker";
	const noDate = { date: null };
	try {
		const response = await fetch(`${url}/healthz`, { redirect: "manual", signal: AbortSignal.timeout(10_000) });
		const date = Date.parse(response.headers.get("date") ?? "");
		await response.text();
		if (!response.ok)
			return {
				...noDate,
				check: {
					status: "fail",
					subject,
					message: `${url}/healthz answers ${response.status}: is it an Edge Cascade?`,
				},
			};
		return {
			date: Number.isNaN(date) ? null : date,
			check: { status: "ok", subject, message: `${url} answers` },
		};
	} catch (error) {
		const cause = causeOf(error);
		return {
			...noDate,
			check: { status: "fail", subject, message: explainFailure({ kind: "unreachable", url, cause }).trim() },
		};
	}
}

interface KeyFound {
	readonly check: Check;
	/** Those that are looked at. */
	readonly tenants: readonly string[];
}

/** What the key may do, by what it is let do; refused reading leaves no trace. */
async function checkKey(session: Session): Promise<KeyFound> {
	const only = session.tenantIfNamed();
	const found = (status: Check["status"], message: string, tenants: readonly string[] = []): KeyFound => ({
		check: { status, subject: "key", message },
		tenants,
	});
	const failed = (failure: AdminFailure) => found("fail", inWords(failure));
	const origins = await session.call("origins.list", { query: { limit: "1" } });
	if (origins.ok) {
		const tenants =
			only === undefined ? await allItems(session, "tenants.list") : { ok: true as const, value: [{ tenant: only }] };
		if (!tenants.ok) return failed(tenants.error);
		const message =
			session.connection.key === null ? "none; Cloudflare Access vouches for an operator" : "an operator's";
		return found(
			"ok",
			message,
			tenants.value.map(({ tenant }) => tenant),
		);
	}
	if (origins.error.kind !== "refused" || origins.error.status !== 403) return failed(origins.error);
	if (only === undefined) return found("fail", "not an operator's; name the tenant whose it is with --tenant");
	const parameters = { tenant: only };
	const audit = await session.call("audit.list", { parameters, query: { limit: "1" } });
	if (audit.ok) return found("ok", "the tenant's, and may change it", [only]);
	if (audit.error.kind !== "refused" || audit.error.status !== 403) return failed(audit.error);
	const state = await session.call("tenants.get", { parameters });
	return state.ok ? found("ok", "the tenant's, and may read", [only]) : failed(state.error);
}

async function lookAtTenant(session: Session, tenant: string): Promise<readonly Check[]> {
	const parameters = { tenant };
	const failed = (failure: AdminFailure): Check[] => [
		{ status: "fail", subject: `tenant ${tenant}`, message: inWords(failure) },
	];
	const state = await session.call("tenants.get", { parameters });
	if (!state.ok) return failed(state.error);
	const keys = await session.call("keys.list", { parameters });
	if (!keys.ok) return failed(keys.error);
	const policy = await currentPolicy(session, tenant);
	if (!policy.ok) return failed(policy.error);
	const checked =
		policy.value === null ? ok(UNREMARKABLE) : await checkedByWorker(session, tenant, policy.value.document);
	if (!checked.ok) return failed(checked.error);
	const facts = {
		state: state.value.body,
		keys: keys.value.body.items,
		policy: policy.value?.document ?? null,
		hasDemoKey: tenant === DEMO_TENANT && (await takesDemoKey(session.connection.url)),
		...checked.value,
	};
	return checkTenant(facts, Date.now());
}

const UNREMARKABLE: Pick<TenantFacts, "problems" | "warnings"> = { problems: [], warnings: [] };

/** What the Worker says of the policy; no warnings where it is of an older version that does not warn. */
async function checkedByWorker(
	session: Session,
	tenant: string,
	document: JsonObject,
): Promise<Result<Pick<TenantFacts, "problems" | "warnings">, AdminFailure>> {
	const checked = await session.call("policy.validate", { parameters: { tenant }, body: document });
	return checked.ok
		? ok({ problems: checked.value.body.problems, warnings: checked.value.body.warnings ?? [] })
		: checked;
}

/** Whether this is the local environment, whose demo tenant is asked with a key that no ledger holds. */
async function takesDemoKey(url: string): Promise<boolean> {
	if (!isThisMachine(new URL(url))) return false;
	try {
		const headers = { authorization: `Bearer ${LOCAL_DEMO_KEY}` };
		const response = await fetch(`${url}/v1/models`, {
			headers,
			redirect: "manual",
			signal: AbortSignal.timeout(10_000),
		});
		await response.text();
		return response.ok;
	} catch {
		return false;
	}
}

/** A key that may not do something is what is looked at here, so there is no advice to look. */
function inWords(failure: AdminFailure): string {
	const isForbidden = failure.kind === "refused" && failure.status === 403;
	return isForbidden ? failure.body.error.message : explainFailure(failure).trim();
}

const COLOURS = { ok: "green", warn: "yellow", fail: "red" } as const;

function describeCheck({ status, subject, message }: Check): string {
	const mark = coloured(COLOURS[status], status.padEnd(4));
	return `${mark}  ${printable(subject)}: ${printable(message)}\n`;
}
