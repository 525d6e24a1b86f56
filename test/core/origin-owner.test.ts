import { describe, expect, it } from "vitest";
import { foreignOrigins, isForeignOrigin } from "../../src/core/origin-owner.ts";
import { parseTenantPolicy } from "../../src/core/parse-tenant-policy.ts";
import { edgeDocument, originDocument, policyOf } from "./policy-documents.ts";

describe("an origin", () => {
	it.each([
		["main", false],
		["main-2", false],
		["acme", false],
		["acme.gpu", false],
		["acme.gpu.eu", false],
		["acme.", false],
		["globex.gpu", true],
		["acme2.gpu", true],
		["acm.gpu", true],
		["acme-2.gpu", true],
		["globex.acme.gpu", true],
	])("%s is another tenant's for acme: %s", (origin, foreign) => {
		expect(isForeignOrigin(origin, "acme")).toBe(foreign);
	});
});

describe("a policy's foreign origins", () => {
	it("are told at their places, of stages, judges and embeddings, in words that say nothing of what there is", () => {
		const embedding = {
			adapter: "openai",
			model: "e",
			origin: "b.gpu",
			price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 },
		};
		const parsed = parseTenantPolicy(
			policyOf(
				[edgeDocument(), originDocument({ origin: "b.gpu" })],
				{ labeller: { ...embedding, kind: "judge" } },
				{ embeddings: { vectors: embedding } },
			),
		);
		if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
		const problems = foreignOrigins(parsed.value, "a");
		expect(problems.map(({ path }) => path)).toEqual([
			"cascades.chat.stages[1].origin",
			"cascades.chat.labeller.origin",
			"embeddings.vectors.origin",
		]);
		expect(JSON.stringify(problems)).not.toContain("b.gpu");
		expect(foreignOrigins(parsed.value, "b")).toEqual([]);
	});
});
