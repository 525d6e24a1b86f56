import { beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Actor } from "../../../src/core/ledger/ledger-ports.ts";
import { ADMIN, OPERATOR, ledgerWorld, policyNumber, tenantLedger, valueOf } from "./ledgers.ts";

beforeEach(() => void ledgerWorld());

const withBudget = (usdPerDay: number): JsonObject => ({ ...policyNumber(1), budget: { usdPerDay } });
const refusedAt = (path: string) => ({
	ok: false,
	error: { kind: "invalid", problems: [{ path, message: "may be loosened by an operator alone" }] },
});

/** A tenant whose operator gave it 10 dollars a day at revision 2; revision 1 had no budget. */
async function limitedTenant() {
	const { ledger } = await tenantLedger(1);
	const write = (document: JsonObject, actor: Actor, expected: number) =>
		ledger.putPolicy({ document, expected, reason: "", cause: "put", actor });
	valueOf(await write(withBudget(10), OPERATOR, 1));
	return { ledger, write };
}

describe("a limit that an operator has set", () => {
	it("is not loosened by a tenant's key, by no way of writing a policy", async () => {
		const { ledger, write } = await limitedTenant();
		expect(await write(withBudget(11), ADMIN, 2)).toEqual(refusedAt("budget.usdPerDay"));
		expect(await write(policyNumber(1), ADMIN, 2)).toEqual(refusedAt("budget"));
		expect(await ledger.rollback({ to: 1, expected: null, reason: "", actor: ADMIN })).toEqual(refusedAt("budget"));
		expect(await ledger.startCanary({ revision: 1, share: 0.5, reason: "", actor: ADMIN })).toEqual(
			refusedAt("budget"),
		);
		valueOf(await ledger.startCanary({ revision: 1, share: 0.5, reason: "", actor: OPERATOR }));
		expect(await ledger.endCanary({ promote: true, reason: "", actor: ADMIN })).toEqual(refusedAt("budget"));
		expect(valueOf(await ledger.state())).toMatchObject({ revision: 2, canary: { revision: 1 } });
	});

	it("is tightened by a tenant's key, and loosened by an operator", async () => {
		const { ledger, write } = await limitedTenant();
		expect(valueOf(await write(withBudget(5), ADMIN, 2)).revision).toBe(3);
		expect(await write(withBudget(10), ADMIN, 3)).toEqual(refusedAt("budget.usdPerDay"));
		expect(valueOf(await write(withBudget(20), OPERATOR, 3)).revision).toBe(4);
		expect(valueOf(await ledger.rollback({ to: 1, expected: null, reason: "", actor: OPERATOR })).revision).toBe(5);
	});
});
