import { array, assert, nat, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBytes } from "../../src/web/decode-bytes.ts";

describe("bytes of text", () => {
	it("are the same text however they were split", () => {
		assert(
			property(string({ unit: "grapheme" }), array(nat(200), { maxLength: 12 }), (text, cuts) => {
				const bytes = new TextEncoder().encode(text);
				const ends = [...cuts.toSorted((left, right) => left - right), bytes.length];
				const parts = ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
				// A byte-order mark at the beginning is no part of the text.
				expect(decodeBytes(parts)).toBe(text.replace(/^\u{feff}/u, ""));
			}),
		);
	});

	it("that end within a character end in a replacement", () => {
		expect(decodeBytes([new Uint8Array([0x61, 0xe2, 0x82])])).toBe("a\u{fffd}");
	});
});
