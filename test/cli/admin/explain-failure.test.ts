import { describe, expect, it } from "vitest";
import { explainFailure } from "../../../src/cli/admin/explain-failure.ts";

describe("a Worker whose callers are sent to a login", () => {
	const sentTo = (location: string) =>
		explainFailure({ kind: "not-the-api", url: "https://edge.example.com", status: 302, location });

	it("is behind Cloudflare Access where that asks, and how to get through is said", () => {
		const words = sentTo("https://team.cloudflareaccess.com/cdn-cgi/access/login/edge.example.com?kid=x");
		expect(words).toContain("export CASCADE_ACCESS_TOKEN=$(cloudflared access token -app=https://edge.example.com)");
		expect(words).toContain("CF_ACCESS_CLIENT_ID");
	});

	it("is something else where another asks", () => {
		for (const location of ["https://login.example.com/", "https://example.com/?x=https://team.cloudflareaccess.com/"])
			expect(sentTo(location)).toContain("let the admin path pass whatever asks for a login");
	});
});
