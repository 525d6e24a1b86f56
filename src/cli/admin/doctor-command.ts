import type { Command } from "commander";
import { causeOf, type AdminFailure } from "./admin-client.ts";
import { allItems } from "./all-pages.ts";
import { checkClock, checkTenant, type Check } from "./doctor-checks.ts";
import { explainFailure } from "./explain-failure.ts";
import { adminCommand, isThisMachine, withSession, type ExitCode, type Session } from "./session.ts";
import { coloured, printable } from "./show-values.ts";
import { currentPolicy } from "./write-policy.ts";

/** `cascade doctor`. */
export function registerDoctorCommand(program: Command): void {
	adminCommand(
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
		if (key.check.status !== "fail")
			for (const tenant of key.tenants) add(...(await lookAtTenant(session, tenant, key.origins)));
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
	readonly origins: ReadonlySet<string> | null;
}

const ORIGINS_UNSEEN = "whether its policy's origins are there, an operator's key shows";

/** What the key may do, by what it is let do; refused reading leaves no trace. */
async function checkKey(session: Session): Promise<KeyFound> {
	const only = session.tenantIfNamed();
	const found = (status: Check["status"], message: string, more: Partial<KeyFound> = {}): KeyFound => ({
		check: { status, subject: "key", message },
		tenants: [],
		origins: null,
		...more,
	});
	const failed = (failure: AdminFailure) => found("fail", inWords(failure));
	const origins = await allItems(session, "origins.list");
	if (origins.ok) {
		const tenants =
			only === undefined ? await allItems(session, "tenants.list") : { ok: true as const, value: [{ tenant: only }] };
		if (!tenants.ok) return failed(tenants.error);
		return found("ok", "an operator's", {
			tenants: tenants.value.map(({ tenant }) => tenant),
			origins: new Set(origins.value.map(({ name }) => name)),
		});
	}
	if (origins.error.kind !== "refused" || origins.error.status !== 403) return failed(origins.error);
	if (only === undefined) return found("fail", "not an operator's; name the tenant whose it is with --tenant");
	const parameters = { tenant: only };
	const audit = await session.call("audit.list", { parameters, query: { limit: "1" } });
	if (audit.ok) return found("ok", `the tenant's, and may change it; ${ORIGINS_UNSEEN}`, { tenants: [only] });
	if (audit.error.kind !== "refused" || audit.error.status !== 403) return failed(audit.error);
	const state = await session.call("tenants.get", { parameters });
	return state.ok
		? found("ok", `the tenant's, and may read; ${ORIGINS_UNSEEN}`, { tenants: [only] })
		: failed(state.error);
}

async function lookAtTenant(
	session: Session,
	tenant: string,
	origins: ReadonlySet<string> | null,
): Promise<readonly Check[]> {
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
	const facts = {
		state: state.value.body,
		keys: keys.value.body.items,
		policy: policy.value?.document ?? null,
		origins,
	};
	return checkTenant(facts, Date.now());
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
