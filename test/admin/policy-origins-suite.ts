import { beforeEach, describe, expect, it } from "vitest";
import type { AskedWorld, Callers } from "./admin-world.ts";
import { edgeDocument, originDocument, policyOf } from "../core/policy-documents.ts";
import { policyAt } from "./samples.ts";

/** The origins that policies name, over fakes and over the real ledgers alike. */
export function describePolicyOrigins(asked: AskedWorld): void {
	const { send } = asked;
	let tenant: string;
	let callers: Callers;
	beforeEach(() => {
		tenant = `/tenants/${asked.callers().ids.tenant}`;
		callers = asked.callers();
	});

	describe("a policy that names an origin which is not there", () => {
		const price = originDocument()["price"];
		const lost = () => ({
			...policyOf([edgeDocument(), originDocument({ origin: "lost" })]),
			embeddings: { vectors: { adapter: "openai", model: "m", origin: "lost", price } },
		});
		const problems = ["cascades.chat.stages[1].origin", "embeddings.vectors.origin"].map((path) => ({
			path,
			message: "there is no origin 'lost'",
		}));

		it("is refused at each place, to an operator and a tenant alike, and validated as what it is", async () => {
			for (const key of [undefined, callers.keys.admin]) {
				const asked = { key, headers: { "if-match": '"2"' } };
				const put = await send("PUT", `${tenant}/policy`, { ...asked, body: lost() });
				expect([put.status, put.body.error.code, put.body.problems]).toEqual([422, "invalid_policy", problems]);
				const patch = await send("PATCH", `${tenant}/policy`, { ...asked, body: lost() });
				expect([patch.status, patch.body.problems]).toEqual([422, problems]);
				const checked = await send("POST", `${tenant}/policy/validate`, { key, body: lost() });
				expect(checked.body).toMatchObject({ valid: false, problems, revision: 2 });
			}
			expect((await send("GET", `${tenant}/policy`)).headers.get("etag")).toBe('"2"');
		});

		it("is not gone back to", async () => {
			await send("PUT", "/origins/lost", { body: { baseUrl: "https://lost.example.com/v1" } });
			const made = await send("PUT", `${tenant}/policy`, { headers: { "if-match": '"2"' }, body: lost() });
			await send("PUT", `${tenant}/policy`, { headers: { "if-match": '"3"' }, body: policyAt(0.9) });
			await send("DELETE", "/origins/lost");
			const back = await send("POST", `${tenant}/policy/rollback`, { body: { revision: 3, reason: "worse" } });
			expect([made.status, back.status, back.body.problems]).toEqual([200, 422, problems]);
		});

		it("is not promoted to, nor tried", async () => {
			await send("PUT", "/origins/lost", { body: { baseUrl: "https://lost.example.com/v1" } });
			const trial = { share: 0.5, reason: "try", policy: lost() };
			const started = await send("PUT", `${tenant}/policy/canary`, { headers: { "if-match": '"2"' }, body: trial });
			await send("DELETE", "/origins/lost");
			const promoted = await send("POST", `${tenant}/policy/canary/promote`, { body: { reason: "better" } });
			expect([started.status, promoted.status, promoted.body.problems]).toEqual([200, 422, problems]);
			const again = await send("PUT", `${tenant}/policy/canary`, { headers: { "if-match": '"4"' }, body: trial });
			const moved = await send("PUT", `${tenant}/policy/canary`, { body: { revision: 3, share: 0.6, reason: "more" } });
			expect([again.status, again.body.problems, moved.status, moved.body.problems]).toEqual([
				422,
				problems,
				422,
				problems,
			]);
			expect((await send("GET", `${tenant}/policy/canary`)).body).toMatchObject({ revision: 3, share: 0.5 });
		});

		it("leaves an entry in the audit trail where it is refused", async () => {
			const asked = { key: callers.keys.admin, headers: { "if-match": '"2"' }, body: lost() };
			await send("PUT", `${tenant}/policy`, asked);
			const [entry] = (await send("GET", `${tenant}/audit?limit=1`)).body.items;
			expect(entry).toMatchObject({
				act: "policy.put",
				outcome: "refused",
				actor: { kind: "tenant-key" },
				detail: { refusal: "invalid", problems: 2 },
			});
		});

		it("is not looked at where its writer has not seen the current revision; that is on the trail as well", async () => {
			for (const method of ["PUT", "PATCH"]) {
				const stale = await send(method, `${tenant}/policy`, { headers: { "if-match": '"1"' }, body: lost() });
				expect([stale.status, stale.body.current]).toEqual([412, 2]);
			}
			const first = await send("PUT", `${tenant}/policy`, { headers: { "if-none-match": "*" }, body: lost() });
			expect(first.status).toBe(412);
			const [entry] = (await send("GET", `${tenant}/audit?limit=1`)).body.items;
			expect(entry).toMatchObject({ act: "policy.put", detail: { refusal: "conflict", expected: null, current: 2 } });
		});

		it("because it was withdrawn may be changed in all else, and is warned of", async () => {
			await send("PUT", "/origins/lost", { body: { baseUrl: "https://lost.example.com/v1" } });
			await send("PUT", `${tenant}/policy`, { headers: { "if-match": '"2"' }, body: lost() });
			await send("DELETE", "/origins/lost");
			const changed = { ...lost(), limits: { maxOutputTokens: 64 } };
			const checked = await send("POST", `${tenant}/policy/validate`, { key: callers.keys.reader, body: changed });
			expect(checked.body).toMatchObject({ valid: true, problems: [], warnings: problems });
			const put = await send("PUT", `${tenant}/policy`, { headers: { "if-match": '"3"' }, body: changed });
			expect([put.status, put.body.revision]).toEqual([200, 4]);
			const [stage] = problems;
			const other = policyOf([edgeDocument(), originDocument({ origin: "never" })]);
			const refused = await send("PUT", `${tenant}/policy`, { headers: { "if-match": '"4"' }, body: other });
			expect(refused.body.problems).toEqual([{ ...stage, message: "there is no origin 'never'" }]);
		});

		it("does not hide that there is no such tenant", async () => {
			const { status, body } = await send("PUT", `/tenants/n-${crypto.randomUUID()}/policy`, {
				headers: { "if-none-match": "*" },
				body: lost(),
			});
			expect([status, body.error.code]).toEqual([404, "tenant_not_found"]);
		});
	});

	describe("looking up origins", () => {
		it("is bounded for a tenant's keys, and for nobody else", async () => {
			const validate = (key?: string) =>
				send("POST", `${tenant}/policy/validate`, { ...(key === undefined ? {} : { key }), body: policyAt(0.9) });
			const statuses = new Set<number>();
			let refused: Awaited<ReturnType<typeof validate>> | undefined;
			for (let count = 0; count < 200 && refused === undefined; count++) {
				const answer = await validate(callers.keys.reader);
				statuses.add(answer.status);
				if (answer.status === 429) refused = answer;
			}
			expect([...statuses]).toEqual([200, 429]);
			expect([refused?.body.error.code, refused?.headers.get("retry-after")]).toEqual(["too_many_look_ups", "10"]);
			expect((await validate()).status).toBe(200);
			const noOrigin = { ...policyAt(0.9), version: 2 };
			const free = await send("POST", `${tenant}/policy/validate`, { key: callers.keys.reader, body: noOrigin });
			expect(free.status).toBe(200);
		});
	});
}
