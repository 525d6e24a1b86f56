import { MOST_RECENT_REQUESTS } from "../../core/ledger/recent-requests.ts";
import { answer, answerOfTenant } from "../answers.ts";
import { guarded } from "../define-route.ts";
import { DEFAULT_LIMIT } from "../schemas/parameters.ts";
import { recentRequest, recentRequests, recentRequestsQuery, requestTextQuery } from "../schemas/requests.ts";

export const listRequests = guarded({
	operationId: "requests.list",
	method: "GET",
	path: "/tenants/{tenant}/requests",
	roles: ["operator", "tenant-admin", "tenant-reader"],
	summary: "The last requests: who was asked, what came of it, what it cost",
	description: `The last ${MOST_RECENT_REQUESTS} at most, each for a day at most. Each text of a batch is one. Seconds behind, as usage is.`,
	query: recentRequestsQuery,
	reply: { schema: recentRequests, description: "One page, newest first." },
	handle: async ({ ledger, query: { cascade = null, before = null, limit = DEFAULT_LIMIT } }) =>
		answerOfTenant(ledger, ledger.recentRequests({ cascade, before, limit })),
});

export const showRequest = guarded({
	operationId: "requests.get",
	method: "GET",
	path: "/tenants/{tenant}/requests/{requestId}",
	roles: ["operator", "tenant-admin", "tenant-reader"],
	summary: "One of the last requests",
	query: requestTextQuery,
	reply: { schema: recentRequest, description: "What happened to it." },
	handle: async ({ ledger, parameters: { requestId }, query: { item } }) =>
		answer(await ledger.recentRequest({ requestId, ...(item === undefined ? {} : { item }) })),
});
