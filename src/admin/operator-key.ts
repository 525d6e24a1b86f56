import { formatApiKey, isWellFormedApiKey } from "../core/api-key.ts";

/**
 * Operators' keys are `op_` before the form of every key. So a tenant's key never costs a question to the registry,
 * which is one object for all tenants, and a scanner that knows the form finds both kinds.
 */
const OPERATOR_PREFIX = "op_";

/** The operator's key made of these 32 random bytes. */
export function formatOperatorKey(randomBytes: Uint8Array): string {
	return OPERATOR_PREFIX + formatApiKey(randomBytes);
}

/** True where the text has the shape of an operator's key and its checksum fits: worth a look-up, no more than that. */
export function isWellFormedOperatorKey(text: string): boolean {
	return text.startsWith(OPERATOR_PREFIX) && isWellFormedApiKey(text.slice(OPERATOR_PREFIX.length));
}

/** Of the 43 random digits, those that may be shown later, so that keys can be told apart. */
const SHOWN_DIGITS = 4;
const BEFORE_DIGITS = "live_";

/** What is kept of a key beside its hash: its first digits, and its last, which are of the checksum. */
export function shownParts(key: string): { readonly prefix: string; readonly lastFour: string } {
	const digitsAt = key.indexOf(BEFORE_DIGITS) + BEFORE_DIGITS.length;
	return { prefix: key.slice(0, digitsAt + SHOWN_DIGITS), lastFour: key.slice(-4) };
}
