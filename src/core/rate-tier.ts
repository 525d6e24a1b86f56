/**
 * Name of the Worker's binding that a rate tier stands for: `standard` is `RATE_TIER_STANDARD`, `pay-as-you-go` is
 * `RATE_TIER_PAY_AS_YOU_GO`. No two tiers share one, since a tier's name has neither capitals nor underscores.
 */
export function rateTierBinding(tier: string): `RATE_TIER_${string}` {
	return `RATE_TIER_${tier.toUpperCase().replaceAll("-", "_")}`;
}
