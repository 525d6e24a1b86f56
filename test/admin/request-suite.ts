import { beforeEach, describe, expect, it } from "vitest";
import { exampleObservation } from "../core/ledger/observations.ts";
import type { AskedWorld, Callers } from "./admin-world.ts";
import { SAMPLE_REQUEST } from "./samples.ts";

/** A tenant's last requests, over fakes and over the real ledgers alike. */
export function describeRequests(asked: AskedWorld): void {
	const { send } = asked;
	let callers: Callers;
	let path: string;
	beforeEach(() => {
		callers = asked.callers();
		path = `/tenants/${callers.ids.tenant}/requests`;
	});
	/** Requests that came later than the two texts that every tenant of these tests has asked about. */
	const record = (count: number, cascade = "chat") => {
		const { tenant } = callers.ids;
		const observations = Array.from({ length: count }, (_, index) =>
			exampleObservation({ tenant, cascade, requestId: `req_${cascade}_${index}`, at: Date.now() + 1_000 + index }),
		);
		return asked.world().ledgerOf(tenant).recordObservations(observations);
	};
	const idsIn = (body: { items: { requestId: string; item?: number }[] }) =>
		body.items.map(({ requestId, item }) => (item === undefined ? requestId : `${requestId} ${item}`));

	describe("the last requests", () => {
		it("are listed newest first, a page at a time", async () => {
			await record(3);
			const first = (await send("GET", `${path}?limit=2`, { key: callers.keys.reader })).body;
			expect(idsIn(first)).toEqual(["req_chat_2", "req_chat_1"]);
			const second = (await send("GET", `${path}?limit=2&before=${encodeURIComponent(first.next)}`)).body;
			expect(idsIn(second)).toEqual(["req_chat_0", `${SAMPLE_REQUEST} 0`]);
			const third = (await send("GET", `${path}?limit=2&before=${encodeURIComponent(second.next)}`)).body;
			expect([idsIn(third), third.next]).toEqual([[`${SAMPLE_REQUEST} 1`], null]);
		});

		it("may be of one cascade", async () => {
			await record(1, "mail");
			expect(idsIn((await send("GET", `${path}?cascade=mail`)).body)).toEqual(["req_mail_0"]);
			expect((await send("GET", `${path}?cascade=none`)).body).toEqual({ items: [], next: null });
		});

		it("say nothing of whose they are, which is known", async () => {
			const { body } = await send("GET", path);
			for (const item of body.items) {
				expect(item).not.toHaveProperty("tenant");
				expect(item).not.toHaveProperty("version");
			}
		});

		it.each([
			["before", "yesterday"],
			["before", "1.."],
			["limit", "0"],
			["limit", "201"],
			["cascade", "Chat"],
			["item", "0"],
		])("are not listed by %s=%s", async (field, value) => {
			const { status, body } = await send("GET", `${path}?${field}=${encodeURIComponent(value)}`);
			expect([status, body.error.param]).toEqual([400, field]);
		});
	});

	describe("one of them", () => {
		it("is asked for by its id, and by the number of its text where it had several", async () => {
			const second = (await send("GET", `${path}/${SAMPLE_REQUEST}?item=1`)).body;
			expect(second).toMatchObject({ requestId: SAMPLE_REQUEST, item: 1, endpoint: "classifications" });
			expect((await send("GET", `${path}/${SAMPLE_REQUEST}`)).body).toMatchObject({ item: 0 });
		});

		it("is not found where it was not asked, or is of another tenant", async () => {
			await record(1);
			for (const end of ["req_unknown", `${SAMPLE_REQUEST}?item=2`, "req_chat_0?item=0"]) {
				const { status, body } = await send("GET", `${path}/${end}`);
				expect([status, body.error.code]).toEqual([404, "not_found"]);
			}
			const other = await send("GET", `${path}/${SAMPLE_REQUEST}`, { key: callers.keys.otherAdmin });
			expect([other.status, other.body.error.code]).toEqual([404, "tenant_not_found"]);
		});

		it.each([["a%2Fb"], ["a%20b"], ["x".repeat(257)], ["%C3%A4"]])("cannot have the id %s", async (id) => {
			expect((await send("GET", `${path}/${id}`)).status).toBe(400);
		});
	});
}
