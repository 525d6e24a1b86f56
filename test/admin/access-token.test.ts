import { afterEach, describe, expect, it, vi } from "vitest";
import { createAccessVerifier } from "../../src/admin/access-token.ts";
import { AUDIENCE, createAccessTokens, TEAM_DOMAIN } from "./access-tokens.ts";

const tokens = await createAccessTokens();
const remote = (answer: () => Promise<Response>) => {
	const asked: string[] = [];
	vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
		asked.push(String(input));
		return answer();
	});
	return { asked, verify: createAccessVerifier({ teamDomain: TEAM_DOMAIN, audience: AUDIENCE }) };
};
afterEach(() => vi.restoreAllMocks());

describe("a Cloudflare Access token", () => {
	it("is of a person by their address, and of a service by its name", async () => {
		const { verify, asked } = remote(async () => Response.json(tokens.keySet));
		expect(await verify(tokens.valid)).toEqual({ ok: true, value: "ada@example.com" });
		expect(await verify(tokens.ofService)).toMatchObject({ ok: true, value: expect.stringMatching(/\.access$/u) });
		expect(asked).toEqual([`https://${TEAM_DOMAIN}/cdn-cgi/access/certs`]);
	});

	it.each(Object.entries(tokens.refused))("is refused where it %s", async (_why, token) => {
		const { verify } = remote(async () => Response.json(tokens.keySet));
		expect(await verify(token)).toEqual({ ok: false, error: "invalid" });
	});

	it.each([
		["cannot be reached", async () => Promise.reject(new TypeError("fetch failed"))],
		["answers with an error", async () => new Response("no", { status: 500 })],
		["redirects", async () => new Response(null, { status: 302, headers: { location: "https://evil.example" } })],
		["answers with rubbish", async () => new Response("<html>")],
		["answers with other JSON", async () => Response.json({ keys: "none" })],
	])("is neither right nor wrong where the team's address %s", async (_what, answer) => {
		const { verify } = remote(answer);
		expect(await verify(tokens.valid)).toEqual({ ok: false, error: "unavailable" });
	});

	it("that says by itself how it is signed costs no look at the keys", async () => {
		const { verify, asked } = remote(async () => Response.json(tokens.keySet));
		await verify(tokens.refused["is not signed"] ?? "");
		await verify(tokens.refused["is signed with the public key as a secret"] ?? "");
		expect(asked).toEqual([]);
	});
});
