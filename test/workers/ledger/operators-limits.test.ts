import { runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { fakeCascade } from "../../support/cascades.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Actor } from "../../../src/core/ledger/ledger-ports.ts";
import { ADMIN, OPERATOR, ledgerWorld, policyNumber, tenantLedger, valueOf } from "./ledgers.ts";

beforeEach(() => void ledgerWorld());

const price = (usd: number) => ({ inputUsdPerMillion: usd, outputUsdPerMillion: usd });

/** A policy that is limited in every way that there is; `changes` makes another of it. */
function limited({ usdPerDay = 10, rateTier = "trial", usdPerMillion = 10, model = "plain" } = {}): JsonObject {
	const cascades = { chat: fakeCascade({ origin: { model, price: price(usdPerMillion) } }) };
	return { version: 1, cascades, budget: { usdPerDay }, limits: { rateTier } };
}

const last = "cascades.chat.stages[1].price";
/** What would loosen the limits, and where. */
const LOOSER: readonly (readonly [what: string, policy: JsonObject, path: string])[] = [
	["a greater budget", limited({ usdPerDay: 11 }), "budget.usdPerDay"],
	["no budget", { ...limited(), budget: undefined }, "budget"],
	["another tier", limited({ rateTier: "gold" }), "limits.rateTier"],
	["no tier", { ...limited(), limits: {} }, "limits.rateTier"],
	["a lower price", limited({ usdPerMillion: 0 }), last],
	["a model without a price yet", limited({ model: "other" }), last],
];
const refusedAt = (path: string) => ({
	ok: false,
	error: { kind: "invalid", problems: [{ path, message: expect.stringMatching(/operator alone/u) as string }] },
});

/** A tenant that had no limits at revision 1, what is looser at 2, and its limits from its operator at revision 3. */
async function limitedTenant(looser: JsonObject) {
	const made = await tenantLedger(1);
	const { ledger } = made;
	const write = (document: JsonObject, actor: Actor, expected: number) =>
		ledger.putPolicy({ document, expected, reason: "", cause: "put", actor });
	valueOf(await write(looser, OPERATOR, 1));
	valueOf(await write(limited(), OPERATOR, 2));
	return { ...made, write };
}

describe.each(LOOSER)("a limit that an operator has set, against %s", (_what, looser, path) => {
	it("is not loosened by a tenant's key, by no way of writing a policy", async () => {
		const { ledger, write } = await limitedTenant(looser);
		const canary = { share: 0.5, reason: "" };
		expect(await write(looser, ADMIN, 3)).toEqual(refusedAt(path));
		expect(await ledger.rollback({ to: 2, expected: null, reason: "", actor: ADMIN })).toEqual(refusedAt(path));
		expect(await ledger.startCanary({ ...canary, revision: 2, actor: ADMIN })).toEqual(refusedAt(path));
		expect(await ledger.startCanaryOf({ ...canary, document: looser, expected: 3, actor: ADMIN })).toEqual(
			refusedAt(path),
		);
		valueOf(await ledger.startCanary({ ...canary, revision: 2, actor: OPERATOR }));
		expect(await ledger.endCanary({ promote: true, reason: "", actor: ADMIN })).toEqual(refusedAt(path));
		expect(valueOf(await ledger.state())).toMatchObject({ revision: 3, canary: { revision: 2 } });
	});

	it("is loosened by an operator", async () => {
		const { ledger, write } = await limitedTenant(looser);
		expect(valueOf(await write(looser, OPERATOR, 3)).revision).toBe(4);
		valueOf(await write(limited(), OPERATOR, 4));
		expect(valueOf(await ledger.rollback({ to: 2, expected: null, reason: "", actor: OPERATOR })).revision).toBe(6);
	});

	it("binds also where the policy in force is not valid any more", async () => {
		const { stub, write } = await limitedTenant(looser);
		await runInDurableObject(stub, (_instance, { storage }) =>
			storage.sql.exec("UPDATE revisions SET document = json_set(document, '$.gone', 1) WHERE revision = 3").toArray(),
		);
		expect(await write(looser, ADMIN, 3)).toEqual(refusedAt(path));
		expect(valueOf(await write(limited(), ADMIN, 3)).revision).toBe(4);
	});
});

describe("a tenant's key", () => {
	it("may tighten its limits, and then not go back", async () => {
		const { write } = await limitedTenant(policyNumber(2));
		const tighter = limited({ usdPerDay: 5, usdPerMillion: 20 });
		expect(valueOf(await write(tighter, ADMIN, 3)).revision).toBe(4);
		expect(await write(limited(), ADMIN, 4)).toMatchObject({
			error: { problems: [{ path: "budget.usdPerDay" }, { path: last }] },
		});
	});
});
