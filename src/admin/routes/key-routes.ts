import { formatApiKey } from "../../core/api-key.ts";
import type { TenantLedgerPort } from "../../core/ledger/ledger-ports.ts";
import { err, ok } from "../../core/result.ts";
import type { AdminPorts } from "../admin-ports.ts";
import { ledgerRefusal, problemsRefusal, refuse } from "../admin-reply.ts";
import { answer, answerOfTenant } from "../answers.ts";
import { guarded } from "../define-route.ts";
import { shownParts } from "../operator-key.ts";
import { keyList, keySummary, madeKey, newKey, rotation } from "../schemas/keys.ts";

const ONCE = "The key, shown this once, and what is kept of it.";

export const listKeys = guarded({
	operationId: "keys.list",
	method: "GET",
	path: "/tenants/{tenant}/keys",
	roles: ["operator", "tenant-admin", "tenant-reader"],
	summary: "The tenant's keys, revoked and expired ones too",
	reply: { schema: keyList, description: "All keys, oldest first; none of them can be read back." },
	handle: async ({ ledger }) => answerOfTenant(ledger, itemsOf(ledger.keys())),
});

export const createKey = guarded({
	operationId: "keys.create",
	method: "POST",
	path: "/tenants/{tenant}/keys",
	roles: ["operator", "tenant-admin"],
	summary: "Make a key",
	description: "A lost reply is a key that nobody knows: revoke it by its id from the list, and make another.",
	body: newKey,
	reply: { schema: madeKey, description: ONCE, statuses: [201] },
	refusals: [409],
	handle: ({ ports, ledger, body: { name, scopes, expiresAt = null }, requester: { actor } }) =>
		makeKey(ports, ledger, { name, scopes, expiresAt, actor }),
});

export const rotateKey = guarded({
	operationId: "keys.rotate",
	method: "POST",
	path: "/tenants/{tenant}/keys/{id}/rotate",
	roles: ["operator", "tenant-admin"],
	summary: "Make a key in another one's place, which goes on working for a while",
	description:
		"The new key has the old one's name and scopes. Without an overlap it takes the old one's place also where the tenant has all the keys that it may.",
	body: rotation,
	reply: { schema: madeKey, description: ONCE, statuses: [201] },
	refusals: [409],
	async handle({ ports, ledger, parameters: { id }, body, requester: { actor } }) {
		const [state, keys] = await Promise.all([ledger.state(), ledger.keys()]);
		if (!state.ok) return err(ledgerRefusal(state.error));
		const old = keys.find((key) => key.id === id);
		if (old === undefined) return err(refuse({ status: 404, code: "not_found", message: `There is no key ${id}.` }));
		const { name, scopes } = old;
		const { expiresAt = null } = body;
		// A key that was to expire must not become one that never does by an omission; that it is not the old key's own
		// time either, is because a rotation may have set that one.
		const opens = old.revokedAt === null && (old.expiresAt ?? 0) > ports.now();
		if (opens && body.expiresAt === undefined) {
			const message = "must be said, a time or null, since the old key expires";
			return err(problemsRefusal(422, "invalid_request", [{ path: "expiresAt", message }]));
		}
		const replaces = { id, overlapMs: body.overlapSeconds * 1_000 };
		return makeKey(ports, ledger, { name, scopes, expiresAt, replaces, actor });
	},
});

export const revokeKey = guarded({
	operationId: "keys.revoke",
	method: "DELETE",
	path: "/tenants/{tenant}/keys/{id}",
	roles: ["operator", "tenant-admin"],
	summary: "Revoke a key for good",
	description: "At once on admin routes, within about a minute and a half on inference routes everywhere.",
	reply: { schema: keySummary, description: "The key, revoked." },
	handle: async ({ ledger, parameters: { id }, requester: { actor } }) => answer(await ledger.revokeKey({ id, actor })),
});

/** Makes a key, of which the ledger is given the hash; the answer alone has the key. */
async function makeKey(
	ports: AdminPorts,
	ledger: TenantLedgerPort,
	about: Omit<Parameters<TenantLedgerPort["addKey"]>[0], "sha256" | "prefix" | "lastFour">,
) {
	const key = formatApiKey(ports.randomKeyBytes());
	const sha256 = await ports.sha256Hex(key);
	const added = await ledger.addKey({ sha256, ...shownParts(key), ...about });
	return added.ok ? ok({ body: { key, ...added.value } }) : err(ledgerRefusal(added.error));
}

async function itemsOf<Item>(items: Promise<readonly Item[]>): Promise<{ readonly items: readonly Item[] }> {
	return { items: await items };
}
