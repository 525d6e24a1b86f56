import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from "jose";
import { err, ok, type Result } from "../core/result.ts";

/** Who a Cloudflare Access token is of; `unavailable` where the keys that prove it cannot be fetched. */
export type AccessVerifier = (token: string) => Promise<Result<string, "invalid" | "unavailable">>;

/** What Access signs with (developers.cloudflare.com, "Validate JWTs"). Pinned, so that no token chooses for itself. */
const ALGORITHMS = ["RS256"];
const CLOCK_TOLERANCE_SECONDS = 5;
/** Faults of the way to the keys, not of the token. */
const UNAVAILABLE = new Set(["ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID", "ERR_JOSE_GENERIC"]);

/**
 * Verifies the tokens that Cloudflare Access adds to requests: signature by the team's published keys, audience,
 * issuer, expiry. The keys are fetched from the team's own address alone, and kept as long as `jose` keeps them (ten
 * minutes). `keys` takes the place of those fetched, in tests.
 */
export function createAccessVerifier(input: {
	/** Such as `example.cloudflareaccess.com`. */
	readonly teamDomain: string;
	/** The application's audience tag. */
	readonly audience: string;
	readonly keys?: JWTVerifyGetKey;
}): AccessVerifier {
	const issuer = `https://${input.teamDomain}`;
	const keys = input.keys ?? createRemoteJWKSet(new URL(`${issuer}/cdn-cgi/access/certs`));
	return async (token) => {
		try {
			const { payload } = await jwtVerify(token, keys, {
				issuer,
				audience: input.audience,
				algorithms: ALGORITHMS,
				clockTolerance: CLOCK_TOLERANCE_SECONDS,
				requiredClaims: ["exp", "iat", "sub"],
			});
			// A person has an e-mail address; a service token has a common name, and an empty subject.
			const name = [payload["email"], payload["common_name"], payload.sub].find(isName);
			return name === undefined ? err("invalid") : ok(name);
		} catch (error) {
			const isFaultOfToken = error instanceof errors.JOSEError && !UNAVAILABLE.has(error.code);
			return err(isFaultOfToken ? "invalid" : "unavailable");
		}
	};
}

function isName(claim: unknown): claim is string {
	return typeof claim === "string" && claim !== "" && claim.length <= 320;
}
