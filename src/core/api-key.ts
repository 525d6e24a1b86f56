/**
 * API keys: `ec_live_` + 43 base62 digits (256 random bits) + 6 base62 digits of CRC-32, after GitHub's token
 * format: the prefix lets secret scanners find a leaked key, the checksum tells a mistyped key from a revoked one
 * without a look-up. The checksum is no protection; 256 random bits are.
 */
const PREFIX = "ec_live_";
const RANDOM_DIGITS = 43;
const CHECKSUM_DIGITS = 6;
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SHAPE = new RegExp(`^${PREFIX}[0-9A-Za-z]{${RANDOM_DIGITS + CHECKSUM_DIGITS}}$`, "u");

/** The key made of these 32 random bytes; the same bytes make the same key. */
export function formatApiKey(randomBytes: Uint8Array): string {
	let value = 0n;
	for (const byte of randomBytes) value = (value << 8n) | BigInt(byte);
	const body = PREFIX + base62(value, RANDOM_DIGITS);
	return body + base62(BigInt(checksum(body)), CHECKSUM_DIGITS);
}

/** True where the text has a key's shape and its checksum fits: worth a look-up, no more than that. */
export function isWellFormedApiKey(text: string): boolean {
	if (!SHAPE.test(text)) return false;
	const body = text.slice(0, -CHECKSUM_DIGITS);
	return base62(BigInt(checksum(body)), CHECKSUM_DIGITS) === text.slice(-CHECKSUM_DIGITS);
}

function base62(value: bigint, digits: number): string {
	let rest = value;
	let text = "";
	for (let index = 0; index < digits; index++) {
		text = DIGITS.charAt(Number(rest % 62n)) + text;
		rest /= 62n;
	}
	return text;
}

/** CRC-32 (ISO 3309, reflected polynomial 0xEDB88320) of ASCII text. */
export function checksum(text: string): number {
	let crc = 0xffffffff;
	for (let index = 0; index < text.length; index++) {
		crc ^= text.charCodeAt(index);
		for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
	}
	return (crc ^ 0xffffffff) >>> 0;
}
