import { describe, expect, it } from "vitest";
import type { PolicyDocument } from "../../../src/admin/client-types.ts";
import { diffPolicies } from "../../../src/core/ledger/policy-diff.ts";
import { demoPolicy } from "../../../src/local/demo-records.ts";
import { setThreshold } from "../../../src/dashboard/views/threshold/set-threshold.ts";

const policy = demoPolicy(undefined) as unknown as PolicyDocument;

describe("another threshold", () => {
	it("changes one stage of one cascade, and nothing else", () => {
		const changed = setThreshold(policy, { cascade: "three-stages", stage: "middle", threshold: 0.7 });
		expect(diffPolicies(policy, changed)).toEqual([
			{ kind: "changed", path: "cascades.three-stages.stages[1].threshold", from: 0.95, to: 0.7 },
		]);
	});

	it("of a guaranteed stage is what stands in without a certificate, which the policy must say", () => {
		const [edge, origin] = policy.cascades["cascade"]?.stages ?? [];
		if (edge === undefined || origin === undefined) throw new Error("the demo has no cascade");
		const { threshold: _, ...unjudged } = edge;
		const guarantee = { risk: "selective", targetRisk: 0.05, delta: 0.1 } as const;
		const guaranteed = { ...policy, cascades: { mail: { stages: [{ ...unjudged, guarantee }, origin] } } };
		const changed = setThreshold(guaranteed, { cascade: "mail", stage: "edge", threshold: 0.7 });
		expect(diffPolicies(guaranteed, changed)).toEqual([
			{
				kind: "added",
				path: "cascades.mail.stages[0].guarantee.withoutCertificate",
				to: "manual-threshold",
			},
			{ kind: "added", path: "cascades.mail.stages[0].threshold", to: 0.7 },
		]);
	});

	it("of a cascade that is not there changes nothing", () => {
		expect(setThreshold(policy, { cascade: "gone", stage: "edge", threshold: 0.7 })).toEqual(policy);
	});
});
