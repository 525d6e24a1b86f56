import { beforeEach, describe, expect, it } from "vitest";
import type { KeyScope } from "../../../src/core/ledger/ledger-ports.ts";
import { ADMIN, ledgerWorld, newKey, publishedKey, tenantLedger, valueOf, exported } from "./ledgers.ts";

let world: ReturnType<typeof ledgerWorld>;
beforeEach(() => {
	world = ledgerWorld();
});

const DAY = 86_400_000;

describe("a tenant's key", () => {
	it("is kept and published by its hash, which nothing else shows", async () => {
		const { ledger, tenant } = await tenantLedger();
		const key = newKey({ scopes: ["read", "inference", "read"], expiresAt: world.now + DAY });
		const summary = valueOf(await ledger.addKey(key));
		expect(summary).toEqual({
			id: expect.stringMatching(/^key_[0-9a-f]{32}$/u),
			name: "chat",
			prefix: "ec_live_abcd",
			lastFour: "wxyz",
			scopes: ["read", "inference"],
			createdAt: world.now,
			expiresAt: world.now + DAY,
			revokedAt: null,
		});
		expect(await ledger.keys()).toEqual([summary]);
		expect(await ledger.keyBySha256(key.sha256)).toEqual(summary);
		expect(await publishedKey(key.sha256)).toEqual({
			version: 1,
			tenant,
			scopes: ["read", "inference"],
			prefix: "ec_live_abcd",
			lastFour: "wxyz",
			expiresAt: world.now + DAY,
		});
		const shown = JSON.stringify([
			await exported(ledger),
			await ledger.audit({ before: null, limit: 9 }),
			await ledger.keys(),
		]);
		expect(shown).not.toContain(key.sha256);
	});

	it.each([
		["sha256", { sha256: "0".repeat(63) }],
		["sha256", { sha256: "A".repeat(64) }],
		["name", { name: " " }],
		["name", { name: "n".repeat(101) }],
		["scopes", { scopes: [] }],
		["scopes", { scopes: ["root" as KeyScope] }],
		["expiresAt", { expiresAt: Date.UTC(2100, 0, 1) }],
		["expiresAt", { expiresAt: Number.NaN }],
		["replaces.overlapMs", { replaces: { id: "key_0", overlapMs: -1 } }],
		["replaces.overlapMs", { replaces: { id: "key_0", overlapMs: Number.POSITIVE_INFINITY } }],
	])("is refused for its %s: %o", async (path, fields) => {
		const { ledger } = await tenantLedger();
		expect(await ledger.addKey(newKey(fields))).toMatchObject({
			ok: false,
			error: { kind: "invalid", problems: [{ path }] },
		});
		expect(await ledger.keys()).toEqual([]);
	});

	it("is not taken twice", async () => {
		const { ledger } = await tenantLedger();
		const key = newKey();
		await ledger.addKey(key);
		expect(await ledger.addKey(key)).toEqual({ ok: false, error: { kind: "already-exists", what: "key" } });
	});

	it("opens nothing once revoked, stays on the list, and is published as revoked", async () => {
		const { ledger } = await tenantLedger();
		const key = newKey();
		const { id } = valueOf(await ledger.addKey(key));
		world.now += 5_000;
		const revokedAt = world.now;
		expect(valueOf(await ledger.revokeKey({ id, actor: ADMIN })).revokedAt).toBe(revokedAt);
		expect(await ledger.keyBySha256(key.sha256)).toBeNull();
		expect(await publishedKey(key.sha256)).toMatchObject({ revokedAt });
		world.now += 5_000;
		expect(valueOf(await ledger.revokeKey({ id, actor: ADMIN })).revokedAt).toBe(revokedAt);
		expect(await ledger.keys()).toMatchObject([{ id, revokedAt }]);
		expect(world.writes).toHaveLength(2);
	});

	it("opens nothing from the moment it expires", async () => {
		const { ledger } = await tenantLedger();
		const key = newKey({ expiresAt: world.now + DAY });
		await ledger.addKey(key);
		world.now += DAY - 1;
		expect(await ledger.keyBySha256(key.sha256)).not.toBeNull();
		world.now += 1;
		expect(await ledger.keyBySha256(key.sha256)).toBeNull();
	});

	it("cannot be revoked where there is none of that name", async () => {
		const { ledger } = await tenantLedger();
		expect(await ledger.revokeKey({ id: "key_0", actor: ADMIN })).toEqual({
			ok: false,
			error: { kind: "not-found", what: "key key_0" },
		});
		expect(await ledger.keyBySha256("0".repeat(64))).toBeNull();
	});
});

describe("a rotation", () => {
	async function rotated(oldExpiresIn: number | null, overlapMs: number) {
		const { ledger } = await tenantLedger();
		const old = newKey({ expiresAt: oldExpiresIn === null ? null : world.now + oldExpiresIn });
		const { id } = valueOf(await ledger.addKey(old));
		world.now += 2_000;
		const successor = newKey();
		const added = await ledger.addKey({ ...successor, replaces: { id, overlapMs } });
		return { ledger, old, successor, id, added };
	}

	it("leaves both keys working for the overlap, and then the new one", async () => {
		const { ledger, old, successor, id } = await rotated(null, 60_000);
		const until = world.now + 60_000;
		expect(await ledger.keys()).toMatchObject([{ id, expiresAt: until }, { expiresAt: null }]);
		expect(await publishedKey(old.sha256)).toMatchObject({ expiresAt: until });
		expect(await publishedKey(successor.sha256)).not.toHaveProperty("expiresAt");
		world.now = until - 1;
		expect(await ledger.keyBySha256(old.sha256)).not.toBeNull();
		world.now = until;
		expect(await ledger.keyBySha256(old.sha256)).toBeNull();
		expect(await ledger.keyBySha256(successor.sha256)).not.toBeNull();
	});

	it("without overlap ends the old key at once", async () => {
		const { ledger, old } = await rotated(null, 0);
		expect(await ledger.keyBySha256(old.sha256)).toBeNull();
	});

	it("never makes the old key live longer than it would have", async () => {
		const { ledger, id } = await rotated(10_000, 60_000);
		expect(await ledger.keys()).toMatchObject([{ id, expiresAt: world.now + 8_000 }, {}]);
	});

	it("of a key that opens nothing any more, or is not there, adds no key", async () => {
		const { ledger, id, added } = await rotated(1_000, 60_000);
		expect(added).toMatchObject({ ok: false, error: { kind: "not-applicable" } });
		await ledger.revokeKey({ id, actor: ADMIN });
		expect(await ledger.addKey(newKey({ replaces: { id, overlapMs: 0 } }))).toMatchObject({
			error: { kind: "not-applicable" },
		});
		expect(await ledger.addKey(newKey({ replaces: { id: "key_0", overlapMs: 0 } }))).toMatchObject({
			error: { kind: "not-found" },
		});
		expect(await ledger.keys()).toHaveLength(1);
	});
});
