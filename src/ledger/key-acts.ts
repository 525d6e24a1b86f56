import type { KeyScope, KeySummary } from "../core/ledger/ledger-ports.ts";
import { err, ok } from "../core/result.ts";
import { invalid, type ActContext, type ActResult } from "./acts.ts";
import { isUsable, type StoredKey } from "./key-store.ts";
import { queueKey } from "./published-copies.ts";
import type { TenantStores } from "./tenant-stores.ts";

const SCOPES: readonly string[] = ["inference", "read", "admin"] satisfies readonly KeyScope[];
const MOST_NAME_CHARACTERS = 100;

/** A key that the caller has made; the ledger never sees the key itself. */
export interface NewKey {
	readonly sha256: string;
	readonly prefix: string;
	readonly lastFour: string;
	readonly name: string;
	readonly scopes: readonly KeyScope[];
	readonly expiresAt: number | null;
	readonly replaces?: { readonly id: string; readonly overlapMs: number };
}

/**
 * Stores a key's hash. A key that it replaces expires once the overlap is over, or when it would have anyway if that
 * is sooner; one that opens nothing any more cannot be replaced.
 */
export function addKey(
	stores: TenantStores,
	input: NewKey,
	context: ActContext & { readonly id: string },
): ActResult<KeySummary> {
	const { now, id } = context;
	const { sha256, prefix, lastFour, name, scopes, expiresAt, replaces } = input;
	const problem = problemOf(input, now);
	if (problem !== undefined) return problem;
	if (stores.keys.bySha256(sha256) !== null) return err({ kind: "already-exists", what: "key" });
	let replaced: StoredKey | null = null;
	if (replaces !== undefined) {
		replaced = stores.keys.byId(replaces.id);
		if (replaced === null) return err({ kind: "not-found", what: `key ${replaces.id}` });
		if (!isUsable(replaced.summary, now)) {
			return err({ kind: "not-applicable", message: "The key has been revoked or has expired." });
		}
	}
	const summary: KeySummary = {
		id,
		name,
		prefix,
		lastFour,
		scopes: [...new Set(scopes)],
		createdAt: now,
		expiresAt,
		revokedAt: null,
	};
	const added: StoredKey = { sha256, summary };
	stores.keys.add(added);
	queueKey(stores, added, now);
	if (replaced !== null && replaces !== undefined) {
		const lastsUntil = Math.min(replaced.summary.expiresAt ?? Number.POSITIVE_INFINITY, now + replaces.overlapMs);
		stores.keys.setExpiry(replaces.id, lastsUntil);
		queueKey(stores, { ...replaced, summary: { ...replaced.summary, expiresAt: lastsUntil } }, now);
	}
	return ok({ value: summary, detail: { key: id } });
}

/** Revokes a key for good. One that is revoked already stays as it is. */
export function revokeKey(
	stores: TenantStores,
	{ id }: { readonly id: string },
	{ now }: ActContext,
): ActResult<KeySummary> {
	const key = stores.keys.byId(id);
	if (key === null) return err({ kind: "not-found", what: `key ${id}` });
	if (key.summary.revokedAt !== null) return ok({ value: key.summary, detail: { changed: false } });
	const summary: KeySummary = { ...key.summary, revokedAt: now };
	stores.keys.setRevoked(id, now);
	queueKey(stores, { ...key, summary }, now);
	return ok({ value: summary, detail: { changed: true } });
}

function problemOf({ sha256, name, scopes, expiresAt, replaces }: NewKey, now: number) {
	if (!/^[0-9a-f]{64}$/u.test(sha256)) return invalid("sha256", "must be 64 hexadecimal digits in lower case");
	if (name.trim() === "" || name.length > MOST_NAME_CHARACTERS) {
		return invalid("name", `must be 1 to ${MOST_NAME_CHARACTERS} characters`);
	}
	if (scopes.length === 0 || scopes.some((scope) => !SCOPES.includes(scope))) {
		return invalid("scopes", "must be one or more of inference, read, admin");
	}
	if (expiresAt !== null && !(Number.isSafeInteger(expiresAt) && expiresAt > now)) {
		return invalid("expiresAt", "must be a time to come");
	}
	if (replaces !== undefined && !(Number.isSafeInteger(replaces.overlapMs) && replaces.overlapMs >= 0)) {
		return invalid("replaces.overlapMs", "must be a whole number of milliseconds, 0 or more");
	}
	return undefined;
}
