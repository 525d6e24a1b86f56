import type { PolicyDocument } from "../../../admin/client-types.ts";

/**
 * The policy with another threshold of one stage. A guaranteed stage also gets `withoutCertificate: "manual-threshold"`, since
 * without it its threshold does nothing.
 */
export function setThreshold(
	policy: PolicyDocument,
	{ cascade, stage, threshold }: { readonly cascade: string; readonly stage: string; readonly threshold: number },
): PolicyDocument {
	const changed = policy.cascades[cascade];
	if (changed === undefined) return policy;
	const stages = changed.stages.map((each) =>
		each.name !== stage
			? each
			: {
					...each,
					threshold,
					...(each.guarantee === undefined
						? {}
						: { guarantee: { ...each.guarantee, withoutCertificate: "manual-threshold" as const } }),
				},
	);
	return { ...policy, cascades: { ...policy.cascades, [cascade]: { ...changed, stages } } };
}
