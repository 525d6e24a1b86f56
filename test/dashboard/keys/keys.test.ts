import { describe, expect, it } from "vitest";
import { EXPIRIES, expiryMoment, NEVER } from "../../../src/dashboard/views/keys/expiry.ts";
import { keyState } from "../../../src/dashboard/views/keys/key-state.ts";

const NOW = 1_790_000_000_000;
const key = (times: { expiresAt?: number; revokedAt?: number }) => ({
	id: "key_1",
	name: "Shop",
	prefix: "ec_live_abc",
	lastFour: "wxyz",
	scopes: ["inference" as const],
	createdAt: NOW - 1,
	expiresAt: null,
	revokedAt: null,
	...times,
});

describe("a key's state", () => {
	it("is that it works until the moment at which it expires, and no longer once it is revoked", () => {
		expect(keyState(key({}), NOW)).toBe("works");
		expect(keyState(key({ expiresAt: NOW + 1 }), NOW)).toBe("expires");
		expect(keyState(key({ expiresAt: NOW }), NOW)).toBe("expired");
		expect(keyState(key({ revokedAt: NOW, expiresAt: NOW + 1 }), NOW)).toBe("revoked");
	});
});

describe("when a key is to end", () => {
	it("is never, after a time, or on a date of the browser's own zone", () => {
		expect(expiryMoment(NEVER, NOW)).toBeNull();
		expect(expiryMoment({ choice: "hour", date: "" }, NOW)).toBe(NOW + 3_600_000);
		expect(expiryMoment({ choice: "year", date: "2030-01-01T00:00" }, NOW)).toBe(NOW + 365 * 86_400_000);
		expect(expiryMoment({ choice: "date", date: "2030-01-01T12:30" }, NOW)).toBe(
			new Date(2030, 0, 1, 12, 30).getTime(),
		);
	});

	it("is in the future for everything on the list but never and a date", () => {
		for (const { value } of EXPIRIES.filter(({ value }) => value !== "never" && value !== "date"))
			expect(expiryMoment({ choice: value, date: "" }, NOW)).toBeGreaterThan(NOW);
	});
});
