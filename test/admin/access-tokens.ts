import { type CryptoKey, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JSONWebKeySet } from "jose";

export const TEAM_DOMAIN = "example.cloudflareaccess.com";
export const AUDIENCE = "4714c1358e65fe4b408ad6d432a5f878f08194bdb4752441fd56faefa9b2b6f2";
const ISSUER = `https://${TEAM_DOMAIN}`;
const KEY_ID = "key-1";

/** Tokens as Cloudflare Access makes them, and others as somebody else might; all say they are of `ada@example.com`. */
export interface AccessTokens {
	/** What the team publishes. */
	readonly keySet: JSONWebKeySet;
	readonly valid: string;
	/** Of a service token, which has a common name in place of an address. */
	readonly ofService: string;
	readonly refused: Readonly<Record<string, string>>;
}

/** Makes them, with a key pair of their own. */
export async function createAccessTokens(): Promise<AccessTokens> {
	const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
	const other = await generateKeyPair("RS256");
	const elliptic = await generateKeyPair("ES256");
	const publicJwk = await exportJWK(publicKey);
	const keySet = { keys: [{ ...publicJwk, kid: KEY_ID, alg: "RS256", use: "sig" }] };
	const now = Math.floor(Date.now() / 1000);

	const claims = (changes: Record<string, unknown> = {}) => ({
		iss: ISSUER,
		aud: [AUDIENCE],
		sub: "7335d417-61da-459d-899c-0a01c76a2f94",
		email: "ada@example.com",
		iat: now - 10,
		exp: now + 600,
		type: "app",
		...changes,
	});
	const signed = (
		changes: Record<string, unknown> = {},
		{ alg = "RS256", key = privateKey as CryptoKey | Uint8Array, kid = KEY_ID } = {},
	) => new SignJWT(claims(changes)).setProtectedHeader({ alg, kid }).sign(key);

	// The classic confusion: the public key's text as the secret of a symmetric signature.
	const publicText = new TextEncoder().encode(JSON.stringify(publicJwk));
	const valid = await signed();
	const [head, , signature] = valid.split(".");
	const forged = btoa(JSON.stringify(claims({ email: "eve@example.com" }))).replaceAll("=", "");
	return {
		keySet,
		valid,
		ofService: await signed({ email: undefined, sub: "", common_name: "e367826f93b8d71185e03fe518aff3b4.access" }),
		refused: {
			"is of another application": await signed({ aud: ["another"] }),
			"is of another team": await signed({ iss: "https://other.cloudflareaccess.com" }),
			"has expired": await signed({ exp: now - 60 }),
			"is not valid yet": await signed({ nbf: now + 600 }),
			"never expires": await signed({ exp: undefined }),
			"is of nobody": await signed({ email: undefined, sub: "" }),
			"is signed by another key": await signed({}, { key: other.privateKey }),
			"names an unknown key": await signed({}, { kid: "key-2" }),
			"is signed by another algorithm": await signed({}, { alg: "ES256", key: elliptic.privateKey }),
			"is signed with the public key as a secret": await signed({}, { alg: "HS256", key: publicText }),
			"is not signed": new UnsecuredJWT(claims()).encode(),
			"has other claims than those signed": `${head}.${forged}.${signature}`,
			"is no token": "ey.ey.ey",
		},
	};
}
