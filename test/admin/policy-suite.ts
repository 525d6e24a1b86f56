import { beforeEach, describe, expect, it } from "vitest";
import type { AskedWorld, Callers } from "./admin-world.ts";
import { policyAt } from "./samples.ts";

/** Policies, their history and canaries, over fakes and over the real ledgers alike. */
export function describePolicies(asked: AskedWorld): void {
	const { send } = asked;
	let tenant: string;
	let callers: Callers;
	beforeEach(() => {
		tenant = `/tenants/${asked.callers().ids.tenant}`;
		callers = asked.callers();
	});
	const unused = () => `/tenants/n-${crypto.randomUUID()}`;

	describe("a policy", () => {
		it("is read with its revision, as it was written", async () => {
			const { status, headers, body } = await send("GET", `${tenant}/policy`);
			expect([status, headers.get("etag")]).toEqual([200, '"2"']);
			expect(body).toEqual(policyAt(0.8));
		});

		it("is written over the revision that the writer has seen, and no other", async () => {
			const seen = { headers: { "if-match": '"2"' } };
			const first = await send("PUT", `${tenant}/policy`, { ...seen, body: policyAt(0.9) });
			expect([first.status, first.headers.get("etag"), first.body.revision]).toEqual([200, '"3"', 3]);
			const second = await send("PUT", `${tenant}/policy`, { ...seen, body: policyAt(0.6) });
			expect([second.status, second.headers.get("etag"), second.body.current]).toEqual([412, '"3"', 3]);
			expect(second.body.error.code).toBe("revision_conflict");
			expect((await send("GET", `${tenant}/policy`)).body).toEqual(policyAt(0.9));
		});

		it("has one winner of many writers who have seen the same", async () => {
			const answers = await Promise.all(
				Array.from({ length: 20 }, async (_, index) =>
					send("PUT", `${tenant}/policy`, { headers: { "if-match": '"2"' }, body: policyAt(0.5 + index / 100) }),
				),
			);
			expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 19 }, () => 412)]);
			const { body } = await send("GET", `${tenant}/policy/revisions`);
			expect(body.items.map(({ revision }: { revision: number }) => revision)).toEqual([3, 2, 1]);
		});

		it("is not written by who does not say which revision they have seen", async () => {
			for (const method of ["PUT", "PATCH"]) {
				const { status, body } = await send(method, `${tenant}/policy`, { body: policyAt(0.9) });
				expect([status, body.error.code, body.error.param]).toEqual([428, "precondition_required", "If-Match"]);
				const any = await send(method, `${tenant}/policy`, { headers: { "if-match": "*" }, body: policyAt(0.9) });
				expect(any.status).toBe(428);
			}
		});

		it("is written first where there is none, once", async () => {
			const path = unused();
			const name = path.slice("/tenants/".length);
			await send("POST", "/tenants", { body: { tenant: name } });
			expect((await send("GET", `${path}/policy`)).body.error.code).toBe("not_found");
			const late = await send("PUT", `${path}/policy`, { headers: { "if-match": '"1"' }, body: policyAt(0.9) });
			expect([late.status, late.body.current, late.headers.get("etag")]).toEqual([412, 0, null]);
			const patch = await send("PATCH", `${path}/policy`, { headers: { "if-match": '"1"' }, body: {} });
			expect([patch.status, patch.body.current]).toEqual([412, 0]);
			const first = { headers: { "if-none-match": "*" }, body: policyAt(0.9) };
			const made = await send("PUT", `${path}/policy`, first);
			expect([made.status, made.headers.get("etag")]).toEqual([201, '"1"']);
			expect((await send("PUT", `${path}/policy`, first)).status).toBe(412);
		});

		it("that is not valid is refused with every problem at its path", async () => {
			const body = { version: 2, cascades: { chat: { stages: [{ name: "A" }], colour: "red" } } };
			const { status, body: answer } = await send("PUT", `${tenant}/policy`, { headers: { "if-match": '"2"' }, body });
			expect([status, answer.error.code]).toEqual([422, "invalid_policy"]);
			const paths = answer.problems.map(({ path }: { path: string }) => path);
			expect(paths).toEqual(
				expect.arrayContaining(["version", "cascades.chat.colour", "cascades.chat.stages[0].name"]),
			);
			expect(answer.error.param).toBe(paths[0]);
			for (const path of paths) expect(answer.error.message).toContain(path);
		});

		it("equal to the current one makes no revision", async () => {
			const again = await send("PUT", `${tenant}/policy`, { headers: { "if-match": '"2"' }, body: policyAt(0.8) });
			expect([again.status, again.body.revision, again.body.changed]).toEqual([200, 2, false]);
		});

		it("is changed by a merge patch: what it names replaces, null removes", async () => {
			const headers = { "content-type": "application/merge-patch+json" };
			const limits = { maxBodyBytes: 4_096, maxOutputTokens: 64 };
			const first = await send("PATCH", `${tenant}/policy`, {
				headers: { ...headers, "if-match": '"2"' },
				body: { limits },
			});
			expect([first.status, first.headers.get("etag")]).toEqual([200, '"3"']);
			await send("PATCH", `${tenant}/policy`, {
				headers: { ...headers, "if-match": '"3"' },
				body: { limits: { maxBodyBytes: null } },
			});
			const { body } = await send("GET", `${tenant}/policy`);
			expect(body).toEqual({ ...policyAt(0.8), limits: { maxOutputTokens: 64 } });
			const stale = await send("PATCH", `${tenant}/policy`, {
				headers: { ...headers, "if-match": '"3"' },
				body: { limits },
			});
			expect([stale.status, stale.body.current]).toEqual([412, 4]);
		});

		it("that a patch would break stays as it is", async () => {
			const broken = { headers: { "if-match": '"2"' }, body: { version: null, budget: 1 } };
			const { status, body } = await send("PATCH", `${tenant}/policy`, broken);
			expect([status, body.error.code]).toEqual([422, "invalid_policy"]);
			expect(body.problems.map(({ path }: { path: string }) => path).toSorted()).toEqual(["budget", "version"]);
			expect((await send("GET", `${tenant}/policy`)).headers.get("etag")).toBe('"2"');
		});

		it("is checked without being saved, with what it would change", async () => {
			const good = await send("POST", `${tenant}/policy/validate`, { key: callers.keys.reader, body: policyAt(0.9) });
			expect(good.body).toEqual({
				valid: true,
				problems: [],
				warnings: [],
				revision: 2,
				changes: [{ kind: "changed", path: "cascades.chat.stages[0].threshold", from: 0.8, to: 0.9 }],
			});
			const bad = await send("POST", `${tenant}/policy/validate`, { body: { ...policyAt(2), extra: 1 } });
			expect([bad.status, bad.body.valid]).toEqual([200, false]);
			expect(bad.body.problems.map(({ path }: { path: string }) => path)).toEqual(
				expect.arrayContaining(["extra", "cascades.chat.stages[0].threshold"]),
			);
			expect((await send("GET", `${tenant}/policy/revisions`)).body.items).toHaveLength(2);
		});
	});

	describe("a policy whose rate tier", () => {
		const validate = async (rateTier: string) =>
			(await send("POST", `${tenant}/policy/validate`, { body: { ...policyAt(0.9), limits: { rateTier } } })).body;

		it("the Worker has is valid, and that is all", async () => {
			expect(await validate("standard")).toMatchObject({ valid: true, problems: [], warnings: [] });
		});

		it("the Worker does not have is valid too, with a warning", async () => {
			expect(await validate("gold-plus")).toMatchObject({
				valid: true,
				problems: [],
				warnings: [
					{ path: "limits.rateTier", message: "limits nothing: the Worker has no binding RATE_TIER_GOLD_PLUS" },
				],
			});
		});

		it("is no name is not valid", async () => {
			expect(await validate("Gold")).toMatchObject({
				valid: false,
				problems: [{ path: "limits.rateTier" }],
				warnings: [],
			});
		});
	});

	it("a guaranteed cascade that may take longer than its evidence waits is valid, with a warning", async () => {
		const document = policyAt(0.9) as { readonly cascades: Readonly<Record<string, object>> };
		const [alias, cascade] = Object.entries(document.cascades)[0] as [string, object];
		const slow = { ...document, cascades: { [alias]: { ...cascade, timeoutMs: 56_000 } } };
		expect((await send("POST", `${tenant}/policy/validate`, { body: slow })).body).toMatchObject({
			valid: true,
			problems: [],
			warnings: [{ path: `cascades.${alias}.timeoutMs`, message: expect.stringContaining("55000 ms") }],
		});
	});

	describe("the history", () => {
		it("says who, why and how, newest first, a page at a time", async () => {
			const headers = { "if-match": '"2"' };
			await send("PUT", `${tenant}/policy?reason=surer`, { key: callers.keys.admin, headers, body: policyAt(0.9) });
			const [
				{
					items: [newest],
					next,
				},
				rest,
			] = await Promise.all([
				send("GET", `${tenant}/policy/revisions?limit=1`).then(({ body }) => body),
				send("GET", `${tenant}/policy/revisions?before=3`).then(({ body }) => body),
			]);
			expect(newest).toMatchObject({ revision: 3, reason: "surer", cause: "put", author: { kind: "tenant-key" } });
			expect(newest).not.toHaveProperty("document");
			expect(next).toBe(3);
			expect(rest.items.map(({ revision }: { revision: number }) => revision)).toEqual([2, 1]);
			expect(rest.next).toBeNull();
		});

		it("takes the reason from the header where the query does not say, and from the query where both do", async () => {
			const put = (query: string, revision: number, threshold: number) =>
				send("PUT", `${tenant}/policy${query}`, {
					headers: { "if-match": `"${revision}"`, "x-reason": "header" },
					body: policyAt(threshold),
				});
			await put("", 2, 0.9);
			await put("?reason=query", 3, 0.91);
			const { body } = await send("GET", `${tenant}/policy/revisions?limit=2`);
			expect(body.items.map(({ reason }: { reason: string }) => reason)).toEqual(["query", "header"]);
		});

		it("shows a revision, and what differs between two", async () => {
			const { body, headers } = await send("GET", `${tenant}/policy/revisions/1`);
			expect([body.document, headers.get("etag")]).toEqual([policyAt(0.7), '"1"']);
			const difference = [{ kind: "changed", path: "cascades.chat.stages[0].threshold", from: 0.7, to: 0.8 }];
			for (const query of ["from=1", "from=1&to=2"])
				expect((await send("GET", `${tenant}/policy/diff?${query}`)).body).toEqual({
					from: 1,
					to: 2,
					changes: difference,
				});
			expect((await send("GET", `${tenant}/policy/revisions/9`)).body.error.code).toBe("not_found");
			expect((await send("GET", `${tenant}/policy/diff?from=9`)).status).toBe(404);
		});

		it("goes on with a rollback, in one call, guarded where the caller says so", async () => {
			const body = { revision: 1, reason: "worse" };
			const stale = await send("POST", `${tenant}/policy/rollback`, { headers: { "if-match": '"1"' }, body });
			expect([stale.status, stale.body.current]).toEqual([412, 2]);
			const done = await send("POST", `${tenant}/policy/rollback`, { body });
			expect([done.status, done.headers.get("etag")]).toEqual([200, '"3"']);
			expect((await send("GET", `${tenant}/policy`)).body).toEqual(policyAt(0.7));
			const never = await send("POST", `${tenant}/policy/rollback`, { body: { ...body, revision: 9 } });
			expect([never.status, never.body.error.code]).toEqual([404, "not_found"]);
		});
	});

	describe("a canary", () => {
		it("is seen, moved, and promoted to a revision of its own", async () => {
			const seen = (await send("GET", `${tenant}/policy/canary`)).body;
			expect(seen).toMatchObject({ revision: 1, share: 0.1, figures: { current: 2, base: [], canary: [] } });
			expect(seen.figures.since).toBe(seen.since);
			const moved = { revision: 1, share: 0.5, reason: "good so far" };
			expect((await send("PUT", `${tenant}/policy/canary`, { body: moved })).body).toMatchObject({ share: 0.5 });
			const promoted = await send("POST", `${tenant}/policy/canary/promote`, { body: { reason: "better" } });
			expect([promoted.status, promoted.headers.get("etag")]).toEqual([200, '"3"']);
			expect((await send("GET", `${tenant}/policy/canary`)).status).toBe(404);
		});

		it("is dropped, and then there is none to drop", async () => {
			const dropped = await send("DELETE", `${tenant}/policy/canary?reason=worse`);
			expect([dropped.status, dropped.body.revision]).toEqual([200, 2]);
			const again = await send("DELETE", `${tenant}/policy/canary`);
			expect([again.status, again.body.error.code]).toEqual([409, "not_applicable"]);
		});

		it("is on a policy that was never current, which becomes a revision, and the current one another", async () => {
			const body = { policy: policyAt(0.99), share: 0.05, reason: "surer" };
			const headers = { "if-match": '"2"' };
			const started = await send("PUT", `${tenant}/policy/canary`, { key: callers.keys.admin, headers, body });
			expect([started.status, started.body]).toEqual([200, expect.objectContaining({ revision: 3, share: 0.05 })]);
			const current = await send("GET", `${tenant}/policy`);
			expect([current.headers.get("etag"), current.body]).toEqual(['"4"', policyAt(0.8)]);
			const { items } = (await send("GET", `${tenant}/policy/revisions?limit=2`)).body;
			expect(items.map(({ cause }: { cause: string }) => cause)).toEqual(["rollback", "canary"]);
			expect((await send("GET", `${tenant}/policy/revisions/3`)).body.document).toEqual(policyAt(0.99));
			const again = await send("PUT", `${tenant}/policy/canary`, { headers, body });
			expect([again.status, again.body.current]).toEqual([412, 4]);
		});

		it("is started over the revision that its writer has seen: of a policy always, of a revision where they say", async () => {
			const put = (body: unknown, headers = {}) => send("PUT", `${tenant}/policy/canary`, { headers, body });
			const policy = { policy: policyAt(0.99), share: 0.05, reason: "" };
			const unsaid = await put(policy);
			expect([unsaid.status, unsaid.body.error.param]).toEqual([428, "If-Match"]);
			const revision = { revision: 1, share: 0.3, reason: "" };
			expect((await put(revision, { "if-match": '"1"' })).status).toBe(412);
			expect((await put(revision, { "if-match": '"2"' })).status).toBe(200);
			const invalid = await put({ ...policy, policy: { version: 2 } }, { "if-match": '"2"' });
			expect([invalid.status, invalid.body.error.code]).toEqual([422, "invalid_policy"]);
			for (const body of [
				{ share: 0.5, reason: "" },
				{ ...policy, revision: 1 },
			]) {
				const { status, body: answer } = await put(body, { "if-match": '"2"' });
				expect([status, answer.problems]).toEqual([
					422,
					[{ path: "revision", message: "give either a revision or a policy" }],
				]);
			}
		});

		it("cannot be on the current revision, on one that is not there, or of no share", async () => {
			const put = (body: unknown) => send("PUT", `${tenant}/policy/canary`, { body });
			expect((await put({ revision: 2, share: 0.5, reason: "" })).status).toBe(409);
			expect((await put({ revision: 9, share: 0.5, reason: "" })).status).toBe(404);
			for (const share of [0, 1, -0.1, 1.5, "half"]) {
				const { status, body } = await put({ revision: 1, share, reason: "" });
				expect([status, body.error.param]).toEqual([422, "share"]);
			}
		});
	});
}
