import { err, ok } from "../../core/result.ts";
import { ledgerRefusal } from "../admin-reply.ts";
import { answer } from "../answers.ts";
import { guarded } from "../define-route.ts";
import { formatOperatorKey, shownParts } from "../operator-key.ts";
import { auditEntry, numberedPage } from "../schemas/common.ts";
import { madeOperatorKey, newOperatorKey, operatorKeyList, operatorKeySummary } from "../schemas/keys.ts";
import { DEFAULT_LIMIT, numberedPageQuery } from "../schemas/parameters.ts";

export const listOperatorKeys = guarded({
	operationId: "operator-keys.list",
	method: "GET",
	path: "/operator-keys",
	roles: ["operator"],
	summary: "Operators' keys, but those deployed with the Worker",
	reply: { schema: operatorKeyList, description: "All keys, oldest first, revoked and expired ones too." },
	handle: async ({ ports }) => ok({ body: { items: await ports.registry.operatorKeys() } }),
});

export const createOperatorKey = guarded({
	operationId: "operator-keys.create",
	method: "POST",
	path: "/operator-keys",
	roles: ["operator"],
	summary: "Make an operator's key",
	body: newOperatorKey,
	reply: { schema: madeOperatorKey, description: "The key, shown this once.", statuses: [201] },
	async handle({ ports, body: { name, expiresAt = null }, requester: { actor } }) {
		const key = formatOperatorKey(ports.randomKeyBytes());
		const sha256 = await ports.sha256Hex(key);
		const added = await ports.registry.addOperatorKey({ sha256, ...shownParts(key), name, expiresAt, actor });
		return added.ok ? ok({ body: { key, ...added.value } }) : err(ledgerRefusal(added.error));
	},
});

export const revokeOperatorKey = guarded({
	operationId: "operator-keys.revoke",
	method: "DELETE",
	path: "/operator-keys/{id}",
	roles: ["operator"],
	summary: "Revoke an operator's key for good, at once",
	reply: { schema: operatorKeySummary, description: "The key, revoked." },
	refusals: [404],
	handle: async ({ ports, parameters: { id }, requester: { actor } }) =>
		answer(await ports.registry.revokeOperatorKey({ id, actor })),
});

export const showRegistryAudit = guarded({
	operationId: "registry-audit.list",
	method: "GET",
	path: "/audit",
	roles: ["operator"],
	summary: "Who did what to tenants, origins and operators' keys",
	query: numberedPageQuery,
	reply: { schema: numberedPage(auditEntry), description: "One page, newest first." },
	handle: async ({ ports, query: { before = null, limit = DEFAULT_LIMIT } }) =>
		ok({ body: await ports.registry.audit({ before, limit }) }),
});
