import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BASE64_FLOATS } from "../../src/web/base64-floats.ts";

const floats = fc.array(fc.float({ noNaN: true }), { maxLength: 5_000 });

describe("vectors in base64", () => {
	it("are little-endian 32-bit floats", () => {
		expect(BASE64_FLOATS.encode([1, -2])).toBe("AACAPwAAAMA=");
		expect(BASE64_FLOATS.decode("AACAPwAAAMA=")).toEqual([1, -2]);
	});

	it("are read as they were written, but for what 32 bits cannot hold", () => {
		fc.assert(
			fc.property(floats, (vector) => {
				expect(BASE64_FLOATS.decode(BASE64_FLOATS.encode(vector))).toEqual(vector);
			}),
		);
		expect(BASE64_FLOATS.decode(BASE64_FLOATS.encode([0.1]))).toEqual([Math.fround(0.1)]);
	});

	it.each(["?", "AAA", "AAAA", "AACAPwA="])("are not %o", (text) => {
		expect(BASE64_FLOATS.decode(text)).toBeUndefined();
	});
});
