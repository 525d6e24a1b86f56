import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checksum, formatApiKey, isWellFormedApiKey } from "../../src/core/api-key.ts";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const randomBytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("an API key", () => {
	it("is a prefix that scanners find, 43 digits of randomness and 6 of checksum", () => {
		const key = formatApiKey(new Uint8Array(32));
		expect(key).toMatch(/^ec_live_0{43}[0-9A-Za-z]{6}$/u);
		expect(formatApiKey(new Uint8Array(32).fill(255))).toMatch(/^ec_live_[0-9A-Za-z]{49}$/u);
	});

	it("is well formed whatever its bytes, and the same for the same bytes", () => {
		fc.assert(
			fc.property(randomBytes, (bytes) => {
				const key = formatApiKey(bytes);
				expect(key).toHaveLength(57);
				expect(isWellFormedApiKey(key)).toBe(true);
				expect(formatApiKey(bytes)).toBe(key);
			}),
			{ seed: 1, numRuns: 200 },
		);
	});

	it("keeps all 256 random bits: different bytes make different keys", () => {
		fc.assert(
			fc.property(randomBytes, fc.nat(255), (bytes, bit) => {
				const other = bytes.slice();
				other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
				expect(formatApiKey(other)).not.toBe(formatApiKey(bytes));
			}),
			{ seed: 2, numRuns: 200 },
		);
	});

	it("is refused where one character is mistyped, wherever it is and whatever it becomes", () => {
		fc.assert(
			fc.property(randomBytes, fc.nat(48), fc.nat(60), (bytes, place, step) => {
				const key = formatApiKey(bytes);
				const at = "ec_live_".length + place;
				const wrong = DIGITS[(DIGITS.indexOf(key.charAt(at)) + 1 + step) % DIGITS.length] ?? "";
				expect(isWellFormedApiKey(key.slice(0, at) + wrong + key.slice(at + 1))).toBe(false);
			}),
			{ seed: 3, numRuns: 1000 },
		);
	});

	it("is refused where two neighbours are swapped", () => {
		fc.assert(
			fc.property(randomBytes, fc.nat(47), (bytes, place) => {
				const key = formatApiKey(bytes);
				const at = "ec_live_".length + place;
				fc.pre(key.charAt(at) !== key.charAt(at + 1));
				expect(isWellFormedApiKey(key.slice(0, at) + key.charAt(at + 1) + key.charAt(at) + key.slice(at + 2))).toBe(
					false,
				);
			}),
			{ seed: 4, numRuns: 500 },
		);
	});

	it("is refused where it is cut, lengthened, in other case, or another's", () => {
		const key = formatApiKey(new Uint8Array(32).fill(7));
		for (const text of [
			"",
			"ec_live_",
			key.slice(1),
			key.slice(0, -1),
			`${key}0`,
			`${key}\n`,
			` ${key}`,
			key.toUpperCase(),
			key.replace("ec", "sk"),
			"sk-abcdef",
		])
			expect(isWellFormedApiKey(text), JSON.stringify(text)).toBe(false);
	});

	it("is refused, not choked on, where it is a megabyte or not Latin", () => {
		expect(isWellFormedApiKey("ec_live_".padEnd(1_000_000, "0"))).toBe(false);
		expect(isWellFormedApiKey(`ec_live_${"é".repeat(49)}`)).toBe(false);
	});
});

describe("the checksum", () => {
	it("is CRC-32 as everyone computes it", () => {
		// The check value of the CRC catalogue (CRC-32/ISO-HDLC).
		expect(checksum("123456789")).toBe(0xcbf43926);
		expect(checksum("")).toBe(0);
	});
});
