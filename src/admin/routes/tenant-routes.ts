import * as v from "valibot";
import type { LedgerRefusal, TenantLedgerPort } from "../../core/ledger/ledger-ports.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { ledgerRefusal, problemsRefusal, refuse, unknownTenant } from "../admin-reply.ts";
import { answer, answerOfTenant } from "../answers.ts";
import { guarded } from "../define-route.ts";
import { holdExport, streamExport } from "../read-export.ts";
import { namedPage, numberedPage, auditEntry } from "../schemas/common.ts";
import { DEFAULT_LIMIT, namedPageQuery, numberedPageQuery } from "../schemas/parameters.ts";
import {
	exported,
	newTenant,
	reasonBody,
	tenantEntry,
	tenantState,
	tenantWithPublication,
} from "../schemas/tenants.ts";
import { usageQuery, usageReport } from "../schemas/usage.ts";

const DAY_MS = 86_400_000;
/** Of the last copy of a tenant, which must be whole before the tenant goes; an isolate has 128 MiB. */
const MOST_HELD_BYTES = 32 * 1024 * 1024;
/** Rows of one report stay below some ten thousand for a tenant of a few cascades. */
const MOST_DAYS = { hour: 31, day: 366 } as const;

export const listTenants = guarded({
	operationId: "tenants.list",
	method: "GET",
	path: "/tenants",
	roles: ["operator"],
	summary: "The tenants, by name",
	query: namedPageQuery,
	reply: { schema: namedPage(tenantEntry), description: "One page of tenants." },
	handle: async ({ ports, query: { after = null, limit = DEFAULT_LIMIT } }) =>
		ok({ body: await ports.registry.tenants({ after, limit }) }),
});

export const createTenant = guarded({
	operationId: "tenants.create",
	method: "POST",
	path: "/tenants",
	roles: ["operator"],
	summary: "Create a tenant",
	body: newTenant,
	reply: { schema: tenantState, description: "The new tenant, without policy and keys.", statuses: [201] },
	refusals: [409],
	async handle({ ports, requester: { actor }, body: { tenant, name = tenant } }) {
		const created = await ports.ledgerOf(tenant).create({ tenant, name, actor });
		// Two objects cannot change as one. The ledger says whether there is a tenant, and listing can be repeated: so a
		// creation that broke off in between is mended by sending it again, whatever that is answered with.
		const state = created.ok ? created : await ports.ledgerOf(tenant).state();
		if (state.ok) await ports.registry.addTenant({ tenant, name: state.value.name, actor });
		return answer(created);
	},
});

export const showTenant = guarded({
	operationId: "tenants.get",
	method: "GET",
	path: "/tenants/{tenant}",
	roles: ["operator", "tenant-admin", "tenant-reader"],
	summary: "What a tenant is at the moment",
	reply: { schema: tenantWithPublication, description: "The tenant, and how far its published copy is behind." },
	async handle({ ledger }) {
		const state = await ledger.state();
		if (!state.ok) return err(ledgerRefusal(state.error));
		return ok({ body: { ...state.value, publication: await ledger.publication() } });
	},
});

export const suspendTenant = guarded({
	operationId: "tenants.suspend",
	method: "POST",
	path: "/tenants/{tenant}/suspend",
	roles: ["operator"],
	summary: "Refuse a tenant's requests until it is resumed",
	body: reasonBody,
	reply: { schema: tenantState, description: "The tenant, suspended." },
	handle: async ({ ledger, body: { reason }, requester: { actor } }) =>
		answer(await ledger.setSuspended({ suspended: true, reason, actor })),
});

export const resumeTenant = guarded({
	operationId: "tenants.resume",
	method: "POST",
	path: "/tenants/{tenant}/resume",
	roles: ["operator"],
	summary: "Let a suspended tenant's requests in again",
	body: reasonBody,
	reply: { schema: tenantState, description: "The tenant, not suspended." },
	handle: async ({ ledger, body: { reason }, requester: { actor } }) =>
		answer(await ledger.setSuspended({ suspended: false, reason, actor })),
});

export const deleteTenant = guarded({
	operationId: "tenants.delete",
	method: "DELETE",
	path: "/tenants/{tenant}",
	roles: ["operator"],
	summary: "Delete a tenant, its policy, keys and usage",
	description:
		"Cannot be undone. Answers with the export, which is the last copy; 409 `export_too_large` where that is more than 32 MiB: export the tenant first, and delete it with `export=none`.",
	query: v.strictObject({
		export: v.optional(
			v.pipe(
				v.literal("none", "must be none"),
				v.description("`none`: answer with the tenant's state alone; what else there was is gone."),
			),
		),
	}),
	headers: { "x-confirm": { required: true, description: "The tenant's name once more." } },
	reply: { schema: exported, description: "What the tenant was." },
	refusals: [409, 428],
	async handle({ ports, ledger, parameters: { tenant }, query, header, requester: { actor } }) {
		if (header("x-confirm") !== tenant) {
			return err(
				refuse({
					status: 428,
					code: "confirmation_required",
					param: "x-confirm",
					message: `This cannot be undone. Send the header 'x-confirm: ${tenant}' to confirm it.`,
				}),
			);
		}
		const last = await (query.export === "none" ? headOf(ledger) : holdExport(ledger, MOST_HELD_BYTES));
		const copy = last.ok ? last.value : null;
		if (copy === "too-large") {
			const message = "The export is too large to be the reply: GET it first, then send this with 'export=none'.";
			return err(refuse({ status: 409, code: "export_too_large", param: "export", message }));
		}
		const destroyed = last.ok ? await ledger.destroy({ actor }) : last;
		// Also where there is no such ledger: an earlier deletion may have broken off before this.
		if (destroyed.ok || destroyed.error.kind === "not-found") await ports.registry.removeTenant({ tenant, actor });
		if (!destroyed.ok) return err(ledgerRefusal(destroyed.error));
		return copy === null ? err(unknownTenant()) : ok({ body: copy });
	},
});

export const exportTenant = guarded({
	operationId: "tenants.export",
	method: "GET",
	path: "/tenants/{tenant}/export",
	roles: ["operator", "tenant-admin"],
	summary: "Everything the ledger holds of a tenant",
	description: "Sent as it is read. One that breaks off is no JSON.",
	reply: { schema: exported, description: "The export." },
	async handle({ ledger }) {
		const document = await streamExport(ledger);
		return document.ok ? ok({ body: document.value }) : err(ledgerRefusal(document.error));
	},
});

export const showUsage = guarded({
	operationId: "usage.get",
	method: "GET",
	path: "/tenants/{tenant}/usage",
	roles: ["operator", "tenant-admin", "tenant-reader"],
	summary: "Requests, cost, savings and latency by hour or day",
	description: `At most ${MOST_DAYS.hour} days by hour, ${MOST_DAYS.day} by day.`,
	query: usageQuery,
	reply: { schema: usageReport, description: "One row a cascade and policy revision in each hour or day." },
	async handle({ ledger, query }) {
		const by = query.by ?? "day";
		const from = Date.parse(query.from);
		const to = Date.parse(query.to);
		const badRange = (path: "from" | "to", message: string) =>
			err(problemsRefusal(400, "invalid_request", [{ path, message }]));
		if (to <= from) return badRange("to", "must be later than `from`");
		if (to - from > MOST_DAYS[by] * DAY_MS)
			return badRange(
				"from",
				`must be at most ${MOST_DAYS[by]} days before the end, by ${by}${by === "hour" ? `; by day ${MOST_DAYS.day}` : ""}`,
			);
		return answerOfTenant(ledger, ledger.usage({ from, to, by }));
	},
});

export const showTenantAudit = guarded({
	operationId: "audit.list",
	method: "GET",
	path: "/tenants/{tenant}/audit",
	roles: ["operator", "tenant-admin"],
	summary: "Who did what to a tenant",
	query: numberedPageQuery,
	reply: { schema: numberedPage(auditEntry), description: "One page, newest first." },
	handle: async ({ ledger, query: { before = null, limit = DEFAULT_LIMIT } }) =>
		answerOfTenant(ledger, ledger.audit({ before, limit })),
});

/** The beginning of an export, which is all of it that an answer without the rest has. */
async function headOf(ledger: TenantLedgerPort): Promise<Result<Readonly<Record<string, unknown>>, LedgerRefusal>> {
	const state = await ledger.state();
	return state.ok ? ok({ version: 1, ...state.value }) : state;
}
