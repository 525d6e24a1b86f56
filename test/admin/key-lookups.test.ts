import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { formatOperatorKey } from "../../src/admin/operator-key.ts";
import { formatApiKey } from "../../src/core/api-key.ts";
import { createInMemoryLedger } from "../support/in-memory-ledger.ts";
import { createInMemoryRegistry } from "../support/in-memory-registry.ts";
import { ask } from "./admin-world.ts";
import { createFakeWorld } from "./fake-world.ts";

/**
 * No secret is compared with another, so how long a comparison takes tells nothing of one. Whatever key is sent, its SHA-256 is looked
 * up: in the set of the deployed operators' hashes, in the registry, or in the ledger of the tenant in the path. A look-up's time may
 * tell how far two hashes agree; who guesses cannot choose a hash, and would have to find a key of 256 random bits for it.
 */
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const bytes = (seed: number) => new Uint8Array(32).fill(seed);

/** A set of hashes that lists what it is asked. */
class ListingSet extends Set<string> {
	readonly asked: string[] = [];
	override has(value: string): boolean {
		this.asked.push(value);
		return super.has(value);
	}
}

async function listingWorld() {
	const looked: string[] = [];
	const listing = <Port extends object>(port: Port, names: readonly string[]): Port =>
		new Proxy(port, {
			get(target, name, receiver) {
				const value: unknown = Reflect.get(target, name, receiver);
				if (typeof value !== "function" || !names.includes(String(name))) return value;
				return (...given: unknown[]) => {
					looked.push(...given.map(String));
					return (value as (...all: unknown[]) => unknown).apply(target, given);
				};
			},
		});
	const hashes = new ListingSet([sha256(formatOperatorKey(bytes(9)))]);
	const ledgers = new Map<string, ReturnType<typeof createInMemoryLedger>>();
	const world = await createFakeWorld({
		operatorKeyHashes: hashes,
		registry: listing(createInMemoryRegistry(Date.now), ["operatorKeyBySha256"]),
		ledgerOf(tenant) {
			const ledger = ledgers.get(tenant) ?? createInMemoryLedger(Date.now);
			ledgers.set(tenant, ledger);
			return listing(ledger, ["keyBySha256"]);
		},
	});
	const operator = formatOperatorKey(bytes(9));
	return { world, hashes, looked, operator };
}

describe("a key for the admin API", () => {
	it.each([
		["a deployed operator's, or a guess at one", formatOperatorKey(bytes(1))],
		["a tenant's", formatApiKey(bytes(2))],
		["one of no form at all", "secret"],
		["the deployed hash itself", sha256(formatOperatorKey(bytes(9)))],
		["a name of JavaScript's", "__proto__"],
	])("is looked up by its SHA-256 and is itself nowhere: %s", async (_whose, key) => {
		const { world, hashes, looked } = await listingWorld();
		for (const path of ["/tenants", "/tenants/acme", "/operator-keys"]) {
			const { status, body } = await ask(world, "GET", path, { key });
			expect(status).toBeGreaterThanOrEqual(401);
			expect(JSON.stringify(body)).not.toContain(key);
		}
		const all = [...hashes.asked, ...looked];
		expect(new Set(all)).toEqual(new Set([sha256(key)]));
	});

	it("that is the deployed operator's opens by its hash alone, and no key that begins or ends like it", async () => {
		const { world, operator } = await listingWorld();
		expect((await ask(world, "GET", "/tenants", { key: operator })).status).toBe(200);
		for (const near of [operator.slice(0, -1), `${operator}0`, `x${operator}`, operator.toUpperCase()])
			expect((await ask(world, "GET", "/tenants", { key: near })).status).toBe(401);
	});

	it("is refused in the same words whether it begins like the right one or not", async () => {
		const { world, operator } = await listingWorld();
		const refusal = async (key: string) => {
			const { status, body } = await ask(world, "GET", "/tenants", { key });
			return { status, body };
		};
		const expected = await refusal("nothing like it");
		for (const length of [1, 10, 20, operator.length - 1])
			expect(await refusal(operator.slice(0, length))).toEqual(expected);
		expect(await refusal(formatOperatorKey(bytes(3)))).toEqual(expected);
	});

	it("that is longer than any is not even hashed", async () => {
		const { world, hashes, looked } = await listingWorld();
		expect((await ask(world, "GET", "/tenants", { key: "x".repeat(257) })).status).toBe(401);
		expect([...hashes.asked, ...looked]).toEqual([]);
	});
});
